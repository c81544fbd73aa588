"""What each way of losing an exchange means, against a real socket."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from app.http import HttpClient, require_public
from channels.contract import ConnectionFailed, MessageInvalid, OutcomeUnknown, SendError

Behaviour = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"


@pytest.fixture
async def client() -> AsyncIterator[HttpClient]:
    client = HttpClient()
    yield client
    await client.close()


@asynccontextmanager
async def serving(behaviour: Behaviour) -> AsyncIterator[str]:
    """A server that takes one whole request and then behaves; yields its address."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\nbody")
            await behaviour(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    finally:
        server.close()


async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(OK)
    await writer.drain()


async def close_after_read(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


async def reset(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    plug = writer.get_extra_info("socket")
    plug.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    writer.transport.abort()


async def half_answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf")
    await writer.drain()


async def half_head(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200")
    await writer.drain()


async def nonsense(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"\x16\x03\x01 what is this\r\n\r\n")
    await writer.drain()


async def silence(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    await reader.read()


async def drip(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
    while not writer.is_closing():
        writer.write(b".")
        await writer.drain()
        await asyncio.sleep(0.05)


async def post(client: HttpClient, url: str, *, delivers: bool, total_s: float = 0.4) -> bytes:
    request = httpx.Request("POST", url, content=b"body")
    async with client.exchange(request, delivers=delivers, total_s=total_s) as response:
        return await response.aread()


async def test_an_answer_arrives_whole(client: HttpClient) -> None:
    async with serving(answer) as url:
        assert await post(client, url, delivers=True) == b"ok"


@pytest.mark.parametrize("behaviour", [close_after_read, reset, half_answer, half_head, nonsense, silence, drip])
@pytest.mark.parametrize(("delivers", "means"), [(True, OutcomeUnknown), (False, ConnectionFailed)])
async def test_once_connected_a_lost_answer_is_unknown_if_it_may_have_reached_a_person(
    client: HttpClient, behaviour: Behaviour, delivers: bool, means: type[SendError]
) -> None:
    async with serving(behaviour) as url:
        with pytest.raises(means):
            await post(client, url, delivers=delivers)


async def test_a_refused_connection_was_surely_not_sent(client: HttpClient) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/"
        with pytest.raises(ConnectionFailed):
            await post(client, url, delivers=True)


async def test_a_name_without_address_was_surely_not_sent(client: HttpClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(ConnectionFailed):
        await post(client, "http://graph.invalid/", delivers=True)


async def test_a_failed_tls_handshake_was_surely_not_sent(client: HttpClient) -> None:
    async def speak_no_tls(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(16)
        writer.write(OK)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(speak_no_tls, "127.0.0.1", 0)
    with pytest.raises(ConnectionFailed):
        await post(client, f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/", delivers=True, total_s=2)
    server.close()


async def test_a_time_out_while_connecting_was_surely_not_sent(
    client: HttpClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.http.CONNECT_S", 0.05)
    with socket.socket() as full:  # its queue of connections is full, so that the next one gets no answer
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for plug in waiting:
            plug.setblocking(False)
            plug.connect_ex(full.getsockname())
        with pytest.raises(ConnectionFailed):
            await post(client, f"http://127.0.0.1:{full.getsockname()[1]}/", delivers=True, total_s=2)
        for plug in waiting:
            plug.close()


async def test_no_redirect_is_followed(client: HttpClient) -> None:
    async def elsewhere(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n")
        await writer.drain()

    async with serving(elsewhere) as url:
        request = httpx.Request("POST", url, content=b"body")
        async with client.exchange(request, delivers=True, total_s=1) as response:
            assert response.status_code == 302


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/file",
        "https://127.0.0.1/file",
        "https://[::1]/file",
        "https://10.0.0.8/file",
        "https://169.254.169.254/latest/meta-data",
        "https:///file",
        "ftp://example.com/file",
    ],
)
def test_an_address_from_outside_must_be_https_and_public(url: str) -> None:
    with pytest.raises(MessageInvalid):
        require_public(url)


async def test_a_public_name_that_leads_inside_is_not_connected(
    client: HttpClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def inside(*_: object, **__: object) -> list[object]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 443))]

    monkeypatch.setattr(socket, "getaddrinfo", inside)
    request = httpx.Request("GET", "https://cdn.example/file")
    with pytest.raises(ConnectionFailed):
        async with client.exchange(request, delivers=False, total_s=1, public=True):
            pass


async def test_a_certificate_nobody_vouches_for_is_refused(client: HttpClient, tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(self_signed(tmp_path))

    async def never(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        raise AssertionError("somebody trusted the certificate")

    server = await asyncio.start_server(never, "127.0.0.1", 0, ssl=context)
    with pytest.raises(ConnectionFailed, match="SSLCertVerificationError"):
        await post(client, f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/", delivers=True, total_s=5)
    server.close()


def self_signed(directory: Path) -> Path:
    """Write a key and a certificate for 127.0.0.1 that is signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = directory / "server.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(secret + certificate.public_bytes(Encoding.PEM))
    return path
