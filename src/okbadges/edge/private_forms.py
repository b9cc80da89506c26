"""Forms with something private in them: read in memory, never put on a disk, and only fields that are asked for, each once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from python_multipart.multipart import parse_options_header
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from okbadges.edge.body_limit import LARGEST_BODY, LARGEST_EVIDENCE
from okbadges.errors import InvalidInput, MalformedInput

if TYPE_CHECKING:
    from collections.abc import Collection

    from fastapi import Request
    from starlette.datastructures import FormData

_LONGEST_NAME = 64


@dataclass(frozen=True, slots=True)
class PrivateForm:
    """What was sent: texts by the name of their field, empty where there is none, and the bytes of one file; its name is not kept."""

    texts: dict[str, str]
    file: bytes | None


class _InMemory(MultiPartParser):
    """Keeps what it reads in memory: a temporary file would be on a disk, unsealed. The body limit says how much that is."""

    spool_max_size = LARGEST_EVIDENCE + 1


async def read_private_form(request: Request, *, texts: Collection[str], file: str) -> PrivateForm:
    """Read a form with these text fields and one file.

    Raises `TooLarge`, `MalformedInput` (``form-unreadable``), `InvalidInput`: ``content-type``, ``invalid-field``.
    """
    media_type, options = parse_options_header(request.headers.get("content-type"))
    # the sender does not choose by which rules we read: some take very long, some make texts that are none
    if media_type != b"multipart/form-data" or options.get(b"charset", b"utf-8").lower() != b"utf-8":
        raise InvalidInput(
            "content-type", "Send a form in UTF-8, with Content-Type: multipart/form-data.", field="Content-Type"
        )
    try:
        parser = _InMemory(
            request.headers, request.stream(), max_files=1, max_fields=len(texts) + 1, max_part_size=LARGEST_BODY
        )
        form = await parser.parse()
    except MultiPartException as broken:
        raise MalformedInput("form-unreadable", f"The form cannot be read: {broken.message}", field="body") from None
    try:
        return await _read(form, texts=texts, file=file)
    finally:
        await form.close()


async def _read(form: FormData, *, texts: Collection[str], file: str) -> PrivateForm:
    found, data = dict.fromkeys(texts, ""), None
    names = [name for name, _ in form.multi_items()]
    for name, value in form.multi_items():
        if names.count(name) > 1 or name not in (*texts, file):
            known = ", ".join((*texts, file))
            raise invalid_field(name[:_LONGEST_NAME], f"A form has these fields, each once: {known}.")
        if isinstance(value, UploadFile):
            if name != file:
                raise invalid_field(name, "Send it as a text of the form, not as a file.")
            data = await value.read()
        elif name == file:
            raise invalid_field(name, "Send it as a file of the form (with a file name, which is not kept).")
        else:
            found[name] = value
    return PrivateForm(found, data)


def invalid_field(field: str, detail: str) -> InvalidInput:
    """Return what is raised for a field of a form, with what to do about it."""
    return InvalidInput("invalid-field", f"{field}: {detail}", field=field)
