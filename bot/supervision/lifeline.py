"""Run a command that dies with its parent: ``python lifeline.py PARENT_PID COMMAND…``.

A supervisor killed with ``kill -9`` cannot stop what it started, so on Linux the kernel does it. SIGKILL, since a
hung process would outlive anything milder; every store of ours survives a crash. Standard library only: this file
is run by itself before each process.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    parent, command = int(sys.argv[1]), sys.argv[2:]
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) != 0:
            sys.exit(f"prctl: {os.strerror(ctypes.get_errno())}")
    if os.getppid() != parent:  # it died before the line above took effect
        sys.exit("lifeline: the supervisor is gone")
    os.execvp(command[0], command)


if __name__ == "__main__":
    main()
