"""What the pages for partners tell a reader to type works against a service, in the order in which it stands there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from standardwebhooks import Webhook

from support.furnished import CREDENTIAL, furnish
from support.served import served_world

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support.furnished import Furnished
    from support.world import World

FENCE = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
HOSTS = re.compile(r"https://badges\.example(\.org)?")
# the calls of a page that can be typed as they stand; the others need a code or a proof that only a browser or a wallet has
TYPED = {"oauth": 3, "open-badges-api": 7, "reading": 7, "wallets": 5, "webhooks": 5}
STRICT = 'curl() { command curl --fail-with-body --silent --show-error "$@"; }\n'


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, Furnished]]:
    """Run a service with one of everything."""
    with served_world(tmp_path_factory.mktemp("partners")) as world:
        yield world, furnish(world)


def calls_of(page: Path) -> list[str]:
    """Return the calls of a page, each on one line, without those that leave something out."""
    text = "\n".join(FENCE.findall(page.read_text()))
    lines = re.sub(r"\\\n\s*", "", text)
    # a body of several lines belongs to its call
    whole = re.sub(r"(-d '\{)\n(.*?\}')", lambda found: found[1] + found[2].replace("\n", " "), lines, flags=re.DOTALL)
    without_comments = re.sub(r"(?m)(^|\s)#.*$", "", whole)
    return [line for line in without_comments.splitlines() if line.strip() and "…" not in line]


@pytest.mark.parametrize("name", sorted(TYPED))
def test_the_calls_work(checkout: Path, served: tuple[World, Furnished], tmp_path: Path, name: str) -> None:
    """Each call of a page is answered with success."""
    world, there = served
    calls = calls_of(checkout / "docs" / "partners" / f"{name}.md")
    assert sum("curl " in call for call in calls) == TYPED[name], calls
    script = HOSTS.sub(world.rooms.base_url, STRICT + "\n".join(calls))
    known, variables = _own_things(world, there, name, tmp_path)
    for example, own in known.items():
        script = script.replace(example, own)
    ran = _bash(script, tmp_path, variables)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_signature_of_the_page_is_that_of_the_standard(checkout: Path, tmp_path: Path) -> None:
    """The shell lines that make a signature make the one that the library of Standard Webhooks makes."""
    lines = [call for call in calls_of(checkout / "docs" / "partners" / "webhooks.md") if "curl " not in call]
    secret, at, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", datetime(2026, 11, 21, tzinfo=UTC), '{"type":"a"}'
    sent = {"SECRET": secret, "WEBHOOK_ID": "msg_1", "WEBHOOK_TIMESTAMP": str(int(at.timestamp())), "BODY": body}
    ran = _bash("\n".join(lines), tmp_path, sent)
    assert f"v1,{ran.stdout.strip()}" == Webhook(secret).sign("msg_1", at, body)


def _own_things(world: World, there: Furnished, name: str, folder: Path) -> tuple[dict[str, str], dict[str, str]]:
    """Return what stands for the examples of a page, and its variables."""
    iida, *_ = there.keys
    known = {"demo-kemi": "kemi", "5lbtkyxu": world.keys.partner.split("_")[1]}
    variables = {"OKBADGES_KEY": world.keys.partner if name == "oauth" else world.keys.aino}
    if name == "open-badges-api":
        jwt = f"/v1/credentials/{there.stands_for[CREDENTIAL]}/forms/vc-jwt"
        (folder / "badge.json").write_bytes(there.files["credential.json"])
        (folder / "badge.jwt").write_bytes(world.client.get(jwt, headers=iida).content)
        variables["TOKEN"] = there.program
    if name == "wallets":
        offer = there.offer.its
        known["493536"] = offer.digits or ""
        variables |= {"TOKEN": offer.token, "CODE": offer.code}
    if name == "webhooks":
        shown = {"WEBHOOK_ID": "msg_1", "WEBHOOK_TIMESTAMP": "1", "BODY": "{}", "SECRET": "whsec_MfKQ9r8GKYqrTwjU"}
        variables |= {"WEBHOOK": there.stands_for["WEBHOOK"], **shown}
    return known, variables


def _bash(script: str, folder: Path, variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
    bash = shutil.which("bash")
    if bash is None or shutil.which("curl") is None:
        pytest.skip("needs bash and curl: apt-get install bash curl")
    command = [bash, "-euo", "pipefail", "-c", script]
    environment = {**os.environ, "HOME": str(folder), **variables}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=120
    )
