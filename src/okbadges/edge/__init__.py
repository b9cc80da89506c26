"""What both faces of the service need: the rooms of a running service, who calls, problems, negotiation, headers."""
