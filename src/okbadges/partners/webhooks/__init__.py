"""Webhooks: an organisation's own address is told of what happened, and asks the API for the rest. Each is a cursor over the journal."""
