"""What leaves the machine, and nothing else that opens a connection: fetching for strangers, asking providers of sign-ins, sending mail."""
