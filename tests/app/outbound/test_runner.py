"""Driving an adapter's call: requests out, answers in, files both ways, and only where they may go."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Generator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app.channel_accounts.directory import AccountView
from app.ids import uuid7
from app.media.storage import incoming
from app.outbound.runner import run
from app.runtime import Runtime
from channels.contract import (
    Account,
    Check,
    ConnectionFailed,
    Done,
    Downloaded,
    FilePart,
    MediaFetched,
    MediaHandle,
    MessageInvalid,
    PlatformRequest,
    PlatformResponse,
    Rejected,
    Result,
)
from tests.app.outbound.conftest import free_port

Script = Callable[[], Generator[PlatformRequest, PlatformResponse, Result]]
FILE = bytes(range(256)) * 1000


@dataclass
class Platform:
    """A platform that answers with what it was asked."""

    url: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)

    @property
    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/echo", self._echo, methods=["GET", "POST"]),
                Route("/upload", self._upload, methods=["POST"]),
                Route("/file", self._file),
                Route("/refuse", self._refuse, methods=["POST"]),
            ]
        )

    async def _echo(self, request: Request) -> Response:
        body = await request.body()
        self.asked.append(
            {
                "method": request.method,
                "query": dict(request.query_params),
                "headers": dict(request.headers),
                "body": body.decode(),
            }
        )
        return JSONResponse({"ok": True}, headers={"X-Trace": "abc"})

    async def _upload(self, request: Request) -> Response:
        async with request.form() as form:
            file: Any = form["file"]
            data = await file.read()
            self.asked.append(
                {
                    "type": form["type"],
                    "name": file.filename,
                    "mime": file.content_type,
                    "sha256": hashlib.sha256(data).hexdigest(),
                    "length": request.headers.get("content-length"),
                }
            )
        return JSONResponse({"id": "m1"})

    async def _file(self, request: Request) -> Response:
        return Response(FILE, media_type="application/pdf")

    async def _refuse(self, request: Request) -> Response:
        return JSONResponse({"error": {"code": 1, "message": "token sesame is bad"}}, status_code=400)


@asynccontextmanager
async def serving(platform: Platform) -> AsyncIterator[None]:
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(platform.app, port=port, log_config=None, access_log=False))
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  the server has no event for it
        await asyncio.sleep(0.005)
    platform.url = f"http://127.0.0.1:{port}"
    yield
    server.should_exit = True
    await task


@pytest.fixture
async def platform() -> AsyncIterator[Platform]:
    platform = Platform()
    async with serving(platform):
        yield platform


class Scripted:
    """An adapter whose call is the test's own generator."""

    def __init__(self, script: Script) -> None:
        self._script = script

    def call(self, intent: object, account: object, credentials: object) -> Any:
        return self._script()

    def base_url(self, settings: object) -> str:
        return ""


@pytest.fixture
async def account(runtime: Runtime, platform: Platform) -> AccountView:
    account_id = uuid7()
    async with runtime.database.begin() as uow:
        await uow.conn.execute(
            "INSERT INTO channel_account (id, channel, external_id, name) VALUES ($1, 'whatsapp', 'x', 'X')", account_id
        )
    await runtime.accounts.refresh()
    view = await runtime.accounts.get(account_id)
    assert view is not None
    return replace(view, account=Account("x", platform.url), credentials=MappingProxyType({"token": "sesame"}))


def with_script(account: AccountView, script: Script) -> AccountView:
    return replace(account, adapter=Scripted(script))  # type: ignore[arg-type]


def get(url: str, **fields: Any) -> PlatformRequest:
    return PlatformRequest(method="GET", url=url, **fields)


def post(url: str, **fields: Any) -> PlatformRequest:
    return PlatformRequest(method="POST", url=url, **fields)


async def test_requests_go_below_the_accounts_address_and_answers_come_back(
    runtime: Runtime, account: AccountView, platform: Platform
) -> None:
    answers: list[PlatformResponse] = []

    def script() -> Generator[PlatformRequest, PlatformResponse, Result]:
        answers.append((yield post("/echo", json={"a": 1}, query={"q": "x y"}, headers={"authorization": "Bearer t"})))
        answers.append((yield post("/echo", form={"b": "2 & 3"})))
        answers.append((yield get("/echo")))
        return Done()

    assert await run(runtime, with_script(account, script), Check()) == Done()
    first, second, third = platform.asked
    assert (first["body"], first["query"], first["headers"]["authorization"]) == ('{"a":1}', {"q": "x y"}, "Bearer t")
    assert second["body"] == "b=2+%26+3"
    assert (third["method"], third["body"]) == ("GET", "")
    assert [(answer.status, answer.headers["x-trace"], answer.body) for answer in answers] == [
        (200, "abc", b'{"ok":true}')
    ] * 3


async def test_a_stored_file_is_uploaded_as_it_is(runtime: Runtime, account: AccountView, platform: Platform) -> None:
    with incoming(runtime.settings) as receiving:
        receiving.write(FILE)
        stored = receiving.keep()
    handle = MediaHandle("m", "application/pdf", len(FILE), "陳's file.pdf", stored.sha256)

    def script() -> Generator[PlatformRequest, PlatformResponse, Result]:
        yield post("/upload", form={"type": "application/pdf"}, files=(FilePart("file", handle),))
        return Done()

    await run(runtime, with_script(account, script), Check())
    (asked,) = platform.asked
    assert (asked["sha256"], asked["name"], asked["mime"]) == (stored.sha256, "陳's file.pdf", "application/pdf")
    assert int(asked["length"]) > len(FILE)


