"""Forms with something private in them: read in memory, with the fields that were asked for and no others."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING

import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient

from okbadges.edge.private_forms import read_private_form
from okbadges.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Iterator

BORDER = "okbadges-border"


@pytest.fixture
def door() -> Iterator[TestClient]:
    """Return a client of an application that reads one such form and says what it read."""
    app = FastAPI()

    @app.post("/")
    async def read(request: Request) -> dict[str, object]:
        try:
            form = await read_private_form(request, texts=("text", "agreed"), file="photo")
        except InvalidInput as refused:
            return {"code": refused.code, "field": refused.field}
        return {"texts": form.texts, "bytes": len(form.file or b"")}

    with TestClient(app) as client:
        yield client


def part(name: str, content: str, *, file_name: str | None = None) -> str:
    """Return one part of a form as a browser writes it."""
    file = "" if file_name is None else f'; filename="{file_name}"'
    return f'--{BORDER}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n{content}\r\n'


def send(door: TestClient, *parts: str, end: str = f"--{BORDER}--\r\n") -> dict[str, object]:
    """Send a form of these parts and return what was read."""
    headers = {"Content-Type": f"multipart/form-data; boundary={BORDER}"}
    found: dict[str, object] = door.post("/", content="".join(parts) + end, headers=headers).json()
    return found


def test_it_works(door: TestClient) -> None:
    """Texts by their names, the file's bytes; a field that was not sent is empty, as is a file that nobody chose."""
    read = send(door, part("text", "Teki leivän."), part("photo", "x" * 10, file_name="IMG_2034.jpg"))
    assert read == {"texts": {"text": "Teki leivän.", "agreed": ""}, "bytes": 10}
    assert send(door, part("photo", "", file_name="")) == {"texts": {"text": "", "agreed": ""}, "bytes": 0}


def test_a_large_file_is_not_put_on_a_disk(door: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three megabytes stay in memory: whoever rolls them over to a file fails."""

    def refuse(*_: object) -> None:
        raise AssertionError("a temporary file was made")

    monkeypatch.setattr(tempfile.SpooledTemporaryFile, "rollover", refuse)
    size = 3 * 1024 * 1024
    assert send(door, part("photo", "x" * size, file_name="x.jpg"))["bytes"] == size


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ([part("other", "x")], "other"),
        ([part("text", "x"), part("text", "y")], "text"),
        ([part("text", "x", file_name="x.txt")], "text"),
        ([part("photo", "x")], "photo"),
        ([part("n" * 100, "x")], "n" * 64),
    ],
)
def test_what_was_not_asked_for_is_refused(door: TestClient, parts: list[str], field: str) -> None:
    """Another field, one twice, a file where a text belongs and the other way round."""
    assert send(door, *parts) == {"code": "invalid-field", "field": field}


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "application/x-www-form-urlencoded",
        "",
        f"multipart/form-data; boundary={BORDER}; charset=utf-7",
    ],
)
def test_another_kind_of_form_is_refused(door: TestClient, content_type: str) -> None:
    """Only a form in parts and in UTF-8 is read."""
    answer = door.post("/", content=b"x", headers={"Content-Type": content_type})
    assert answer.json() == {"code": "content-type", "field": "Content-Type"}


@pytest.mark.parametrize("content", ["--x", f"--{BORDER}\r\n\r\n", part("text", "x" * 70_000)])
def test_a_broken_form_is_refused(door: TestClient, content: str) -> None:
    """What has no parts, no names or a text without end is told as unreadable, not as a fault of ours."""
    assert send(door, content) in (
        {"code": "form-unreadable", "field": "body"},
        {"texts": {"text": "", "agreed": ""}, "bytes": 0},
    )
