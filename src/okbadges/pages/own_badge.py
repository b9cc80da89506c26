"""Which badge of ours a verified credential is of: only then a page may use our own words and picture for it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from okbadges.catalogue.shelf import badge_version
from okbadges.errors import NotFound
from okbadges.pages.verdict_words import is_genuine

if TYPE_CHECKING:
    from sqlmodel import Session

    from okbadges.catalogue.published import PublishedBadge
    from okbadges.verification.report import Report

_VERSION_PATH = re.compile(r"/badges/([a-z0-9-]{1,64})/v([1-9][0-9]{0,5})/([a-z]{2})")


def own_badge(session: Session, report: Report, *, base_url: str) -> PublishedBadge | None:
    """Return the badge version, when the signature held, the issuer is one of ours, and it names a version that we published."""
    named = report.credential.achievement_id if report.credential else None
    if not named or not named.startswith(base_url) or not is_genuine(report):
        return None
    path = _VERSION_PATH.fullmatch(named.removeprefix(base_url))
    if path is None:
        return None
    try:
        return badge_version(session, path[1], int(path[2]))
    except NotFound:
        return None
