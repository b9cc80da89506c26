"""What a credential says about the JSON Schema that it follows. Nothing is fetched: a schema is a stranger's program."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from okbadges.verification.checks import SCHEMA_REFERENCE, not_checked, passed
from okbadges.verification.reading import items, members, text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from okbadges.verification.report import Check

_OPEN_BADGES_SCHEMA = re.compile(
    r"https://purl\.imsglobal\.org/spec/ob/v3p0/schema/json(-ld)?/ob_v3p0_(any)?(achievement|endorsement)credential_schema\.json"
)


def check_schema_reference(document: Mapping[str, object]) -> Check:
    """Say whether the schemas that are named are those whose rules the check ``shape`` has applied; never required.

    Codes (not checked): ``no-schema``, ``schema-unknown``.
    """
    named = [text(members(entry).get("id")) or "" for entry in items(document.get("credentialSchema"))]
    if not named:
        return not_checked(SCHEMA_REFERENCE, "no-schema", "The credential names no schema.", required=False)
    unknown = [name for name in named if not _OPEN_BADGES_SCHEMA.fullmatch(name)]
    if unknown:
        message = "The credential names a schema that is not looked at."
        return not_checked(SCHEMA_REFERENCE, "schema-unknown", message, detail=unknown[0][:200], required=False)
    return passed(
        SCHEMA_REFERENCE, "The schema is that of Open Badges 3.0, which the check shape covers.", required=False
    )
