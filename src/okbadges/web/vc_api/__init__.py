"""``/vc-api``: issuing and verifying as W3C's VC-API writes it down, for partners' programs and for test suites.

`verifying` is there in both profiles, `issuing` in ``openbadges`` and `conformance` in ``any``.
"""

from okbadges.web.vc_api import conformance, issuing, verifying

__all__ = ["conformance", "issuing", "verifying"]
