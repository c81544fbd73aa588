"""Listening sockets, and uvicorn on them. A socket outlives the process that serves it: while that starts again, clients wait."""

from __future__ import annotations

import errno
import socket
import time
from contextlib import suppress

import uvicorn
from starlette.types import ASGIApp

from app.processes import CannotRun

BACKLOG = 2048
GRACE_S = 3  # for open requests at a stop; sockets of browsers reconnect
IDLE_S = 75  # longer than proxies and clients keep an idle connection: whoever closes first must be the one who would reuse it


class PortTaken(CannotRun):
    """Something else listens there; the text says what to do."""


def listen(host: str, port: int, *, patience_s: float = 0.0) -> socket.socket:
    """Return a listening socket, trying for `patience_s` when the port is taken. Raises PortTaken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    deadline = time.monotonic() + patience_s
    while True:
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
            listener.listen(BACKLOG)
        except OSError as error:
            listener.close()
            if error.errno == errno.EADDRINUSE and time.monotonic() < deadline:
                time.sleep(0.05)
                continue
            raise PortTaken(_advice(host, port, error)) from None
        return listener


def inherited(fd: int) -> socket.socket:
    """Return the listening socket that our parent passed on."""
    return socket.socket(fileno=fd)


def serve(app: ASGIApp, listener: socket.socket) -> None:
    """Serve until SIGTERM or SIGINT; then let open requests end for GRACE_S."""
    config = uvicorn.Config(
        app,
        loop="uvloop",
        http="httptools",
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        access_log=False,
        log_config=None,
        server_header=False,
        backlog=BACKLOG,
        timeout_keep_alive=IDLE_S,
        timeout_graceful_shutdown=GRACE_S,
    )
    with suppress(KeyboardInterrupt):  # uvicorn hands it on after its clean end
        uvicorn.Server(config).run(sockets=[listener])


def origin(host: str, port: int) -> str:
    """Return the address to open in a browser on this machine."""
    shown = "localhost" if host in ("127.0.0.1", "0.0.0.0", "::", "::1") else f"[{host}]" if ":" in host else host  # noqa: S104
    return f"http://{shown}:{port}"


def _advice(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} on {host} is taken by another program. Choose another one with --port."
    if error.errno == errno.EACCES:
        return f"Port {port} needs more rights than we have. Choose one above 1023 with --port."
    return f"Cannot listen on {host} port {port}: {error.strerror}. Choose others with --host and --port."
