#!/usr/bin/env python3
"""Lets two processes run late fees on one book at once, and demands exactly one fee an invoice.

    late_fee_race.py --meterbook PROGRAM [--races 1000] [--accounts 4]

Every account has one overdue invoice, and an append of its own. In each round two runs begin on a
fresh copy of the book, whose writers are held back until both have decided and wait; each account is a
race. The runs report the append conflicts on accounts that they met: without at least one in ten
races the test proves nothing, and fails.
"""

import argparse
import collections
import fcntl
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import killing  # noqa: E402

RUN = ("late-fees", "run", "--as-of", "2026-03-17T12:00:00Z", "--slice", "1", "--json")


def race(book):
    """Two runs at once; their reports."""
    with open(pathlib.Path(book.path) / "volumes" / "next.lock") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        runs = [
            subprocess.Popen(
                book.command(*RUN, "--actor", "crash"), stdout=subprocess.PIPE,
                stderr=subprocess.PIPE, text=True)
            for _ in range(2)]
        wait_until_waiting(gate, runs)
    reports = []
    for run in runs:
        out, error = run.communicate()
        if run.returncode != 0:
            sys.exit(f"FAILED: a run exits with {run.returncode}: {error or out}")
        reports.append(json.loads(out))
    return reports


def wait_until_waiting(gate, runs):
    """Returns when both runs wait for the lock on `gate`, or have waited long enough."""
    inode = f":{os.fstat(gate.fileno()).st_ino} "
    pids = {str(run.pid) for run in runs}
    end = time.monotonic() + 20
    while time.monotonic() < end:
        with open("/proc/locks") as locks:
            waiting = {
                line.split()[5] for line in locks if "->" in line and inode in line}
        if pids <= waiting:
            return
        time.sleep(0.005)


def check(book, reports, count):
    """Exactly one fee an account, written by one of the two."""
    waiting = json.loads(book.run("notifications", "list", "--json"))["notifications"]
    fees = collections.Counter(it["account"] for it in waiting)
    if len(fees) != count or set(fees.values()) != {1}:
        sys.exit(f"FAILED: fees by account: {dict(fees)}, of {count} accounts")
    assessed = sum(report["assessed"] for report in reports)
    if assessed != count:
        sys.exit(f"FAILED: the two runs say they assessed {assessed} fees on {count} invoices")
    again = json.loads(book.run(*RUN, "--actor", "third"))
    if again["entries"] != 0 or again["rows"]["1"] != count:
        sys.exit(f"FAILED: a third run adds {again['entries']} entries: {again['rows']}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--meterbook", required=True)
    parser.add_argument("--races", type=int, default=1000)
    parser.add_argument("--accounts", type=int, default=4)
    arguments = parser.parse_args()
    program = str(pathlib.Path(arguments.meterbook).resolve())
    races = conflicts = rounds = 0
    won = [0, 0]
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        # Their invoices are due on 23 February 2026.
        base = killing.billed(program, folder, arguments.accounts)
        while races < arguments.races:
            book = killing.copy(base, folder / "race.book")
            reports = race(book)
            check(book, reports, arguments.accounts)
            races += arguments.accounts
            rounds += 1
            conflicts += sum(report["conflicts"] for report in reports)
            for side in (0, 1):
                won[side] += reports[side]["assessed"]
        book.run("verify")
    if conflicts * 10 < races:
        sys.exit(f"FAILED: only {conflicts} append conflicts in {races} races: nothing is proved")
    print(f"{races} races in {rounds} rounds, {won[0]} won by one and {won[1]} by the other; "
          f"{conflicts} append conflicts, each decided again; exactly one fee {races} times")


if __name__ == "__main__":
    main()
