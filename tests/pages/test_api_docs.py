"""The API reference says what the OpenAPI document says, in rows, calls and statuses, and its page needs nothing from elsewhere."""

from __future__ import annotations

import json
import re
import shlex
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import pytest
from fastapi import FastAPI, Header, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from okbadges.pages.api_docs import reference
from okbadges.pages.api_fields import Span, spans
from support.chromium import DESKTOP, PHONE
from support.world import on_both_databases

if TYPE_CHECKING:
    from okbadges.pages.api_docs import Operation, Reference
    from okbadges.pages.api_fields import Field as Row
    from support.chromium import Visitor
    from support.demo import Demo
    from support.world import World

TODAY = date(2026, 11, 21)


class Wood(StrEnum):
    """What it is carved from."""

    BIRCH = "birch"
    PINE = "pine"


class Words(BaseModel):
    """A text by language."""

    fi: str | None = None


class Handle(BaseModel):
    """What a kuksa is held by."""

    length: int = Field(ge=2, le=9, examples=[4], description="In `cm`")
    name: Words


class Order(BaseModel):
    """A kuksa to be carved."""

    model_config = ConfigDict(extra="forbid")
    wood: Wood
    name: str = Field(max_length=64, examples=["Väinö's"])
    ordered_on: date
    handles: list[Handle] = Field(min_length=1)
    wish: str | None = None
    expires_on: date | None = Field(default=None, description="The last day")
    lid: Handle | None = None


class Kuksa(BaseModel):
    """A carved kuksa."""

    name: Words
    wish: str | None
    lids: list[Words]
    by_size: dict[str, str]


@pytest.fixture
def described() -> dict[str, Any]:
    """Return the OpenAPI document of a small workshop."""
    app = FastAPI(title="workshop", version="7", openapi_tags=[{"name": "kuksas", "description": "Cups of `wood`."}])

    @app.post("/v1/kuksas", status_code=201, tags=["kuksas"], responses={409: {"description": "Already carved"}})
    def carve_kuksa(
        order: Order,
        idempotency_key: Annotated[str | None, Header(alias="Idempotency-Key", examples=["one"])] = None,
    ) -> Kuksa:
        """Carve a kuksa (scope ``kuksas:carve``).

        It takes a day.
        """
        raise NotImplementedError(order, idempotency_key)

    @app.get("/v1/kuksas/{name}", tags=["kuksas"], dependencies=[])
    def read_kuksa(
        name: Annotated[str, Path(description="Its name", examples=["my kuksa"])],
        depth: Annotated[int, Query(ge=2)],
        colour: str = "plain",
    ) -> list[Kuksa]:
        """Read one."""
        raise NotImplementedError(name, depth, colour)

    @app.post("/v1/kuksas/check", tags=["checks"])
    def check(kuksa: dict[str, Any]) -> None:
        """Check any kuksa."""
        raise NotImplementedError(kuksa)

    openapi: dict[str, Any] = app.openapi()
    openapi["paths"]["/v1/kuksas"]["post"]["security"] = [{"Access key": []}]
    return openapi


@pytest.fixture
def api(described: dict[str, Any]) -> Reference:
    """Return the reference of the small workshop."""
    return reference(described, base_url="https://kuksa.example", today=TODAY)


@pytest.fixture
def carve(api: Reference) -> Operation:
    """Return the operation with a body."""
    return api.resources[0].operations[0]


@pytest.fixture
def read(api: Reference) -> Operation:
    """Return the operation with parameters."""
    return api.resources[0].operations[1]


def row(rows: tuple[Row, ...], path: str) -> Row:
    """Return the row of a dotted path."""
    return next(one for one in rows if one.parents + one.name == path)


def test_it_works(api: Reference) -> None:
    """Every operation is there once, under the resource that its tag names, in the order of the document."""
    found = [(one.name, [(o.method, o.path) for o in one.operations]) for one in api.resources]
    assert found == [
        ("Kuksas", [("POST", "/v1/kuksas"), ("GET", "/v1/kuksas/{name}")]),
        ("Checks", [("POST", "/v1/kuksas/check")]),
    ]
    assert api.version == "7"
    assert api.resources[0].about == (Span("Cups of "), Span("wood", is_code=True), Span("."))


