"""What the credential library asks of whoever can reach the network: one function, one answer, one error.

Nothing in this room opens a connection. Callers pass a `Fetch` in; okbadges has one that is guarded
(`okbadges.integrations.fetch`), tests have a dictionary.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from okbadges.errors import CredentialError


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer that came back whole: the status code, the headers with lower-case names, the body as it was received.

    A redirect is an answer like any other (its status is 3xx); nothing here follows it.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


class FetchError(CredentialError):
    """There is no answer to judge: refused by policy, unreachable, too slow, cut off or over the size limit.

    ``code`` says which (for example ``unreachable``, ``too-large``, ``not-allowed``). The absence of an answer proves
    nothing, so a check that needed one is "not checked", never "failed".
    """

    title = "Could not be fetched"


Fetch = Callable[[str], Fetched]
"""Get the document at an absolute URL, or raise `FetchError`."""
