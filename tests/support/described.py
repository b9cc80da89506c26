"""The calls of the API reference as somebody copies them: what stands for own things is filled in with things that are there."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from okbadges.pages.api_docs import reference

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from httpx2 import Response

    from okbadges.pages.api_docs import Operation
    from support.world import World


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the reference, read as a shell reads it."""

    method: str
    url: str
    headers: dict[str, str]
    body: str | None
    file: str | None
    form: dict[str, str] = field(default_factory=dict)


def operations(world: World) -> Iterator[Operation]:
    """Return every operation of the reference."""
    whole = reference(world.app.openapi(), base_url=world.rooms.base_url, today=world.clock().date())
    for resource in whole.resources:
        yield from resource.operations


def read(curl: str) -> Call:
    """Read a curl call. Raises ValueError for a line that a shell would not take, or an option that the reference does not use."""
    words = shlex.split(curl.replace("\\\n", " "))
    if words.pop(0) != "curl":
        raise ValueError(curl)
    method, url, body, file = "GET", "", None, None
    headers: dict[str, str] = {}
    form: dict[str, str] = {}
    while words:
        match words.pop(0):
            case "-X":
                method = words.pop(0)
            case "-H":
                name, _, value = words.pop(0).partition(": ")
                headers[name] = value
            case "-d":
                body = words.pop(0)
            case "-F":
                name, _, value = words.pop(0).partition("=")
                form[name] = value
            case "--data-binary":
                file = words.pop(0).removeprefix("@")
            case address if address.startswith("http"):
                url = address
            case other:
                raise ValueError(other)
    return Call(method, url, headers, body, file, form)


def send(world: World, call: Call, key: Mapping[str, str], files: Mapping[str, bytes]) -> Response:
    """Send a call with this access key; ``files`` are those that it names."""
    headers = {name: value for name, value in call.headers.items() if name != "Authorization"}
    if "Authorization" in call.headers:
        headers |= key
    if call.form:
        # a form is of several parts, as curl makes them
        parts = {name: (None, value.encode()) for name, value in call.form.items()}
        return world.client.request(call.method, call.url, headers=headers, files=parts)
    content = files[call.file] if call.file else call.body
    sent: Response = world.client.request(call.method, call.url, headers=headers, content=content)
    return sent
