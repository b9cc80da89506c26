"""Warnings beside an answer: what somebody should think about, and nothing was refused for."""

from __future__ import annotations

from pydantic import BaseModel, Field

from okbadges.catalogue.neutrality import warn
from okbadges.organisations.labels import warnings_for


class WarningAnswer(BaseModel):
    """Something to think about."""

    code: str = Field(examples=["disclosing-word"])
    field: str = Field(examples=["name"])
    detail: str


def disclosures(*texts: tuple[str, str]) -> list[WarningAnswer]:
    """Return a warning for each word in the ``(field, text)`` pairs that could tell why somebody was at a workshop."""
    return [WarningAnswer(code="disclosing-word", field=found.field, detail=found.message) for found in warn(texts)]


def label_warnings(label: str, *, field: str) -> list[WarningAnswer]:
    """Return what speaks against a label without forbidding it."""
    own = [WarningAnswer(code=one.code, field=field, detail=one.detail) for one in warnings_for(label)]
    return own + disclosures((field, label))
