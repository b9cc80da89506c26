"""`okbadges demo`: told twice it is the same, interrupted it goes on, and all that it makes says DEMO."""

from __future__ import annotations

import io
import json
import re
import shutil
import sqlite3
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import httpx2
import pytest
from PIL import Image, ImageChops
from typer.testing import CliRunner

from okbadges.building import build_rooms
from okbadges.cli import command_line
from okbadges.cli.demo_people import GROUP
from okbadges.cli.demo_story import Story, tell
from okbadges.organisations.groups import end_group, find_group_by_slug
from okbadges.organisations.participants import labels_of
from okbadges.organisations.stays import present_in
from okbadges.organisations.workshops import find_organisation
from okbadges.passport.collection import collection_of
from okbadges.passport.holder import card_by_token, holder_of_card
from okbadges.progress.on_the_way import standpoints
from okbadges.settings import load_settings
from support.demo import get
from support.world import NOW

if TYPE_CHECKING:
    from pathlib import Path

    from support.demo import Demo
    from support.world import World

CARD = re.compile(
    r"Passport +http://localhost:8077/p/([\w-]{27})\n +or its code +((?:[0-9A-Z]{4}-){2}[0-9A-Z]{4}) at http://localhost:8077/p\n"
)


def told(folder: Path, *more: str) -> str:
    """Set the demo up without serving it, and return what it printed."""
    words = ["demo", "--folder", str(folder), "--port", "8077", "--no-serve", *more]
    done = CliRunner().invoke(command_line(words), words, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


@pytest.fixture(scope="module")
def told_once(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Set a demo up once; return its folder, to be copied, and what it printed."""
    folder = tmp_path_factory.mktemp("told")
    return folder, told(folder)


def links(said: str) -> list[str]:
    """Return the three share links of what was printed."""
    return [line.split()[1] for line in said.splitlines() if line.strip().startswith(("Valid", "Revoked", "Expired"))]


def test_running_it_twice_does_no_harm(told_once: tuple[Path, str], tmp_path: Path) -> None:
    """A second run finds the same credentials, people and Otto's card, publishes nothing again, and only makes new keys."""
    folder, first = told_once
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    second = told(tmp_path)
    assert links(first) == links(second)
    assert len(links(first)) == 3
    assert CARD.findall(first) == CARD.findall(second)
    with sqlite3.connect(tmp_path / "demo.sqlite3") as database:
        counts = [
            database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 - names of ours
            for table in (
                "credentials",
                "issuers",
                "organisations",
                "workshops",
                "badge_versions",
                "access_keys",
                "passport_cards",
                "members",
                "learning_groups",
                "group_participants",
            )
        ]
    database.close()
    assert counts == [13, 2, 3, 2, 40, 4, 3, 4, 1, 4]


def test_an_interrupted_demo_goes_on_where_it_stopped(world: World) -> None:
    """Whatever is missing of the issuer, its key, the organisations and their records is made, and nothing twice.

    Otto's card opens his passport: one badge that he took, one that is new, one that lacks a step. In the group each is somewhere else.
    """
    from okbadges.organisations.issuers import create_issuer  # noqa: PLC0415 - as far as the interrupted one came

    create_issuer(
        world.rooms.writer, replace(world.rooms.stamp("demo"), now=NOW.replace(hour=0) - timedelta(days=300)),
        slug="demo", name="DEMO OK! osaamismerkit", url="http://localhost:8000", description=None, base_url="http://localhost:8000",
    )  # fmt: skip
    from support.world import settings_for  # noqa: PLC0415 - of the same database

    url = world.rooms.database.engine.url.render_as_string(hide_password=False)
    story: Story = tell(
        lambda now: build_rooms(settings_for(url), demo=False, now=lambda: now), anchor=NOW.replace(hour=0), now=NOW
    )
    assert world.client.get(story.valid, headers={"Accept": "application/json"}).json()["verdict"] == "VALID"
    with world.rooms.database.read() as session:
        card = card_by_token(session, story.passport.rpartition("/")[2])
        holder = holder_of_card(session, card)
        assert holder is not None
        passport = collection_of(session, holder)
        group = find_group_by_slug(session, find_organisation(session, "demo-kemi"), GROUP)
        here = [stay.participant_id for stay in present_in(session, group)]
        labels = labels_of(session, world.rooms.secrets, member_id=group.leader_id, participants=here)
        at = {labels[one]: standpoint for one, standpoint in standpoints(session, here, today=NOW.date()).items()}
    assert [one.badge.slug for one in passport.shelf] == ["digi-turva"]
    assert [one.badge.slug for one in passport.new] == ["kasi-keittio"]
    assert [(one.badge.slug, one.progress.missing) for one in passport.ways] == [("digi-laite", (4,))]
    assert {
        label: ([one.badge.slug for one in stand.ready], len(stand.unfinished), len(stand.held))
        for label, stand in at.items()
    } == {
        "Otto": ([], 1, 2),
        "Sani": ([], 2, 0),
        "Eino": (["kasi-keittio"], 0, 0),
        "Aili": (["kooste-opiskelu-ja-ura"], 0, 3),
    }


def test_what_the_instructor_changed_stays(told_once: tuple[Path, str], tmp_path: Path) -> None:
    """Whoever tried the demo as an instructor, ended the group and comes back finds it so: the demo starts, and nobody is back in it."""
    shutil.copytree(told_once[0], tmp_path, dirs_exist_ok=True)
    settings = load_settings(
        base_url="http://localhost:8077",
        database_url=f"sqlite:///{tmp_path}/demo.sqlite3",
        secret_file=tmp_path / "secret",
        secret=None,
        allow_loopback_issuers=True,
    )
    rooms = build_rooms(settings, demo=True)
    with rooms.database.read() as session:
        group = find_group_by_slug(session, find_organisation(session, "demo-kemi"), GROUP)
    end_group(rooms.writer, rooms.stamp(f"member:{group.leader_id}"), group)
    told(tmp_path)
    with rooms.database.read() as session:
        assert present_in(session, group) == []
    rooms.writer.close()
    rooms.database.close()


def test_it_says_how_to_try_it_as_an_instructor(demo: Demo) -> None:
    """The sign-in is named where everything else is, and one press there leads to the group."""
    assert f"Instructor    {demo.base_url}/sign-in" in demo.said
    with httpx2.Client(base_url=demo.base_url, follow_redirects=True, headers={"Accept": "text/html"}) as client:
        page = client.post("/sign-in/demo", data={"role": "instructor"})
    assert re.findall(r"<bdi>(\w+)</bdi></a>", page.text) == ["Aili", "Eino", "Otto", "Sani"]


def test_a_student_shows_a_teacher_a_whole_area(demo: Demo) -> None:
    """What is printed for a teacher is a link with every badge of one area, all of them valid, and the student's passport."""
    found = re.search(r"For a teacher (\S+)\n +Teacher +\S+/sign-in .*\n +Their student (\S+/p/[\w-]{27})\n", demo.said)
    assert found is not None
    reports = json.loads(get(found[1])[0])["reports"]
    assert [one["verdict"] for one in reports] == ["VALID"] * 6
    page, _ = get(f"{demo.base_url}/sign-in", "text/html")
    assert 'value="teacher"' in page.decode()


def test_a_demo_in_another_place_is_explained(told_once: tuple[Path, str]) -> None:
    """The same folder on another port is refused with both ways out."""
    from okbadges.errors import ConfigurationError  # noqa: PLC0415 - used here only

    with pytest.raises(ConfigurationError, match="--port 8077"):
        CliRunner().invoke(
            command_line(["demo"]),
            ["demo", "--folder", str(told_once[0]), "--port", "8078", "--no-serve"],
            catch_exceptions=False,
        )


def test_everything_says_demo(demo: Demo, checkout: Path) -> None:
    """The issuer, the badge's name, its alternative text, its picture and the page all say DEMO."""
    body, _ = get(demo.valid, "application/vc")
    credential = body.decode()
    for place in ('"name":"DEMO Turvallisesti verkossa"', '"name":"DEMO OK! osaamismerkit"', '"caption":"DEMO: '):
        assert place in credential
    page, _ = get(demo.valid, "text/html")
    assert "DEMO" in page.decode()
    svg, _ = get(f"{demo.valid}/badge.svg", "*/*")
    assert ">DEMO</text>" in svg.decode()
    png, _ = get(f"{demo.valid}/badge.png", "*/*")
    plain = Image.open(checkout / "badge_definitions" / "artwork" / "digi-turva.fi.png").convert("RGBA").convert("RGB")
    shown = Image.open(io.BytesIO(png)).convert("RGBA").convert("RGB")
    differs = ImageChops.difference(plain, shown).convert("L").point(lambda value: 255 if value > 60 else 0)
    assert differs.getbbox() is not None
    left, top, right, bottom = differs.getbbox() or (0, 0, 0, 0)
    assert right - left > plain.width / 2
    assert bottom - top > plain.height / 8
