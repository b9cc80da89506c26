"""The rows on Open Badges 2.0 among what 1EdTech's public validator expects: each agrees, or says why not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from okbadges.credentials.baking import Place, take_out
from okbadges.verification import Fetched, FetchError
from okbadges.verification.intake import credential_in
from okbadges.verification.openbadges2 import examine
from okbadges.verification.report import Verdict
from okbadges.verification.resolve import Documents
from verification.making import NOW
from verification.openbadges2.badges import outcome, verdict_of

if TYPE_CHECKING:
    from pathlib import Path

# What the validator says, as verdicts: "invalid" is anything that is settled against the badge.
AGREES = {
    "valid": {Verdict.VALID},
    "warning": {Verdict.VALID},
    "invalid": {Verdict.INVALID, Verdict.REVOKED, Verdict.EXPIRED, Verdict.NOT_YET_VALID},
}
ALONE = "it awards nothing to anybody: the validator looks at parts of badges as well, we verify badges"
ASTRAY = "the BadgeClass and the Profile state addresses at which nothing stands, so who issued it stays open"
EXPLAINED = {
    "ob20/assets/badgeclass1.json": ALONE,
    "ob20/assets/badge-with-data-image.json": ALONE,
    "ob20/assets/badgeclass-with-complex-image.json": ALONE,
    "ob20/issuer-compact-iri-validation.json": ALONE,
    "ob20/basic-assertion-with-allowed-origins.json": ASTRAY,
    "ob20/basic-assertion-with-allowed-origins-valid-starts-with.json": ASTRAY,
    "ob20/basic-assertion-with-allowed-origins-valid-multiple-starts-with.json": ASTRAY,
    "ob20/basic-assertion-with-allowed-origins-invalid-starts-with.json": ASTRAY,
    "ob20/basic-assertion-with-allowed-origins-invalid-multiple-starts-with.json": ASTRAY,
    "ob20/warning-issuer-non-http.json": "the Profile names itself by a URN, so it is not known who issued the badge",
}


class MockNetwork:
    """The validator's own: what is asked of example.org is a file of its assets; and a hosted badge stands at its address."""

    def __init__(self, folder: Path, badge: dict[str, Any]) -> None:
        """Serve the assets and one badge."""
        self._assets = folder / "ob20/assets"
        self._badge = badge

    def __call__(self, url: str) -> Fetched:
        """Return the file, or raise `FetchError`."""
        if url == str(self._badge.get("id")).replace("http://", "https://"):
            return Fetched(200, {}, json.dumps(self._badge).encode())
        host, _, name = url.removeprefix("https://").partition("/")
        path = self._assets / name
        if host not in {"example.org", "www.example.org"} or not path.is_file():
            raise FetchError("unreachable", "not in the mock network")
        return Fetched(200, {}, path.read_bytes())


def _verdict(folder: Path, sample: str) -> tuple[Verdict, str | None]:
    data = (folder / sample).read_bytes()
    if sample.endswith(".png"):
        unbaked = take_out(data)
        assert unbaked.place is Place.OPEN_BADGES_2
        data = unbaked.content
    received = credential_in(data)
    network = MockNetwork(folder, dict(received.document) if received.jwt is None else {})
    found = examine(received, documents=Documents(network), now=NOW)
    return verdict_of(found), outcome(found, "shape")[1]


def test_the_expected_rows(shared: Path) -> None:
    """Every row that is not explained has the verdict that the validator gives; every explained one is not VALID."""
    folder = shared / "standards/data/vectors/1edtech-validator"
    rows = [row for row in json.loads((folder / "EXPECTED.json").read_text()) if row["sample"].startswith("ob20/")]
    disagreeing = {}
    for row in rows:
        verdict, _ = _verdict(folder, row["sample"])
        if row["sample"] in EXPLAINED:
            assert verdict in {Verdict.INVALID, Verdict.INDETERMINATE}, row["sample"]
        elif verdict not in AGREES[row["expected"]]:
            disagreeing[row["sample"]] = (row["expected"], verdict)
    assert disagreeing == {}
    assert len(rows) == 28


def test_every_explanation_holds(shared: Path) -> None:
    """Parts of badges are refused for being parts, and the others are open for want of an issuer."""
    folder = shared / "standards/data/vectors/1edtech-validator"
    for sample, reason in EXPLAINED.items():
        expected = (Verdict.INVALID, "not-an-assertion") if reason is ALONE else (Verdict.INDETERMINATE, None)
        assert _verdict(folder, sample) == expected, sample


def test_the_allowed_origins_of_the_samples(shared: Path) -> None:
    """With documents that state their own addresses, the rows on `allowedOrigins` and `startsWith` come out as they are meant."""
    folder = shared / "standards/data/vectors/1edtech-validator/ob20"
    for name, expected in (
        ("", Verdict.VALID),
        ("-valid-starts-with", Verdict.VALID),
        ("-valid-multiple-starts-with", Verdict.VALID),
        ("-invalid-starts-with", Verdict.INVALID),
        ("-invalid-multiple-starts-with", Verdict.INVALID),
    ):
        badge = json.loads((folder / f"assets/badgeclass-with-verification{name}.json").read_text())
        issuer = json.loads((folder / f"assets/issuer-with-allowed-origins{name}.json").read_text())
        assertion = json.loads((folder / f"basic-assertion-with-allowed-origins{name}.json").read_text())
        badge["id"], issuer["id"] = assertion["badge"], badge["issuer"]
        known = {document["id"].replace("http:", "https:"): document for document in (badge, issuer, assertion)}

        def fetch(url: str, known: dict[str, Any] = known) -> Fetched:
            return Fetched(200, {}, json.dumps(known[url]).encode())

        received = credential_in(json.dumps(assertion).encode())
        assert verdict_of(examine(received, documents=Documents(fetch), now=NOW)) is expected, name
