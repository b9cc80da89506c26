"""The form in which a piece of evidence is sent: read only after the access key was found to hold, and never put on a disk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request

from okbadges.edge.access import CallerOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.private_forms import PrivateForm, invalid_field, read_private_form
from okbadges.organisations.roles import Scope
from okbadges.progress.evidence_content import LONGEST_TEXT, MOST_BYTES, PieceKind

_TEXTS = ("badge", "kind", "text", "agreed")
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
                            "examples": [True],
                            "description": "true: the participant said, to you and now, that it may be kept. It is recorded as their "
                            "consent. Needed until they have agreed once, and again after they took it back",
                        },
                        "kind": {"type": "string", "enum": [kind.value for kind in PieceKind]},
                        "text": {
                            "type": "string",
                            "maxLength": LONGEST_TEXT,
                            "description": "With the kind `text`: what the participant did",
                            "examples": ["Kahvila oli auki kello 9, ja kassa täsmäsi."],
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


async def _evidence_form(request: Request, caller: CallerOf) -> EvidenceForm:
    """Read the form. Raises `MalformedInput` for what is no such form, `InvalidInput` with the field at fault."""
    caller.require(Scope.PROGRESS)
    return _read(await read_private_form(request, texts=_TEXTS, file="file"))


EvidenceFormOf = Annotated[EvidenceForm, Depends(_evidence_form)]


def _read(form: PrivateForm) -> EvidenceForm:
    badge, kind, text = (form.texts[name] for name in ("badge", "kind", "text"))
    if not 1 <= len(badge) <= _LONGEST_BADGE or not badge.isprintable():
        raise invalid_field("badge", "Give the slug of the badge.")
    if kind not in list(PieceKind):
        raise invalid_field("kind", f"One of these: {', '.join(PieceKind)}.")
    wanted, other = ("text", form.file) if kind == PieceKind.TEXT else ("file", text or None)
    if other is not None or (wanted == "file" and form.file is None):
        raise invalid_field(wanted, f"With the kind {kind} give {wanted}, and only that.")
    agreed = form.texts["agreed"] or "false"
    if agreed not in ("true", "false"):
        raise invalid_field("agreed", "One of these: true, false.")
    return EvidenceForm(badge, PieceKind(kind), text, form.file or b"", agreed == "true")