async def test_a_download_comes_as_a_file_with_its_digest(runtime: Runtime, account: AccountView) -> None:
    def script() -> Generator[PlatformRequest, PlatformResponse, Result]:
        answer = yield get("/file", download_max_bytes=len(FILE))
        assert answer.downloaded is not None
        return MediaFetched(answer.downloaded)

    result = await run(runtime, with_script(account, script), Check())
    assert isinstance(result, MediaFetched)
    path = Path(result.file.path)
    assert path.read_bytes() == FILE
    assert result.file == Downloaded(str(path), len(FILE), hashlib.sha256(FILE).hexdigest())


async def test_what_is_no_file_is_read_although_one_was_asked_for(runtime: Runtime, account: AccountView) -> None:
    answers: list[PlatformResponse] = []

    def script() -> Generator[PlatformRequest, PlatformResponse, Result]:
        answers.append((yield get("/echo", download_max_bytes=10, not_files=("application/json",))))
        answers.append((yield get("/echo", download_max_bytes=1000, not_files=("text/plain",))))
        return Done()

    await run(runtime, with_script(account, script), Check())
    said, file = answers
    assert (said.body, said.downloaded) == (b'{"ok":true}', None)
    assert (file.body, file.downloaded and file.downloaded.size_bytes) == (b"", 11)


@pytest.mark.parametrize("max_bytes", [len(FILE) - 1, len(FILE)])
async def test_files_that_no_result_names_are_deleted(runtime: Runtime, account: AccountView, max_bytes: int) -> None:
    def script() -> Generator[PlatformRequest, PlatformResponse, Result]:
        yield get("/file", download_max_bytes=max_bytes)
        raise Rejected("not wanted")

    with pytest.raises(Rejected):
        await run(runtime, with_script(account, script), Check())
    assert list((runtime.settings.data_dir / "tmp").iterdir()) == []


@pytest.mark.parametrize(
    "request_",
    [
        get("http://127.0.0.1:9/elsewhere"),
        get("https://10.1.2.3/inside"),
        post("https://other.example/echo", json={}),
        post("https://other.example/echo", json={}, delivers=True),
    ],
)
async def test_nothing_goes_to_another_host_but_public_downloads(
    runtime: Runtime, account: AccountView, request_: PlatformRequest
) -> None:
    def script() -> Generator[PlatformRequest, PlatformResponse, Result]:
        yield request_
        return Done()

    with pytest.raises(MessageInvalid) as refused:
        await run(runtime, with_script(account, script), Check())
    assert refused.value.code == "address_refused"


async def test_the_accounts_own_host_may_be_named_in_full(runtime: Runtime, account: AccountView) -> None:
    def script() -> Generator[PlatformRequest, PlatformResponse, Result]:
        answer = yield get(f"{account.account.base_url}/echo")
        assert answer.status == 200
        return Done()

    assert await run(runtime, with_script(account, script), Check()) == Done()


async def test_an_adapter_may_catch_what_a_request_came_to(runtime: Runtime, account: AccountView) -> None:
    def script() -> Generator[PlatformRequest, PlatformResponse, Result]:
        try:
            yield post("/upload", files=(FilePart("file", MediaHandle("m", "image/png", 1, "f", "0" * 64)),))
        except MessageInvalid:
            yield get("/echo")
        return Done()

    assert await run(runtime, with_script(account, script), Check()) == Done()


async def test_the_gate_stands_before_delivering_requests_alone_and_may_end_the_call(
    runtime: Runtime, account: AccountView, platform: Platform
) -> None:
    class Closed(Exception):
        pass

    async def gate() -> None:
        raise Closed

    def script() -> Generator[PlatformRequest, PlatformResponse, Result]:
        yield get("/echo")
        yield post("/echo", json={}, delivers=True)
        return Done()

    with pytest.raises(Closed):
        await run(runtime, with_script(account, script), Check(), before_delivery=gate)
    assert [asked["method"] for asked in platform.asked] == ["GET"]


async def test_an_answer_that_refuses_is_logged_without_secrets(runtime: Runtime, account: AccountView) -> None:
    def script() -> Generator[PlatformRequest, PlatformResponse, Result]:
        answer = yield post(
            "/refuse?access_token=sesame", json={"type": "text", "text": {"body": "my secret", "n": 1.5}}
        )
        raise Rejected(str(answer.status), external_code="1")

    with pytest.raises(Rejected):
        await run(runtime, with_script(account, script), Check())
    async with runtime.database.begin() as uow:
        (row,) = await uow.conn.fetch("SELECT * FROM exchange")
    assert (row["url"], row["status"], row["error_code"]) == ("/refuse", 400, "rejected")
    assert row["request"]["json"] == {"type": "text", "text": {"body": "(9 characters)", "n": "(number)"}}
    assert row["response"]["json"] == {"error": {"code": 1, "message": "token … is bad"}}


async def test_nobody_home_is_logged_too(runtime: Runtime, account: AccountView) -> None:
    def script() -> Generator[PlatformRequest, PlatformResponse, Result]:
        yield post("/echo", json={})
        return Done()

    away = replace(with_script(account, script), account=Account("x", f"http://127.0.0.1:{free_port()}"))
    with pytest.raises(ConnectionFailed):
        await run(runtime, away, Check())
    async with runtime.database.begin() as uow:
        (row,) = await uow.conn.fetch("SELECT * FROM exchange")
    assert (row["status"], row["error_code"]) == (None, "connection_failed")
