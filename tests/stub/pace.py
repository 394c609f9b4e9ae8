"""pace.py - time as a slow machine needs it: for stubs that wait until a program has nothing more to do"""

import time

SLICE = 0.05


def asleep(pid, states="SZtTX"):
    """does it wait for something, or has it ended? A program that wants to run is not done"""
    try:
        with open("/proc/%d/stat" % pid) as f:
            return f.read().rsplit(")", 1)[1].split()[0] in states
    except (FileNotFoundError, ProcessLookupError):
        return True


def rest(seconds, pid):
    """sleeps at least so long; moments in which the program runs, or is not let run, do not count"""
    left = seconds / SLICE
    while left > 0:
        time.sleep(SLICE)
        left -= asleep(pid)
