#!/usr/bin/env python3
"""Kills `close`, `file produce` and `file restate` with SIGKILL at random moments and demands that
nothing is ever half done: the book verifies; the month is closed, or the report filed, as a whole or not
at all; every filing that is there can be made again to the byte; and doing it again gives the book that
an undisturbed run gives, to its Merkle root, with the same report.

    filings.py --meterbook PROGRAM [--kills 200] [--accounts 3000] [--seed S]

At least a third of the kills must come before the command has ended, or the test proves nothing and
fails.
"""

import pathlib
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import killing  # noqa: E402
from killing import WHO  # noqa: E402

QUARTER = "2026Q1"
APRIL = ("--clock", "2026-04-02T12:00:00Z")
LATER = ("--clock", "2026-04-20T12:00:00Z")


class Deed:
    """A command to be killed, the book it begins with, and what it gives undisturbed."""

    def __init__(self, name, base, folder, *words):
        self.name, self.base, self.words = name, base, words
        self.first = base.head()
        undisturbed = killing.copy(base, folder / f"{name}.book")
        began = time.monotonic()
        undisturbed.run(*words)
        self.duration = time.monotonic() - began
        self.last = undisturbed.head()
        if self.last[0] != self.first[0] + 1:
            sys.exit(f"FAILED: {name} adds {self.last[0] - self.first[0]} entries, not one")
        self.report = undisturbed.run("revenue", QUARTER, "--json")
        self.done = undisturbed

    def check(self, book, seed):
        """Whether the killed command is in the book: as a whole, or not at all."""
        book.run("verify")
        head = book.head()
        if head not in (self.first, self.last):
            sys.exit(f"FAILED: {self.name}, killed, leaves {head} (seed {seed})")
        is_there = head == self.last
        filings = self.filings(book)
        if filings != self.filings(self.done if is_there else self.base):
            sys.exit(f"FAILED: {self.name}, killed, leaves {filings} (seed {seed})")
        if filings[1]:
            book.run("file", "verify", QUARTER)
        return is_there

    @staticmethod
    def filings(book):
        """The months closed, and the hashes of what is filed."""
        months = [row["month"] for row in book.ask("close")["months"]]
        shown = book.ask_perhaps("file", "show", QUARTER)
        return months, [row["sha256"] for row in shown["filings"]] if shown else []

    def repeat(self, book, seed):
        """Doing it again completes it, and once more adds nothing."""
        for _ in range(2):
            book.run(*self.words)
            if book.head() != self.last:
                sys.exit(f"FAILED: {self.name} after a kill gives {book.head()}, undisturbed "
                         f"{self.last} (seed {seed})")
        if book.run("revenue", QUARTER, "--json") != self.report:
            sys.exit(f"FAILED: {self.name} after a kill gives another report (seed {seed})")


def deeds(given, folder):
    """What is killed: each begins where the one before has ended."""
    base = killing.billed(given.program, folder, given.accounts)
    for month in ("2026-01", "2026-02"):
        base.run("close", month, *APRIL, *WHO)
    yield Deed("close", base, folder, "close", "2026-03", *APRIL, *WHO)
    closed = killing.copy(base, folder / "closed.book")
    closed.run("close", "2026-03", *APRIL, *WHO)
    yield Deed("produce", closed, folder, "file", "produce", QUARTER, *APRIL, *WHO)
    filed = killing.copy(closed, folder / "filed.book")
    filed.run("file", "produce", QUARTER, *APRIL, *WHO)
    account = 1_000_000_001
    filed.run("reading", "correct", f"M{account}", "--at", "2026-02-01", "--value",
              corrected(folder, account), "--reason", "read again", *LATER, *WHO)
    filed.run("rebill", account, "--reason", "read again", *LATER, *WHO)
    yield Deed(
        "restate", filed, folder, "file", "restate", QUARTER, "--reason", "read again", *LATER, *WHO)


def corrected(folder, account):
    """A kWh less than the file of readings has of an account."""
    for line in (folder / "input" / "readings-1.csv").read_text().splitlines():
        if line.startswith(f"M{account},"):
            return int(line.split(",")[2]) - 1
    sys.exit(f"FAILED: account {account} was not read")


def main():
    given = killing.options(__doc__, kills=200, accounts=3000)
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        all_deeds = list(deeds(given, folder))
        cut = dict.fromkeys((deed.name for deed in all_deeds), 0)
        there = dict(cut)
        for number in range(given.kills):
            deed = all_deeds[number % len(all_deeds)]
            book = killing.copy(deed.base, folder / "killed.book")
            # Half of them towards the end, where it appends.
            low = given.chance.choice([0, 0.7])
            seconds = given.chance.uniform(low, 1.15) * deed.duration
            is_cut = killing.kill(book, deed.words, seconds)
            # How long it takes is learnt: it differs by the hour.
            deed.duration *= 1.05 if is_cut else 0.9
            cut[deed.name] += is_cut
            there[deed.name] += deed.check(book, given.seed) and is_cut
            deed.repeat(book, given.seed)
    if sum(cut.values()) * 3 < given.kills:
        sys.exit(f"FAILED: only {cut} of {given.kills} kills came before the end")
    told = ", ".join(
        f"{name}: {cut[name]} before the end, {there[name]} of them with the entry in the book"
        for name in cut)
    print(f"{given.kills} kills ({told}); as a whole or not at all, and completed, every time")


if __name__ == "__main__":
    main()
