"""Routes that the framework looks into when they are first asked for (decision 0035).

FastAPI reads the signature of a route's function when the route is declared, and once more in the router that it is included in: nearly
three hundred times two, a quarter of a start, for functions of which most are not called before the next one. Here a route knows its
address and its methods at once, and the rest when a request comes for it or when the API is described.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.routing import compile_path, get_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class LateRoute(APIRoute):
    """A route whose function is looked into at its first request."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:  # noqa: ANN401 - those of `APIRoute`
        """Take what tells whether a request is for this route, and keep the ``options`` for later."""
        self.path, self.endpoint = path, endpoint
        self.path_regex, self.path_format, self.param_convertors = compile_path(path)
        self.methods = set(options.get("methods") or ("GET",))
        self.name = options.get("name") or get_name(endpoint)
        self.include_in_schema = options.get("include_in_schema", True)
        self._options = options

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - any attribute of `APIRoute`
        """Return what is not known yet, after looking into the function. Two threads that ask at once find the same."""
        # the last thing that `APIRoute` makes is `app`; what copies a route looks for special methods before there is anything
        if "app" in self.__dict__ or name.startswith("__"):
            raise AttributeError(name)
        super().__init__(self.path, self.endpoint, **self._options)
        return getattr(self, name)


class Router(APIRouter):
    """Routes that belong together, each of them a `LateRoute`."""

    def __init__(self, *, route_class: type[LateRoute] = LateRoute, **options: Any) -> None:  # noqa: ANN401 - those of `APIRouter`
        """Begin without routes; ``options`` are those of `APIRouter`."""
        super().__init__(route_class=route_class, **options)


def add_routes(to: APIRouter, routers: Iterable[Router]) -> None:
    """Add the routes of ``routers`` as they are. `include_router` would look into each of them again."""
    for router in routers:
        to.routes.extend(router.routes)
