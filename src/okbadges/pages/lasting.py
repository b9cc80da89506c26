"""Until when the page of a share link stays as it is if nothing that is stored changes: what the clock alone will change."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from okbadges.credentials.dids import did_web_to_url
from okbadges.errors import CredentialError
from okbadges.pages.words import time_zone
from okbadges.passport.own_links import Shown
from okbadges.verification.report import Kind, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable

    from okbadges.passport.sharing import OpenedLink, SharedCredential
    from okbadges.verification.report import Report


def lasts_until(
    opened: OpenedLink, reports: Iterable[Report], homes: Iterable[str], *, now: datetime
) -> datetime | None:
    """Return the next moment at which the clock may change what the page says; None for a page that is not to be kept at all.

    Days end by both clocks that pages go by (UTC and Finland's). A page is not kept where its checks rest on what others answer, on
    addresses outside ``homes``, or where it shows endorsements, whose own dates are not told here, or where a list does not show a revocation yet.
    """
    if Shown.ENDORSEMENT in opened.shows:
        return None
    moments = [_next_midnight(now.astimezone(zone)) for zone in (UTC, time_zone())]
    beginnings = tuple(f"{home}/" for home in homes)
    for shared, report in zip(opened.credentials, reports, strict=True):
        found = report.credential
        if found is None or not _rests_on_ours(report, beginnings) or _is_behind(shared, report):
            return None
        moments += [moment for moment in (found.valid_from, found.valid_until) if moment is not None and moment >= now]
    return min(moments)


def _next_midnight(here: datetime) -> datetime:
    return datetime.combine(here.date() + timedelta(days=1), time(), tzinfo=here.tzinfo)


def _is_behind(shared: SharedCredential, report: Report) -> bool:
    """Tell whether the status list that was looked at does not show a revocation of the last second yet."""
    return (shared.revoked_on is not None) != any(entry.state == "set" for entry in report.status)


def _rests_on_ours(report: Report, beginnings: tuple[str, ...]) -> bool:
    """Tell whether every document that the report rests on is one of ours: a plain badge, its issuer's keys, its status lists."""
    if report.kind is not Kind.BADGE or report.refreshed or report.endorsements or report.issuer is None:
        return False
    if report.verdict is Verdict.INDETERMINATE:
        return False
    try:
        keys = did_web_to_url(report.issuer.id, loopback_http=True)
    except CredentialError:
        return False
    addresses = [keys, *(entry.list_url or "" for entry in report.status)]
    return all(address.startswith(beginnings) for address in addresses)
