"""Issuers, the organisations that issue under them, their workshops with recognition records, and access keys."""
