"""Run a program and write what it took as one line of JSON: ``python -I -S spent.py OUT PROGRAM ARGUMENT …``.

A process of its own and a small one: what Linux tells of the memory of a child begins with that of whoever started it.
"""

import json
import os
import sys
import time

wall = time.perf_counter()
child = os.fork()
if not child:
    out = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(out, 1)
    os.execvp(sys.argv[2], sys.argv[2:])  # noqa: S606 - that is what this program is for
_, status, used = os.wait4(child, 0)
print(
    json.dumps(
        {
            "status": os.waitstatus_to_exitcode(status),
            "wall": time.perf_counter() - wall,
            "cpu": used.ru_utime + used.ru_stime,
            "mebibytes": used.ru_maxrss / 1024,
        }
    )
)
