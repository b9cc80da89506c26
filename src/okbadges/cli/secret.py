"""The installation's secret, made before anything else: it needs neither settings nor a database."""

from __future__ import annotations

import base64
import os
import secrets as randomness
from pathlib import Path  # noqa: TC003 - typer reads the annotation at run time
from typing import Annotated

import typer

from okbadges.errors import ConfigurationError
from okbadges.storage.sealing import MASTER_BYTES

secret = typer.Typer(help="The installation's secret, from which every key is derived.", no_args_is_help=True)


@secret.command("create")
def create_secret(file: Annotated[Path, typer.Argument(help="Where to write it; must not exist yet")]) -> None:
    """Make the installation's secret. Keep a copy apart from the database: without it no private key opens."""
    write_secret(file)
    print(f"Wrote {file}. Keep a copy in a safe place, apart from the database, and set OKBADGES_SECRET_FILE={file}")


@secret.command("print")
def print_secret() -> None:
    """Print a new secret, for OKBADGES_SECRET where files are not practical. It is not stored anywhere."""
    print(_new_secret())


def write_secret(file: Path) -> None:
    """Write a new secret that only its owner can read. Raises `ConfigurationError` rather than overwrite one."""
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise ConfigurationError(
            "secret-exists", f"{file} is already there and is not overwritten: the keys sealed with it would be lost."
        ) from None
    except OSError as refused:
        raise ConfigurationError("secret-unwritable", f"{file} cannot be written: {refused.strerror}.") from None
    with os.fdopen(descriptor, "w") as opened:
        opened.write(_new_secret() + "\n")


def _new_secret() -> str:
    return base64.b64encode(randomness.token_bytes(MASTER_BYTES)).decode()
