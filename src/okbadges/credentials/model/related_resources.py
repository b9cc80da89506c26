"""Resources outside a credential whose content it vouches for by a digest (VC Data Model 2.0, 5.3).

Nothing is fetched here. Whoever has the content of a resource asks `RelatedResource.matches`; for the one context whose bytes
never change, the digests are known and are compared by `check_credential_shape`.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from okbadges.credentials.multibase import decode_multibase_base58, decode_multibase_base64url
from okbadges.credentials.vocabulary import CREDENTIALS_V2
from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from okbadges.credentials.strict_json import Json

_SRI: Final = re.compile(r"(sha256|sha384|sha512)-([A-Za-z0-9+/]+={0,2})")
_HEXADECIMAL: Final = re.compile(r"[0-9a-fA-F]{64}|[0-9a-fA-F]{96}|[0-9a-fA-F]{128}")
_MULTIHASHES: Final = MappingProxyType({b"\x12\x20": "sha256", b"\x20\x30": "sha384", b"\x13\x40": "sha512"})
_PREFIX: Final = 2
_LONGEST_DIGEST: Final = 96
"""Characters of the base58btc or base64url of a SHA-512 multihash, and a few more."""

_LENGTHS: Final = MappingProxyType({"sha256": 32, "sha384": 48, "sha512": 64})

KNOWN_DIGESTS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        CREDENTIALS_V2: MappingProxyType(
            {
                "sha256": "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734",
                "sha384": "97f1eb8e5042356c805fdd61afa2c557663785e0794dcafa21e138fd38def18cb360133c221aa31d6896a6bf3e65b614",
                "sha512": "5d55452bd2dcf8a29f5a290473eb242b1c5fb77d4e68f1a0aa87baa4dba2694852d65ec63d48ac04a99d956f9f7153b9406f84d2d04c74869b02c239a1d81305",
            }
        )
    }
)
"""The digests (hexadecimal) of resources whose content is fixed by a specification: VCDM 2.0, appendix B.1."""


@dataclass(frozen=True, slots=True)
class RelatedResource:
    """One entry of ``relatedResource``."""

    id: str
    digests: tuple[tuple[str, bytes], ...]
    """Each digest that is stated: the algorithm (``sha256``, ``sha384``, ``sha512``) and its bytes."""

    def matches(self, content: bytes) -> bool:
        """Say whether ``content`` has every digest that is stated."""
        return all(hashlib.new(algorithm, content).digest() == digest for algorithm, digest in self.digests)

    def contradicts_what_is_known(self) -> bool:
        """Say whether it states another digest than the one a specification fixes for the resource of this id."""
        known = KNOWN_DIGESTS.get(self.id, {})
        return any(known.get(algorithm, digest.hex()) != digest.hex() for algorithm, digest in self.digests)


def related_resources(document: Mapping[str, Json]) -> tuple[RelatedResource, ...]:
    """Return the entries of ``relatedResource`` of a credential whose shape is sound; raises "malformed-digest"."""
    written = document.get("relatedResource", [])
    entries = written if isinstance(written, list) else [written]
    return tuple(
        RelatedResource(str(entry.get("id")), read_digests(entry)) for entry in entries if isinstance(entry, dict)
    )


def read_digests(entry: Mapping[str, Json]) -> tuple[tuple[str, bytes], ...]:
    """Return the digests of an entry, none if there are none; raises "malformed-digest"."""
    found = []
    if "digestSRI" in entry:
        found.append(_subresource_integrity(entry["digestSRI"]))
    if "digestMultibase" in entry:
        found.append(_multihash(entry["digestMultibase"]))
    return tuple(found)


def _subresource_integrity(written: Json) -> tuple[str, bytes]:
    """Read ``sha256-`` and base64 (Subresource Integrity, 3.1).

    Its length is not looked at: one of another length is the digest of nothing, and `RelatedResource.matches` says so.
    """
    match = _SRI.fullmatch(written) if isinstance(written, str) else None
    if match is None or _HEXADECIMAL.fullmatch(match[2]):
        raise CredentialError(
            "malformed-digest", "digestSRI must be sha256-, sha384- or sha512- and base64, not hexadecimal"
        )
    padding = "=" * (-len(match[2]) % 4)
    try:
        return match[1], base64.b64decode(match[2] + padding, validate=True)
    except ValueError:
        raise CredentialError("malformed-digest", "digestSRI does not end in base64") from None


def _multihash(written: Json) -> tuple[str, bytes]:
    text = written if isinstance(written, str) else ""
    decode = decode_multibase_base58 if text.startswith("z") else decode_multibase_base64url
    try:
        value = decode(text, max_characters=_LONGEST_DIGEST)
    except CredentialError:
        value = b""
    algorithm = _MULTIHASHES.get(value[:_PREFIX])
    if algorithm is None or len(value) != _PREFIX + _LENGTHS[algorithm]:
        raise CredentialError("malformed-digest", "digestMultibase must be the multibase of a SHA-2 multihash")
    return algorithm, value[_PREFIX:]
