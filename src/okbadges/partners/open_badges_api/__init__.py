"""The Open Badges API: what a program may read of a passport, and what it may put there."""
