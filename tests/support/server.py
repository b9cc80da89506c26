"""A real server for the tests: an ASGI application behind uvicorn on a free port of this machine, in a thread of its own."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import uvicorn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from starlette.types import ASGIApp

    Serve = Callable[[Callable[[str], ASGIApp]], str]  # what the fixture `serve` is

START_WITHIN_SECONDS = 30.0


@contextmanager
def running_server(make_app: Callable[[str], ASGIApp]) -> Iterator[str]:
    """Serve the application until the end of the block and give its base URL, `http://localhost:PORT`.

    The port is taken before the application is made, because an application has its own address in its did:web and its links:
    `make_app` gets the base URL. Raises RuntimeError when the application does not start (uvicorn's log tells why).
    """
    with socket.create_server(("127.0.0.1", 0)) as listener:
        base_url = f"http://localhost:{listener.getsockname()[1]}"
        config = uvicorn.Config(
            make_app(base_url),
            http="httptools",
            ws="none",
            interface="asgi3",
            lifespan="on",
            log_level="warning",
            timeout_graceful_shutdown=2,
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=_run, args=(server, listener), name="server under test", daemon=True)
        thread.start()
        try:
            _wait(server, thread)
            yield base_url
        finally:
            server.should_exit = True
            thread.join(timeout=10)


def _run(server: uvicorn.Server, listener: socket.socket) -> None:
    with suppress(SystemExit):  # how uvicorn says that the application did not start
        server.run(sockets=[listener])


def _wait(server: uvicorn.Server, thread: threading.Thread) -> None:
    give_up_at = time.monotonic() + START_WITHIN_SECONDS
    while not server.started:
        if not thread.is_alive() or time.monotonic() > give_up_at:
            raise RuntimeError("the application under test did not start")
        time.sleep(0.01)
