"""The status lists of conformance runs: one for each key, signed when it is asked for, with every bit clear.

Nothing is kept of what a conformance run issues, so nothing of it can be revoked.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from okbadges.credentials.data_integrity import sign
from okbadges.credentials.fetching import Fetched
from okbadges.credentials.status_list import StatusBits, entry, status_list_credential
from okbadges.credentials.strict_json import dumps
from okbadges.errors import NotFound
from okbadges.issuing.conformance.wanted import ECDSA_RDFC_2019, EDDSA_RDFC_2022, FORMS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from okbadges.credentials.strict_json import Json
    from okbadges.issuing.conformance.keys import ConformanceKey

LIST_PATH: Final = "/vc-api/status"
LIST_SIZE: Final = 131_072
# a verifier's clock, or a check that began before the list was signed, must not find it too new
_CLOCKS_DIFFER: Final = timedelta(minutes=5)


class ConformanceLists:
    """Writes status entries and the lists that they point to."""

    def __init__(
        self,
        keys: Mapping[str, ConformanceKey],
        *,
        base_url: str,
        now: Callable[[], datetime],
        random_bytes: Callable[[int], bytes],
    ) -> None:
        """Publish under ``base_url``."""
        self._keys = keys
        self._base_url = base_url
        self._now = now
        self._random_bytes = random_bytes

    def entry(self, kind: str) -> dict[str, Json]:
        """Return a status entry in the list of this kind of key, at a place of its own."""
        index = int.from_bytes(self._random_bytes(4)) % LIST_SIZE
        url = self._url(kind)
        return {"id": f"{url}#{index}", **entry(url, index)}

    def signed_list(self, kind: str) -> bytes:
        """Return the status list of this kind of key, signed by it. Raises `NotFound`."""
        key = self._keys.get(kind)
        if key is None:
            raise NotFound("unknown-status-list", f"There are status lists for: {', '.join(self._keys)}.")
        unsigned = status_list_credential(
            list_url=self._url(kind),
            issuer=key.did,
            bits=StatusBits(LIST_SIZE),
            valid_from=(self._now() - _CLOCKS_DIFFER).replace(microsecond=0),
        )
        suite = next(form for form in (EDDSA_RDFC_2022, ECDSA_RDFC_2019) if kind in FORMS[form])
        signed = sign(unsigned, signer=key.signer, verification_method=key.verification_method, suite=suite)
        return dumps(signed)

    def own_document(self, url: str) -> Fetched | None:
        """Answer a request for one of these lists; None when the address is not one of them."""
        path = urlsplit(url).path.removeprefix(urlsplit(self._base_url).path)
        if not url.startswith(f"{self._base_url}{LIST_PATH}/"):
            return None
        try:
            found = self.signed_list(path.removeprefix(f"{LIST_PATH}/"))
        except NotFound:
            return Fetched(404, {}, b"")
        return Fetched(200, {"content-type": "application/json"}, found)

    def _url(self, kind: str) -> str:
        return f"{self._base_url}{LIST_PATH}/{kind}"
