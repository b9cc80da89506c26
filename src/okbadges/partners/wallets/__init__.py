"""Wallets: what a holder offers to one, how it shows whose key it has, and the copy that it gets; by OpenID4VCI and by VC-API."""
