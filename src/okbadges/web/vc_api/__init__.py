"""``/vc-api``: issuing and verifying as W3C's VC-API writes it down, for partners' programs and for test suites.

`verifying` is there in both profiles, `issuing` in ``openbadges`` and `conformance` in ``any``. `exchanges` is for wallets, and always there.
"""

from okbadges.web.vc_api import conformance, exchanges, issuing, verifying

__all__ = ["conformance", "exchanges", "issuing", "verifying"]
