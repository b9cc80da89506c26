"""Answers about people are kept by nobody on the way."""

from __future__ import annotations

from fastapi import Depends, Response


def _not_kept(response: Response) -> None:
    response.headers["Cache-Control"] = "no-store"


NOT_KEPT = Depends(_not_kept)
"""For a router: each answer of its routes says that it must not be stored; a route that makes its own `Response` says so itself."""
