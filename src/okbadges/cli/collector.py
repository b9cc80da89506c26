"""Python's collector of cycles, for commands that go on for long or make much."""

from __future__ import annotations

import gc

_NEW_OBJECTS_BEFORE_A_LOOK = 20_000


def spare_the_collector() -> None:
    """Let Python's collector pass over all that was made up to now, and look for cycles less often.

    In a service they are a quarter of a million objects that stay. Going through them every few hundred requests held all of them up: the
    slowest in a hundred took twice as long. Beside a batch of ten thousand rows it was a fifth of the work.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS_BEFORE_A_LOOK, *gc.get_threshold()[1:])
