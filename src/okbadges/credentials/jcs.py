"""JSON in its one canonical spelling (JCS, RFC 8785): what the ``jcs`` cryptosuites hash and sign."""

from __future__ import annotations

from typing import TYPE_CHECKING

import rfc8785

from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from okbadges.credentials.strict_json import Json


def canonical_json(value: Json) -> bytes:
    """Return the canonical UTF-8 of ``value``.

    Raises "number-out-of-range" for a whole number that not every reader holds exactly (beyond 2^53 - 1; RFC 8785, 3.2.2.3
    leaves it to I-JSON), NaN and infinities, and "not-canonical-json" for half characters and nesting that has no end.
    """
    try:
        return rfc8785.dumps(value)
    except (rfc8785.IntegerDomainError, rfc8785.FloatDomainError) as error:
        raise CredentialError("number-out-of-range", str(error)) from None
    except (rfc8785.CanonicalizationError, UnicodeEncodeError, RecursionError):
        raise CredentialError("not-canonical-json", "the document has no canonical JSON form (RFC 8785)") from None
