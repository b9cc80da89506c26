"""What leaves the machine: the guarded fetcher, and nothing else that opens a connection."""
