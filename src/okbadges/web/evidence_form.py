"""The form in which a piece of evidence is sent: read only after the access key was found to hold, and never put on a disk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request
from python_multipart.multipart import parse_options_header
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from okbadges.edge.access import CallerOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.body_limit import LARGEST_BODY, LARGEST_EVIDENCE
from okbadges.errors import InvalidInput, MalformedInput
from okbadges.organisations.roles import Scope
from okbadges.progress.evidence_content import LONGEST_TEXT, MOST_BYTES, PieceKind

_FIELDS = ("badge", "kind", "text", "file", "agreed")
_LONGEST_BADGE = 64

FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["badge", "kind"],
                    "properties": {
                        "badge": {
                            "type": "string",
                            "maxLength": _LONGEST_BADGE,
                            "description": "Slug of the badge",
                            "examples": ["digi-turva"],
                        },
                        "agreed": {
                            "type": "boolean",
                            "default": False,
                            "description": "true: the participant said, to you and now, that it may be kept. It is recorded as their "
                            "consent. Needed until they have agreed once, and again after they took it back",
                        },
                        "kind": {"type": "string", "enum": [kind.value for kind in PieceKind]},
                        "text": {
                            "type": "string",
                            "maxLength": LONGEST_TEXT,
                            "description": "With the kind `text`: what the participant did",
                        },
                        "file": {
                            "type": "string",
                            "format": "binary",
                            "description": f"At most {MOST_BYTES // 1024**2} MiB. With the kind `photo` a JPEG, PNG or WebP, which is "
                            "drawn again, so that place, time and camera are gone. With the kind `file` a PDF or plain text (UTF-8), "
                            "which is kept as it is: look what a PDF says of its author. Names of files are not kept",
                        },
                    },
                }
            }
        },
    }
}


@dataclass(frozen=True, slots=True)
class EvidenceForm:
    """What was sent: ``text`` with the kind text, ``file`` with the others."""

    badge: str
    kind: PieceKind
    text: str
    file: bytes
    agreed: bool


class _InMemory(MultiPartParser):
    """Keeps what it reads in memory: a temporary file would be evidence on a disk, unsealed. The body limit says how much that is."""

    spool_max_size = LARGEST_EVIDENCE + 1


async def _evidence_form(request: Request, caller: CallerOf) -> EvidenceForm:
    """Read the form. Raises `MalformedInput` for what is no such form, `InvalidInput` with the field at fault."""
    caller.require(Scope.PROGRESS)
    media_type, options = parse_options_header(request.headers.get("content-type"))
    # the sender does not choose by which rules we read: some take very long, some make texts that are none
    if media_type != b"multipart/form-data" or options.get(b"charset", b"utf-8").lower() != b"utf-8":
        raise InvalidInput(
            "content-type", "Send a form in UTF-8, with Content-Type: multipart/form-data.", field="Content-Type"
        )
    try:
        parser = _InMemory(
            request.headers, request.stream(), max_files=1, max_fields=len(_FIELDS), max_part_size=LARGEST_BODY
        )
        form = await parser.parse()
    except MultiPartException as broken:
        raise MalformedInput("form-unreadable", f"The form cannot be read: {broken.message}", field="body") from None
    try:
        return await _read(form)
    finally:
        await form.close()


EvidenceFormOf = Annotated[EvidenceForm, Depends(_evidence_form)]


async def _read(form: FormData) -> EvidenceForm:
    names = [name for name, _ in form.multi_items()]
    if strange := [name for name in names if name not in _FIELDS or names.count(name) > 1]:
        raise _wrong(strange[0][:_LONGEST_BADGE], f"A form has these fields, each once: {', '.join(_FIELDS)}.")
    badge, kind = _text(form, "badge"), _text(form, "kind")
    if not 1 <= len(badge) <= _LONGEST_BADGE or not badge.isprintable():
        raise _wrong("badge", "Give the slug of the badge.")
    if kind not in list(PieceKind):
        raise _wrong("kind", f"One of these: {', '.join(PieceKind)}.")
    file, wanted = form.get("file"), "text" if kind == PieceKind.TEXT else "file"
    if [name for name in ("text", "file") if name in form] != [wanted]:
        raise _wrong(wanted, f"With the kind {kind} give {wanted}, and only that.")
    if "file" in form and not isinstance(file, UploadFile):
        raise _wrong("file", "Send it as a file of the form (with a file name, which is not kept).")
    agreed = _text(form, "agreed") or "false"
    if agreed not in ("true", "false"):
        raise _wrong("agreed", "One of these: true, false.")
    content = await file.read() if isinstance(file, UploadFile) else b""
    return EvidenceForm(badge, PieceKind(kind), _text(form, "text"), content, agreed == "true")


def _text(form: FormData, name: str) -> str:
    value = form.get(name, "")
    if not isinstance(value, str):
        raise _wrong(name, "Send it as a text of the form, not as a file.")
    return value


def _wrong(field: str, detail: str) -> InvalidInput:
    return InvalidInput("invalid-field", f"{field}: {detail}", field=field)
