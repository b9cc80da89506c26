"""Routes are looked into at their first request, and every one of them can be."""

from __future__ import annotations

import copy
from itertools import chain
from typing import TYPE_CHECKING

from fastapi import FastAPI, HTTPException
from fastapi.testclient import TestClient

from okbadges.app import VC_API_ROUTERS
from okbadges.edge.routing import LateRoute, Router, add_routes
from okbadges.pages import sign_in
from okbadges.web import webhook_messages

if TYPE_CHECKING:
    from support.world import World


class _Shouting(LateRoute):
    """A route that is told apart from others."""


def _house() -> tuple[FastAPI, LateRoute]:
    router = Router(prefix="/rooms", tags=["rooms"], route_class=_Shouting)

    @router.get("/{number}", status_code=203)
    def room(number: int, floor: int = 0) -> dict[str, int]:
        """Answer where a room is."""
        if floor < 0:
            raise HTTPException(410)
        return {"number": number, "floor": floor}

    app = FastAPI()
    add_routes(app.router, [router])
    [route] = router.routes
    assert isinstance(route, _Shouting)
    return app, route


def test_it_works() -> None:
    """A route knows its address before anybody asks, and what its function wants from the first request on."""
    app, route = _house()
    client = TestClient(app)
    assert (route.path, route.methods, route.name) == ("/rooms/{number}", {"GET"}, "room")
    assert client.get("/elsewhere").status_code == 404
    assert client.post("/rooms/7").status_code == 405
    assert "dependant" not in vars(route)
    answer = client.get("/rooms/7?floor=2")
    assert (answer.status_code, answer.json()) == (203, {"number": 7, "floor": 2})
    assert "dependant" in vars(route)
    assert client.get("/rooms/kitchen").status_code == 422
    assert client.get("/rooms/7?floor=-1").status_code == 410


def test_it_is_described_before_its_first_request() -> None:
    """The OpenAPI document has every route, whether somebody asked for it or not."""
    app, _ = _house()
    described = app.openapi()["paths"]["/rooms/{number}"]["get"]
    assert described["tags"] == ["rooms"]
    assert [one["name"] for one in described["parameters"]] == ["number", "floor"]


def test_what_a_route_never_has_stays_unknown() -> None:
    """Asking for an attribute that no route has is answered as always."""
    _, route = _house()
    assert not hasattr(route, "colour")


def test_a_route_is_made_alone_and_copied() -> None:
    """Neither needs a router, nor that anybody has looked into it."""
    alone = copy.copy(LateRoute("/alone", _house))
    assert (alone.path, alone.methods, alone.name, alone.include_in_schema) == ("/alone", {"GET"}, "_house", True)


def test_every_route_can_be_looked_into(world: World) -> None:
    """A function that the framework cannot read is noticed here, and not by the first who asks for it."""
    sometimes = (*chain(*VC_API_ROUTERS.values()), *sign_in.DEMO_ROUTERS, webhook_messages.described)
    everywhere = chain(world.app.routes, *(router.routes for router in sometimes))
    routes = [route for route in everywhere if isinstance(route, LateRoute)]
    assert len(routes) > 200
    assert sum(len(router.routes) for router in sometimes) > 10
    assert all(route.dependant.call is route.endpoint for route in routes)
