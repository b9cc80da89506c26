"""JSON for programs: one module per resource. Every route is thin: read the request, call a room, shape the answer."""
