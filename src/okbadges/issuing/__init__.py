"""Issuing: prepare, lint, sign, verify what was signed, store, and only then answer. And revoking, and what an issuer publishes."""
