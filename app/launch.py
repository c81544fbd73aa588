"""Become another program that ends when its parent does. Run as a script, never imported: it starts in 20 ms, stdlib only.

    python -I -S launch.py --parent PID --signal N [--namespace | --user UID:GID] -- PROGRAM ARGUMENT…

The parent-death signal is set after every change of credentials, because the kernel clears it at such a change. Each
program leads a session of its own, so that a terminal's Ctrl-C reaches only the supervisor, which stops them in order.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import signal
import sys
from pathlib import Path

PR_SET_PDEATHSIG = 1  # prctl(2)
CLONE_NEWUSER = 0x10000000  # unshare(2)
NOBODY = 65534


def main(arguments: list[str]) -> None:
    options, program = _parse(arguments)
    os.setsid()
    libc = ctypes.CDLL(None, use_errno=True)
    if options.namespace:
        _enter_user_namespace(libc)
    if options.user:
        uid, gid = (int(part) for part in options.user.split(":"))
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    if sys.platform == "linux":
        libc.prctl(PR_SET_PDEATHSIG, options.signal, 0, 0, 0)
        if os.getppid() != options.parent:  # died before the signal was set
            sys.exit(1)
    for inherited in (signal.SIGPIPE, signal.SIGINT, signal.SIGTERM):
        signal.signal(inherited, signal.SIG_DFL)
    os.execvp(program[0], program)


def _parse(arguments: list[str]) -> tuple[argparse.Namespace, list[str]]:
    split = arguments.index("--")
    parser = argparse.ArgumentParser()
    parser.add_argument("--parent", type=int, required=True)
    parser.add_argument("--signal", type=int, required=True)
    parser.add_argument("--namespace", action="store_true")
    parser.add_argument("--user")
    return parser.parse_args(arguments[:split]), arguments[split + 1 :]


def _enter_user_namespace(libc: ctypes.CDLL) -> None:
    """Be seen as `nobody` while the kernel still gives root's own access to files: PostgreSQL refuses uid 0 only by name."""
    uid, gid = os.getuid(), os.getgid()
    if libc.unshare(CLONE_NEWUSER) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{NOBODY} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{NOBODY} {gid} 1")


if __name__ == "__main__":
    main(sys.argv[1:])
