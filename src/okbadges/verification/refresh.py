"""The issuer's newer version of a credential (``1EdTechCredentialRefresh``; Open Badges 3.0, 9, step 3), and when it counts.

A credential may name an address at which its issuer keeps the version of today. It is asked once, after the proof of the credential
has held, and what it answers is never asked for a still newer one. The rule for the two:

1. The newer version is the same credential: same id, same issuer, same subject, same kind, and a later beginning.
2. Its key and its content are proven, by the same checks as for any credential.
3. It stands in the place of the original only when nothing but the dates was wrong with that, so it can renew a credential that has
   expired, and can never hide that the original was revoked or suspended, or that this could not be seen.
4. Where it stands, everything that is said is said of it: also that it was revoked.

In every other case the original stays what was checked, and the reason is a remark that never changes the verdict.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from okbadges.credentials.fetching import FetchError
from okbadges.errors import CredentialError
from okbadges.verification import checks
from okbadges.verification.intake import form_of, take_in
from okbadges.verification.reading import issuer_id, items, members, read_time, text, types_of, validity_members
from okbadges.verification.report import Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from okbadges.credentials.strict_json import Json
    from okbadges.verification.received import Received
    from okbadges.verification.report import Check
    from okbadges.verification.resolve import Documents

SERVICE_TYPE: Final = "1EdTechCredentialRefresh"

_KINDS: Final = frozenset({"OpenBadgeCredential", "AchievementCredential", "EndorsementCredential"})
_SAME_KIND: Final = {"OpenBadgeCredential": "AchievementCredential"}
_MAY_BE_SAID_OF_IT: Final = frozenset({Verdict.VALID, Verdict.REVOKED, Verdict.SUSPENDED, Verdict.EXPIRED})


def refreshed(document: Mapping[str, Json], documents: Documents) -> Received | None:
    """Return the newer version that the issuer of ``document`` offers, or None when none is offered; nothing of it is checked yet.

    Call it only for a document that is proven: its address is a wish of whoever wrote it. The answer may be JSON, a JWT, a PNG or
    an SVG. Raises `FetchError` when it cannot be had, and `CredentialError`: ``refresh-malformed`` (the service names no address,
    or there are several of them), ``refresh-another-credential`` (another id, issuer, subject or kind), ``refresh-not-newer``, and
    the codes of reading a file.
    """
    services = [one for one in map(members, items(document.get("refreshService"))) if SERVICE_TYPE in types_of(one)]
    if not services:
        return None
    url = (text(services[0].get("id")) or "").encode()
    if len(services) > 1 or form_of(url) != "url":
        raise CredentialError("refresh-malformed", "The credential does not say where its newer version is.")
    newer = take_in(url, documents)
    _require_same(document, newer.document)
    _require_later(document, newer.document)
    return newer


def _require_same(document: Mapping[str, Json], newer: Mapping[str, Json]) -> None:
    for what, one, other in (
        ("id", text(document.get("id")), text(newer.get("id"))),
        ("issuer", issuer_id(document), issuer_id(newer)),
        ("kind", _kinds(document) or None, _kinds(newer)),
    ):
        if one is None or one != other:
            raise CredentialError("refresh-another-credential", f"The answer has another {what}.", where=f"/{what}")
    if _subject(document) != _subject(newer):
        raise CredentialError("refresh-another-credential", "The answer is about another subject.")


def _kinds(document: Mapping[str, Json]) -> frozenset[str]:
    return frozenset(_SAME_KIND.get(name, name) for name in types_of(document) & _KINDS)


def _subject(document: Mapping[str, Json]) -> tuple[Json, Json]:
    """Return by what the subject is named: its id, or the identifiers of somebody who has none."""
    subject = document.get("credentialSubject")
    named = subject if isinstance(subject, dict) else {}
    return named.get("id"), named.get("identifier") if "id" not in named else None


def _require_later(document: Mapping[str, Json], newer: Mapping[str, Json]) -> None:
    """Of two credentials that are the same, the one that begins later wins (Open Badges 3.0, equality of credentials)."""
    began, begins = (read_time(one.get(validity_members(one)[0])) for one in (document, newer))
    if began is None or begins is None or begins <= began:
        raise CredentialError("refresh-not-newer", "What the issuer offers does not begin later.")


def prevails(original: Sequence[Check], newer: Sequence[Check]) -> bool:
    """Say whether the checks of the newer version are the answer, instead of those of the original (rules 2 to 4 above).

    Both are the complete checks of one credential each. The original must have passed everything that is required of it, its
    dates aside; the newer version must be in force or have ended, and not merely be unknown, unproven or yet to begin.
    """
    allowed = {Verdict.VALID, Verdict.EXPIRED}
    if checks.verdict(original) not in allowed or checks.verdict(newer) not in _MAY_BE_SAID_OF_IT:
        return False
    # An expired original is called that although its status may be open; the word alone would hide it.
    said = {checks.verdict_of(check) for check in original if check.required or check.id in checks.NECESSARY}
    return said <= allowed


def check_refresh(error: CredentialError | None, *, stands: bool, newer: Verdict | None = None) -> Check:
    """Return the remark ``refresh``: what became of the newer version, ``error`` being why there was none to check.

    ``newer`` is the verdict on the newer version, when there was one to check.

    Codes: not checked ``refresh-unreachable``; failed ``refresh-not-relied-on`` (it was there and did not hold) and those that
    `refreshed` raises. Never required.
    """
    if error is None and stands:
        return checks.passed(
            checks.REFRESH, "The issuer has a newer version; everything here is said of that one.", required=False
        )
    if error is None:
        message = (
            "The issuer offers a newer version, which is not relied on; everything here is said of the one received."
        )
        detail = f"The newer version is {newer}." if newer else None
        return checks.failed(checks.REFRESH, "refresh-not-relied-on", message, detail=detail, required=False)
    if isinstance(error, FetchError):
        code = error.code if error.code in checks.REFUSED_ADDRESSES else "refresh-unreachable"
        message = "Whether the issuer has a newer version could not be seen."
        return checks.not_checked(checks.REFRESH, code, message, detail=error.detail[:400], required=False)
    if error.code == "refresh-not-newer":
        return checks.passed(checks.REFRESH, "The issuer has no newer version.", required=False)
    message = "What the issuer's address answers is not a newer version of the credential."
    return checks.failed(checks.REFRESH, error.code, message, detail=error.detail[:400], required=False)
