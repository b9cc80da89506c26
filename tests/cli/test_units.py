"""`okbadges units refresh`: against a server on this machine that answers like ePerusteet."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import orjson
import pytest
from typer.testing import CliRunner

from catalogue.test_refreshing import answer_of
from okbadges.catalogue.reading import read_units
from okbadges.cli import command_line

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.types import ASGIApp, Receive, Scope, Send
    from typer.testing import Result

    from support.server import Serve

PREFIX = "/eperusteet-service/api/external/peruste/tutkinnonosa/"


@pytest.fixture
def folder(checkout: Path, tmp_path: Path) -> Path:
    """Return a copy of the unit files."""
    shutil.copytree(checkout / "badge_definitions" / "units", tmp_path / "units")
    return tmp_path


def like_eperusteet(folder: Path, *, too_much: str = "") -> ASGIApp:
    """Return an application that answers with what the files say, and with a size for YTTT26; one unit with ``too_much``."""
    units = read_units(folder)
    answers = {unit.uri: answer_of(unit) for generation in units.all for unit in generation.units}
    answers["tutkinnonosat_108358"]["osaAlueet"][1]["pakollisetOsaamistavoitteet"]["laajuus"] = 2

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            for done in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{done}.complete"})
            return
        uri = scope["path"].removeprefix(PREFIX)
        body = b" " * 5_000_000 if uri == too_much else orjson.dumps(answers.get(uri, {}))
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200 if uri in answers else 404, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return app


def run(folder: Path, api: str, *more: str) -> Result:
    """Run the command."""
    words = ["units", "refresh", "--folder", str(folder), "--api", f"{api}/eperusteet-service/", "--loopback", *more]
    return CliRunner().invoke(command_line(words), words)


def test_it_works(serve: Serve, folder: Path) -> None:
    """The difference is printed and nothing is written; with --write it is, and then there is nothing left to say."""
    api = serve(lambda _: like_eperusteet(folder))
    before = (folder / "units/common-2026.yaml").read_text()
    shown = run(folder, api)
    assert shown.exit_code == 0, shown.output
    assert "+++ b/units/common-2026.yaml" in shown.stdout
    assert "\n+        osp: 2\n" in shown.stdout
    assert "YTTT26-1, to be put into our own words" in shown.stderr
    assert (folder / "units/common-2026.yaml").read_text() == before
    assert run(folder, api, "--write").exit_code == 0
    assert "        osp: 2\n" in (folder / "units/common-2026.yaml").read_text()
    assert run(folder, api).stdout == ""


def test_an_answer_that_is_too_large(serve: Serve, folder: Path) -> None:
    """Megabytes are not read; the others are, and the exit status says that one was not."""
    api = serve(lambda _: like_eperusteet(folder, too_much="tutkinnonosat_106727"))
    done = run(folder, api)
    assert done.exit_code == 1
    assert "common-2022.yaml: could not be read: 106727:" in done.stderr
    assert "+++ b/units/common-2026.yaml" in done.stdout


def test_nothing_is_asked_of_this_machine_unless_told(folder: Path) -> None:
    """The guard of every fetch stands here too: an address inside is never asked."""
    words = ["units", "refresh", "--folder", str(folder), "--api", "http://localhost:1"]
    done = CliRunner().invoke(command_line(words), words)
    assert done.exit_code == 1
    assert done.stdout == ""
    assert done.stderr.count("could not be read") == 9
