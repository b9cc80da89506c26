"""The command line: one thin command per story. Errors are one sentence and the command that mends them; exit status 2.

Only the story that is asked for is imported: checking a file must not have to start a web server's libraries first.
"""

from __future__ import annotations

import gc
import importlib
import sys
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import typer

from okbadges.errors import OkbadgesError

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi import FastAPI

COMMANDS = MappingProxyType(
    {
        "demo": "okbadges.cli.demo:demo",
        "serve": "okbadges.cli.serve:serve",
        "verify": "okbadges.cli.verify:verify",
        "migrate": "okbadges.cli.installation:migrate",
        "settings": "okbadges.cli.installation:list_settings",
        "secret": "okbadges.cli.secret:secret",
        "catalogue": "okbadges.cli.catalogue:commands",
        "units": "okbadges.cli.units:commands",
        "issuer": "okbadges.cli.issuers:issuer",
        "organisation": "okbadges.cli.organisations:organisation",
        "workshop": "okbadges.cli.organisations:workshop",
        "member": "okbadges.cli.members:commands",
        "group": "okbadges.cli.groups:commands",
        "cards": "okbadges.cli.cards:cards",
        "credential": "okbadges.cli.corrections:credential",
        "participant": "okbadges.cli.corrections:participant",
        "issue": "okbadges.cli.issue:issue",
        "access-key": "okbadges.cli.access_keys:commands",
        "audit": "okbadges.cli.audit:commands",
        "retention": "okbadges.cli.retention:commands",
        "doctor": "okbadges.cli.doctor:doctor",
        "backup": "okbadges.cli.backup:backup",
        "restore": "okbadges.cli.backup:restore",
        "second-place": "okbadges.cli.backup:second_place",
        "handover": "okbadges.cli.handover:commands",
        "conformance": "okbadges.cli.conformance:commands",
        "jose-cose": "okbadges.cli.jose_cose:commands",
    }
)


def command_line(words: list[str]) -> typer.Typer:
    """Return the command line for these words: with the one command they begin with, or with all of them for the help."""
    application = typer.Typer(
        help="Issues and verifies Open Badges 3.0 for learning that happens outside school.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    application.callback()(_okbadges)
    wanted = words[:1] if words[:1] and words[0] in COMMANDS else list(COMMANDS)
    for name in wanted:
        command = _imported(COMMANDS[name])
        if isinstance(command, typer.Typer):
            application.add_typer(command, name=name)
        else:
            application.command(name)(command)
    return application


def _imported(place: str) -> Callable[..., Any]:
    """Return what stands at ``module:attribute``.

    What a module makes while it is imported is there to stay, so nobody looks for rubbish in it, then or later: a quarter of a million
    objects, again and again, would be a tenth of a start.
    """
    module, _, attribute = place.partition(":")
    if module not in sys.modules and gc.isenabled():
        gc.disable()
        try:
            importlib.import_module(module)
        finally:
            gc.freeze()
            gc.enable()
    found: Callable[..., Any] = getattr(importlib.import_module(module), attribute)
    return found


def worker() -> FastAPI:
    """Make the app of one of several server processes (`okbadges.cli.serve`)."""
    app: FastAPI = _imported("okbadges.cli.serve:worker")()
    return app


def _okbadges() -> None:
    """Issue and verify Open Badges 3.0 for learning that happens outside school."""


def main() -> None:
    """Run the command line."""
    try:
        command_line(sys.argv[1:])()
    except OkbadgesError as refused:
        field = f" ({refused.field})" if refused.field else ""
        print(f"okbadges: {refused.detail}{field}", file=sys.stderr)
        sys.exit(2)
