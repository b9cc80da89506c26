"""What `okbadges serve` does with a connection: an answer leaves at once, also where several server processes share a socket."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING

import uvicorn
from uvicorn.server import ServerState

from okbadges.cli.serve import PromptProtocol

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send


async def _nothing(_scope: Scope, _receive: Receive, _send: Send) -> None:
    """Answer nothing: it is the connection that is looked at."""


async def _delays_of_a_connection(listener: socket.socket) -> bool:
    """Take one connection on a socket and tell whether the kernel may hold its answers back."""
    config = uvicorn.Config(_nothing, http=PromptProtocol, lifespan="off")
    config.load()
    taken: asyncio.Future[PromptProtocol] = asyncio.get_running_loop().create_future()

    class Noted(PromptProtocol):
        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            taken.set_result(self)

    def take() -> PromptProtocol:
        return Noted(config=config, server_state=ServerState(), app_state={})

    server = await asyncio.get_running_loop().create_server(take, sock=listener)
    async with server:
        _, writer = await asyncio.open_connection("127.0.0.1", listener.getsockname()[1])
        connection = (await taken).transport.get_extra_info("socket")
        delays = not connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        writer.close()
        await writer.wait_closed()
        taken.result().transport.abort()
    return delays


def test_an_answer_does_not_wait_where_processes_share_a_socket() -> None:
    """The server makes that socket without naming its protocol, and asyncio alone would leave Nagle's algorithm on."""
    listener = socket.socket(socket.AF_INET)
    listener.bind(("127.0.0.1", 0))
    assert not asyncio.run(_delays_of_a_connection(listener))
