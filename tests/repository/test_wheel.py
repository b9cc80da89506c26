"""What is installed is whole: the wheel holds the migrations, the catalogue and every file the pages need, and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

from support.repository import files_of

# Folders of the checkout, and where the wheel holds them.
PLACES = {
    "src/okbadges": "okbadges",
    "alembic": "okbadges/_alembic",
    "badge_definitions": "okbadges/_badge_definitions",
}


@pytest.fixture(scope="module")
def wheel(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """Build the wheel as pip would, without the network, and return it opened."""
    if find_spec("hatchling") is None:
        pytest.skip("needs hatchling: pip install -e '.[dev]'")
    folder = tmp_path_factory.mktemp("wheel")
    quiet = ["--no-deps", "--no-build-isolation", "--disable-pip-version-check", "--no-cache-dir"]
    command = [sys.executable, "-m", "pip", "wheel", *quiet, "--wheel-dir", str(folder), str(checkout)]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    return zipfile.ZipFile(next(folder.glob("okbadges-*.whl")))


def _packed(wheel: zipfile.ZipFile) -> set[str]:
    return {name for name in wheel.namelist() if ".dist-info/" not in name}


def test_it_holds_every_file_and_no_other(checkout: Path, wheel: zipfile.ZipFile) -> None:
    """The package, the migrations and the badge definitions are in the wheel, file by file; tests and documents are not."""
    expected = {
        f"{place}/{file.relative_to(checkout / folder).as_posix()}"
        for folder, place in PLACES.items()
        for file in files_of(checkout)
        if file.is_relative_to(checkout / folder)
    }
    assert _packed(wheel) == expected


@pytest.mark.parametrize(
    "needed", ["okbadges/py.typed", "okbadges/_alembic/env.py", "okbadges/_badge_definitions/families.yaml"]
)
def test_it_holds_what_a_server_cannot_do_without(wheel: zipfile.ZipFile, needed: str) -> None:
    """A migration can run and the catalogue can be imported from the wheel alone."""
    assert needed in _packed(wheel)


def test_it_says_its_licence_and_its_command(wheel: zipfile.ZipFile) -> None:
    """The licence is named by its SPDX identifier, its text comes along, and installing gives the command `okbadges`."""
    about = {Path(name).name: wheel.read(name).decode() for name in wheel.namelist() if ".dist-info/" in name}
    assert "License-Expression: EUPL-1.2\n" in about["METADATA"]
    assert about["LICENSE"].startswith("EUROPEAN UNION PUBLIC LICENCE v. 1.2")
    assert "okbadges = okbadges.cli:main" in about["entry_points.txt"]


def test_it_sets_up_an_installation_by_itself(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    """Unpacked far from any checkout, it migrates a database and reads its catalogue."""
    site = tmp_path / "site"
    wheel.extractall(site)
    settings = {
        "OKBADGES_BASE_URL": "http://localhost:8000",
        "OKBADGES_DATABASE_URL": f"sqlite:///{tmp_path}/installed.sqlite3",
        "OKBADGES_SECRET_FILE": str(tmp_path / "secret"),
    }
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OKBADGES_")} | settings

    def okbadges(*arguments: str) -> str:
        program = "import okbadges, okbadges.cli; print(okbadges.__file__); okbadges.cli.main()"
        command = [sys.executable, "-c", program, *arguments]
        run_from = environment | {"PYTHONPATH": str(site)}
        ran = subprocess.run(command, cwd=tmp_path, env=run_from, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    assert okbadges("secret", "create", str(tmp_path / "secret")).startswith(str(site))
    okbadges("migrate")
    assert "40" in okbadges("catalogue", "check")
