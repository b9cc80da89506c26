"""Conformance runs: issue any W3C credential with keys that are made for that alone. Never loaded by the profile `openbadges`."""
