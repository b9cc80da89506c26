"""Signing what an order asks for: by a template per badge version, language, issuer, key and status list, or by the walk.

A template is made of a body that was linted, and differs from it in ids, moments and the place in the status list alone
(`okbadges.credentials.template`): what is true of one filling is true of all. It is compared with the walk when it is made and again at
every so many credentials, before the signature. What does not fit a template (a wallet's own id) is linted and walked.
"""

from __future__ import annotations

import threading
from itertools import count
from typing import TYPE_CHECKING, Final

from okbadges.credentials.template import Kind, Slot, Template
from okbadges.errors import CredentialError, Unavailable
from okbadges.issuing.body import Varying, unsigned_credential
from okbadges.issuing.linting import SIGNING_FAILED, lint, sign_linted

if TYPE_CHECKING:
    from collections.abc import Hashable

    from okbadges.credentials.strict_json import Json
    from okbadges.issuing.prepare import Prepared
    from okbadges.issuing.status_indices import StatusSlot

PROVEN_EVERY: Final = 256
"""One credential in so many is compared with the walk before it is signed."""
_MOST: Final = 1000
"""How many templates a process keeps, about 20 kB each."""

_SLOTS: Final = {
    "credential_id": Slot(Kind.UUID, "urn:uuid:0b6ee5e2-5d0f-4f2e-9c43-0a8d7c2b1f01"),
    "subject_id": Slot(Kind.UUID, "urn:uuid:0b6ee5e2-5d0f-4f2e-9c43-0a8d7c2b1f02"),
    "valid_from": Slot(Kind.MOMENT, "9127-03-04T05:06:07Z"),
    "valid_until": Slot(Kind.MOMENT, "9128-04-05T06:07:08Z"),
    "status_index": Slot(Kind.NUMBER, "718281828459"),
}
_SLOTS_WITHOUT_END: Final = {name: slot for name, slot in _SLOTS.items() if name != "valid_until"}


class Signing:
    """Signs credentials of orders; keeps the templates of one process."""

    def __init__(self, *, with_templates: bool = True) -> None:
        """Keep no template yet; without templates every credential is linted and walked, to compare."""
        self._with_templates = with_templates
        self._templates: dict[Hashable, Template] = {}
        self._numbers = count(1)
        self._making = threading.Lock()

    def signed_document(self, prepared: Prepared, slot: StatusSlot, *, credential_id: str, subject_id: str) -> bytes:
        """Return the exact signed bytes of what was ordered. All that it refers to is at the issuer's home.

        Raises what `lint` and `sign_linted` raise.
        """
        varying = Varying.of(prepared.order, credential_id, subject_id, slot.index)
        values = varying.texts()
        if not self._with_templates or Kind.UUID.value.fullmatch(subject_id) is None:
            return sign_linted(lint(_body(prepared, slot, varying)), key=prepared.key)
        template = self._template(prepared, slot, with_end=varying.valid_until is not None)
        try:
            return template.sign(
                values,
                signer=prepared.key.signer,
                published_key=prepared.key.published_key,
                proven=next(self._numbers) % PROVEN_EVERY == 0,
            )
        except CredentialError as refused:
            # our key, our machine or our template, and nothing that the caller could send differently
            raise Unavailable(SIGNING_FAILED, refused.detail) from refused

    def _template(self, prepared: Prepared, slot: StatusSlot, *, with_end: bool) -> Template:
        """Return the template for what the order and the slot have in common with others."""
        order, key = prepared.order, prepared.key
        about = (prepared.badge_row_id, order.language, prepared.issuer, slot.list_number, key.row_id, with_end)
        template = self._templates.get(about)
        if template is not None:
            return template
        with self._making:
            if about not in self._templates:
                if len(self._templates) >= _MOST:
                    self._templates.clear()
                self._templates[about] = self._made(prepared, slot, with_end=with_end)
            return self._templates[about]

    def _made(self, prepared: Prepared, slot: StatusSlot, *, with_end: bool) -> Template:
        slots = _SLOTS if with_end else _SLOTS_WITHOUT_END
        example = Varying(**{name: one.stands_in for name, one in slots.items()})
        body = lint(_body(prepared, slot, example)).take()
        return Template(body, slots, verification_method=prepared.key.verification_method)


def _body(prepared: Prepared, slot: StatusSlot, varying: Varying) -> dict[str, Json]:
    home_url = prepared.issuer.home_url
    return unsigned_credential(
        varying,
        badge=prepared.badge,
        language=prepared.order.language,
        issuer=prepared.issuer,
        list_url=f"{home_url}/issuers/{prepared.issuer.slug}/status/{slot.list_number}",
        base_url=home_url,
    )