def test_operation_says_what_it_is(carve: Operation) -> None:
    """An operation has its own words by paragraph, and tells whether it needs an access key."""
    assert carve.summary == "Carve kuksa"
    assert carve.about[0][1] == Span("kuksas:carve", is_code=True)
    assert carve.about[1] == (Span("It takes a day."),)
    assert carve.needs_key


def test_key_is_not_asked_for_where_none_is_needed(read: Operation) -> None:
    """An open operation says so, and its call shows no key."""
    assert not read.needs_key
    assert "Authorization" not in read.curl


def test_body_fields_are_rows(carve: Operation) -> None:
    """Nested objects follow their parent, deeper, with the path that a problem document would name."""
    assert carve.body is not None
    rows = carve.body.fields
    assert [(r.depth, r.parents + r.name) for r in rows] == [
        (0, "wood"),
        (0, "name"),
        (0, "ordered_on"),
        (0, "handles"),
        (1, "handles[].length"),
        (1, "handles[].name"),
        (2, "handles[].name.fi"),
        (0, "wish"),
        (0, "expires_on"),
        (0, "lid"),
    ]


def test_field_says_what_may_stand_in_it(carve: Operation) -> None:
    """Type, choices, limits, example and meaning of a field come from its schema, also through references."""
    assert carve.body is not None
    rows = carve.body.fields
    assert row(rows, "wood").choices == ("birch", "pine")
    assert row(rows, "name").limits == "At most 64 characters"
    assert row(rows, "name").example == "Väinö's"
    assert (row(rows, "ordered_on").type, row(rows, "ordered_on").required) == ("date", True)
    assert (row(rows, "handles").type, row(rows, "handles").limits) == ("list of objects", "At least 1 item")
    assert row(rows, "handles[].length").limits == "2 to 9"
    assert row(rows, "handles[].length").about == (Span("In "), Span("cm", is_code=True))


def test_field_that_can_be_left_out_hides_its_null(carve: Operation) -> None:
    """A field that can be left out is not called nullable as well; one that is always there is."""
    assert carve.body is not None
    assert (row(carve.body.fields, "wish").type, row(carve.body.fields, "wish").required) == ("string", False)
    assert row(carve.answers[0].fields, "wish").type == "string or null"


def test_shape_that_comes_again_is_not_spelled_out_twice(carve: Operation) -> None:
    """The second time a shape comes in a table, its row points to where its fields stand."""
    assert carve.body is not None
    assert row(carve.body.fields, "lid").same_as == "handles"
    answered = carve.answers[0].fields
    assert [one.parents + one.name for one in answered] == ["name", "name.fi", "wish", "lids", "by_size"]
    assert row(answered, "lids").same_as == "name"
    assert row(answered, "by_size").type == "object of strings, by key"


def test_answers_and_refusals_are_told_apart(carve: Operation, read: Operation) -> None:
    """What is answered has its fields; every status from 400 is a refusal with its meaning."""
    assert [(one.status, one.phrase, one.type) for one in carve.answers] == [(201, "Created", "object")]
    assert (409, "Already carved") in [(one.status, one.meaning) for one in carve.refusals]
    assert read.answers[0].type == "list of objects"


def test_parameters_stand_by_place(carve: Operation, read: Operation) -> None:
    """Parameters are grouped: in the address, after the question mark, in a header."""
    assert [(group.place, [one.name for one in group.fields]) for group in read.parameters] == [
        ("In the address", ["name"]),
        ("After the question mark", ["depth", "colour"]),
    ]
    assert read.parameters[0].fields[0].about == (Span("Its name"),)
    assert read.parameters[1].fields[1].limits == "When left out: plain"
    assert [group.place for group in carve.parameters] == ["In a header"]


def test_call_can_be_copied_into_a_shell(carve: Operation) -> None:
    """The call is one command for a POSIX shell, with a body that holds what is required and what has examples."""
    words = shlex.split(carve.curl)
    assert words[:4] == ["curl", "-X", "POST", "https://kuksa.example/v1/kuksas"]
    assert "Authorization: Bearer $ACCESS_KEY" in words
    assert "Idempotency-Key: one" in words
    handle = {"length": 4, "name": {}}
    assert json.loads(words[-1]) == {
        "wood": "birch",
        "name": "Väinö's",
        "ordered_on": "2026-11-21",
        "handles": [handle],
        "lid": handle,
    }


