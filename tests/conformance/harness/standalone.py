"""
Runs ``airflow standalone`` and leaves nothing behind.

Standalone's children outlive it after SIGTERM. This process adopts every orphan below it,
so that at its own end (stdin closed, SIGTERM, or standalone gone) it can find and end them all.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import threading

import psutil

PR_SET_CHILD_SUBREAPER = 36


def end_when_stdin_closes() -> None:
    """Whoever started us holds the other end; it closes even if they are killed."""
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def end_all() -> None:
    """Kill everything below this process until nothing is left."""
    while children := psutil.Process().children(recursive=True):
        for child in children:
            with contextlib.suppress(psutil.NoSuchProcess):
                child.kill()
        psutil.wait_procs(children, timeout=1)


def main() -> None:
    """Run until told to end."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    home = pathlib.Path(os.environ["AIRFLOW_HOME"])
    log = home / "standalone.log"
    airflow = pathlib.Path(sys.executable).parent / "airflow"
    try:
        with log.open("wb") as output:
            standalone = subprocess.Popen(
                [airflow, "standalone"],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        threading.Thread(target=end_when_stdin_closes, daemon=True).start()
        code = standalone.wait()
    except SystemExit:
        end_all()
        shutil.rmtree(home, ignore_errors=True)
        raise
    # Standalone ended by itself: its output stays for whoever wants to know why.
    end_all()
    sys.exit(code)


main()
