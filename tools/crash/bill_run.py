#!/usr/bin/env python3
"""Kills a bill run with SIGKILL at random moments and demands that, run again, it gives the book
(the Merkle root) that an undisturbed run gives.

    bill_run.py --meterbook PROGRAM [--kills 200] [--accounts 6000] [--slice 60] [--seed S]

A kill counts as inside when the book it leaves lies between the first and the last append. At least
three quarters of the kills must be inside, or the test proves nothing and fails.
"""

import argparse
import json
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "tools" / "bench"))
import accounts  # noqa: E402


class Book:
    def __init__(self, program, path):
        self.program, self.path = program, path

    def command(self, *words):
        return [self.program, *map(str, words), "--book", str(self.path)]

    def run(self, *words):
        done = subprocess.run(self.command(*words), capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"FAILED: {' '.join(map(str, words))}: {done.stderr or done.stdout}")
        return done.stdout

    def head(self):
        status = json.loads(self.run("status", "--json"))
        return status["size"], status["root"]


def prepare(program, folder, count):
    book = Book(program, folder / "base.book")
    accounts.generate(folder / "input", count)
    at = "2026-02-02T06:00:00Z"
    book.run("init", "--simulated", "--clock", "2026-01-01T00:00:00Z")
    book.run("rules", "publish", REPOSITORY / "rules" / "demo", "--actor", "crash")
    for kind, file in (("accounts", "accounts"), ("meters", "meters"), ("readings", "readings-1")):
        book.run("import", kind, folder / "input" / f"{file}.csv", "--clock", at, "--actor", "crash")
    return book


def copy(book, path):
    shutil.rmtree(path, ignore_errors=True)
    shutil.copytree(book.path, path)
    return Book(book.program, path)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--meterbook", required=True)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--accounts", type=int, default=6000)
    parser.add_argument("--slice", type=int, default=60)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}")
    chance = random.Random(arguments.seed)
    program = str(pathlib.Path(arguments.meterbook).resolve())
    bill = ("bill", "--through", "2026-02-01", "--slice", arguments.slice, "--actor", "crash",
            "--clock", "2026-02-02T07:00:00Z")

    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        base = prepare(program, folder, arguments.accounts)
        first, _ = base.head()
        undisturbed = copy(base, folder / "undisturbed.book")
        began = time.monotonic()
        undisturbed.run(*bill)
        duration = time.monotonic() - began
        last, root = undisturbed.head()
        if last - first < arguments.accounts:
            sys.exit("FAILED: the undisturbed run did not bill every account")

        kills = inside = completed = 0
        book = copy(base, folder / "killed.book")
        while kills < arguments.kills or completed == 0:
            child = subprocess.Popen(book.command(*bill), stdout=subprocess.DEVNULL)
            time.sleep(chance.uniform(0, duration * 0.9))
            finished = child.poll() is not None
            child.send_signal(signal.SIGKILL)
            child.wait()
            size, now = book.head()
            if not finished:
                kills += 1
                inside += first < size < last
            if size == last and finished:
                if now != root:
                    sys.exit(f"FAILED: root {now} after kills, {root} undisturbed")
                completed += 1
                book = copy(base, folder / "killed.book")
            elif finished:
                sys.exit(f"FAILED: the run ended with {size} entries, undisturbed {last}")
        book.run(*bill)
        if book.head() != (last, root):
            sys.exit("FAILED: the last resumed run gives another book")
        book.run("verify")
    print(f"{kills} kills, {inside} of them between the first and the last append; "
          f"{completed + 1} runs resumed to the end: the same root every time")
    if inside < 0.75 * kills:
        sys.exit("FAILED: too few kills fell between the first and the last append")


if __name__ == "__main__":
    main()