def test_call_fills_in_the_address(read: Operation) -> None:
    """Path and required query parameters are filled in from their examples, quoted for an address."""
    assert shlex.split(read.curl) == ["curl", "https://kuksa.example/v1/kuksas/my%20kuksa?depth=2"]


def test_call_with_any_json_comes_from_a_file(api: Reference) -> None:
    """Where a body is any JSON at all, the call sends a file."""
    assert shlex.split(api.resources[1].operations[0].curl)[-2:] == ["--data-binary", "@credential.json"]


def test_last_days_lie_ahead(described: dict[str, Any]) -> None:
    """A date that ends something is a month ahead, so that a copied call is accepted."""
    described["components"]["schemas"]["Order"]["required"].append("expires_on")
    found = reference(described, base_url="", today=TODAY).resources[0].operations[0]
    assert json.loads(shlex.split(found.curl)[-1])["expires_on"] == "2026-12-21"


def test_reference_to_nowhere_is_survived(described: dict[str, Any]) -> None:
    """A schema that is named and not there takes nothing else down."""
    described["components"]["schemas"].pop("Words")
    answered = reference(described, base_url="", today=TODAY).resources[0].operations[0].answers[0]
    assert row(answered.fields, "name").type == "any JSON"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("plain", [("plain", False)]),
        ("a `b` c", [("a ", False), ("b", True), (" c", False)]),
        ("``d``", [("d", True)]),
        ("one ` alone", [("one ` alone", False)]),
        ("", []),
    ],
)
def test_code_stands_between_backticks(text: str, found: list[tuple[str, bool]]) -> None:
    """Text between single or double backticks is code; a lonely backtick is a backtick."""
    assert [(one.text, one.is_code) for one in spans(text)] == found


@on_both_databases
def test_page_shows_the_whole_api(world: World) -> None:
    """The page has every operation of openapi.json, which it links, in English whatever the visitor reads elsewhere."""
    answer = world.client.get("/docs", headers={"Accept": "text/html", "Accept-Language": "fi"})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert '<html lang="en">' in answer.text
    assert 'href="/openapi.json"' in answer.text
    operations = [
        (method.upper(), path)
        for path, methods in world.client.get("/openapi.json").json()["paths"].items()
        for method in methods
    ]
    plain = re.sub(r"<wbr>|</?span[^>]*>", "", answer.text)
    for method, path in operations:
        assert f'{method} <code class="path">{path}</code>' in plain
    assert answer.text.count("<article ") == len(operations)


def test_links_inside_the_page_lead_somewhere(world: World) -> None:
    """Each link to a place on the page finds it, and no two places have the same name."""
    text = world.client.get("/docs").text
    places = re.findall(r'\bid="([^"]+)"', text)
    assert len(places) == len(set(places))
    assert set(re.findall(r'href="#([^"]+)"', text)) <= set(places)


def test_calls_on_the_page_work(world: World) -> None:
    """The call that issues, as it stands on the page, is one that an installation with that organisation accepts."""
    found = reference(
        world.client.get("/openapi.json").json(), base_url=world.rooms.base_url, today=world.clock().date()
    )
    issue = next(one for resource in found.resources for one in resource.operations if one.path == "/v1/credentials")
    body = json.loads(shlex.split(issue.curl)[-1]) | {"organisation": "kemi"}
    answer = world.client.post("/v1/credentials", json=body, headers=world.as_iida())
    assert answer.status_code == 201, answer.text
    assert answer.json()["share_link"]


def test_page_fits_a_phone_and_needs_no_script(demo: Demo, visitor: Visitor) -> None:
    """The page is as wide as the window on a phone and on a desk, also with every fold open, and works without scripts."""
    for size in (PHONE, DESKTOP):
        page = visitor.open(f"{demo.base_url}/docs", size=size, javascript=False)
        for fold in page.locator("details > summary").all():
            fold.click()
        assert page.evaluate("document.documentElement.scrollWidth") == size[0]
        assert page.locator("pre").first.is_visible()
