"""Why a sign-in with a provider did not work: a code, which a page has words for, and a reason, which is for the log alone."""

from __future__ import annotations

from okbadges.errors import NotAllowed, Unavailable


class SignInRefused(NotAllowed):
    """The sign-in does not count; ``reason`` is a short code for the operator, never anything of a token."""

    title = "Signing in did not work"

    def __init__(self, code: str, detail: str, *, reason: str) -> None:
        """Keep the reason."""
        super().__init__(code, detail)
        self.reason = reason


class ProviderUnavailable(Unavailable):
    """The provider does not answer, or has trouble of its own; ``reason`` as in `SignInRefused`."""

    title = "Signing in does not work right now"

    def __init__(self, code: str, detail: str, *, reason: str) -> None:
        """Keep the reason."""
        super().__init__(code, detail)
        self.reason = reason


def over(reason: str) -> SignInRefused:
    """Return the refusal of a sign-in that is not on its way in this browser, or not any more."""
    return SignInRefused("sign-in-over", "This sign-in is not on its way in this browser. Begin anew.", reason=reason)


def setup(reason: str) -> SignInRefused:
    """Return the refusal for which the operator has to mend what was agreed with the provider."""
    return SignInRefused(
        "provider-setup",
        "The provider and this service do not agree on how to sign in; the operator has to look at the provider's entry.",
        reason=reason,
    )


def untrusted(reason: str) -> SignInRefused:
    """Return the refusal of an answer that does not prove who signed in."""
    return SignInRefused(
        "id-token-refused", "What the provider answered does not prove who signed in. Begin anew.", reason=reason
    )


def clock(reason: str) -> SignInRefused:
    """Return the refusal of an answer from another time: one of the two clocks is wrong."""
    return SignInRefused(
        "clocks-differ",
        "The provider's answer is from another time than this service has; the operator has to look at the clock.",
        reason=reason,
    )


def unreachable(reason: str) -> ProviderUnavailable:
    """Return the refusal for when the provider does not answer as it should."""
    return ProviderUnavailable(
        "provider-unreachable", "The provider does not answer; try again in a moment.", reason=reason
    )
