"""The badges: how people write them, what is published of them for good, and their artwork."""
