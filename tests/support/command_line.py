"""The command line in a test's world: on its database and its clock, without starting a program for every command."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from typer.testing import CliRunner

import okbadges.building
from okbadges.cli import command_line
from okbadges.errors import OkbadgesError
from support.world import BASE_URL, SECRET

if TYPE_CHECKING:
    import pytest

    from support.world import World


@dataclass(frozen=True, slots=True)
class Operator:
    """Somebody at the command line of a world."""

    world: World

    def run(self, *words: str) -> tuple[int, str]:
        """Run one okbadges command; return its exit status and what it said, on both of its streams."""
        try:
            done = CliRunner().invoke(command_line(list(words)), list(words), catch_exceptions=False)
        except OkbadgesError as refused:
            return 2, refused.detail
        return done.exit_code, done.output

    def must(self, *words: str) -> str:
        """Run one command that must work and return what it said."""
        status, said = self.run(*words)
        assert status == 0, said
        return said


def operating(world: World, monkeypatch: pytest.MonkeyPatch) -> Operator:
    """Return the operator of a world: the settings name its installation, and its clock is theirs."""
    url = world.rooms.database.engine.url.render_as_string(hide_password=False)
    for name, value in {"BASE_URL": BASE_URL, "DATABASE_URL": url, "SECRET": SECRET}.items():
        monkeypatch.setenv(f"OKBADGES_{name}", value)
    monkeypatch.setattr("okbadges.cli.opened.build_rooms", _at_the_time_of(world))
    return Operator(world)


def _at_the_time_of(world: World) -> object:
    def build(settings: object, *, demo: bool) -> object:
        return okbadges.building.build_rooms(settings, demo=demo, now=world.clock)  # type: ignore[arg-type]

    return build
