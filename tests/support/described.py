"""The calls of the API reference as somebody copies them: what stands for own things is filled in with things that are there."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from okbadges.pages.api_docs import reference

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from httpx2 import Response

    from okbadges.pages.api_docs import Operation
    from support.world import World


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the reference, read as a shell reads it; ``shows`` is the variable by which a caller shows who they are."""

    method: str
    url: str
    headers: dict[str, str]
    body: str | None
    file: str | None
    form: dict[str, str] = field(default_factory=dict)
    is_multipart: bool = False
    shows: str | None = None


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
    method, url, body, file, shows, is_multipart = "GET", "", None, None, None, False
    headers: dict[str, str] = {}
    form: dict[str, str] = {}
    while words:
        match words.pop(0):
            case "-X":
                method = words.pop(0)
            case "-H":
                name, _, value = words.pop(0).partition(": ")
                headers[name] = value
                shows = value.rpartition("$")[2] if name == "Authorization" else shows
            case "-d":
                body = words.pop(0)
            case "-F" | "--data-urlencode" as option:
                name, _, value = words.pop(0).partition("=")
                form[name], is_multipart = value, option == "-F"
            case "-u":
                shows = words.pop(0)
            case "--data-binary":
                file = words.pop(0).removeprefix("@")
            case address if address.startswith("http"):
                url = address
            case other:
                raise ValueError(other)
    return Call(method, url, headers, body, file, form, is_multipart, shows)


def send(world: World, call: Call, key: Mapping[str, str], files: Mapping[str, bytes]) -> Response:
    """Send a call with what this caller shows; ``files`` are those that it names."""
    headers = {name: value for name, value in call.headers.items() if name != "Authorization"}
    if call.shows is not None:
        headers |= key
    sent: dict[str, Any] = {"content": files[call.file] if call.file else call.body}
    if call.is_multipart:
        # a form is of several parts, as curl makes them
        sent = {"files": {name: (None, value.encode()) for name, value in call.form.items()}}
    elif call.form:
        sent = {"data": call.form}
    answer: Response = world.client.request(call.method, call.url, headers=headers, **sent)
    return answer


def filled(call: Call, operation: Operation, stands_for: Mapping[str, str]) -> Call:
    """Put what is there in the place of what stands for it; a word in capitals is one only as a whole."""
    url, body, form = call.url, call.body, call.form
    for example, real in stands_for.items():
        where, _, word = example.rpartition(" ")
        if not operation.path.endswith(where):
            continue
        pattern = re.compile(rf"(?<![A-Z_-]){re.escape(word)}(?![A-Z_-])")
        # the text is put in as it is: a backslash in it means nothing
        literal = real.replace("\\", r"\\")
        url = pattern.sub(literal, url)
        body = pattern.sub(literal, body) if body is not None else None
        form = {name: pattern.sub(literal, value) for name, value in form.items()}
    return replace(call, url=url, body=body, form=form)
