#!/usr/bin/env python3
"""Kills late-fee runs and re-ratings with SIGKILL at random moments and demands that, run again, each
gives the book that an undisturbed run gives, to its Merkle root: every fee and every correction exactly
once. After a re-rating nothing may differ from the rules any more.

    runs.py --meterbook PROGRAM [--rounds 200] [--accounts 4000] [--slice 50] [--seed S]

The bill run has its own test, bill_run.py, whose kills are counted here in the same way: one is inside
when the process that was killed had appended, and not all. At least a third must be inside, or the
test proves nothing and fails.
"""

import pathlib
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import killing  # noqa: E402
from killing import WHO  # noqa: E402

LATE = "2026-03-17T12:00:00Z"


def runs(folder, slice_size):
    """What is killed, by name."""
    rules = folder / "dearer.yaml"
    text = (killing.REPOSITORY / "rules" / "demo" / "tariff-r1.yaml").read_text()
    tariff = text.split("\n---\n")[0].replace("version: 1\nfrom: 2010-01-01",
                                              "version: 7\nfrom: 2025-12-01")
    rules.write_text(tariff.replace("price: .09850", "price: .09950"))
    return {
        "late-fees run": ("late-fees", "run", "--as-of", LATE, "--slice", slice_size, *WHO),
        "rerate --post": ("rerate", "--rules", rules, "--from", "2026-01-01", "--to", "2026-02-28",
                          "--post", "--reason", "wrong", "--clock", LATE,
                          *WHO),
    }


def result(book, name):
    """What must be the same: the head, and of a re-rating what the rules still move."""
    if name == "late-fees run":
        return book.head()
    report = book.ask(
        "rerate", "--rules", pathlib.Path(book.path).parent / "dearer.yaml", "--from", "2026-01-01",
        "--to", "2026-02-28")
    return *book.head(), report["difference"], report["invoices_touched"]


def rounds(name, run, base, folder, arguments, chance):
    """Kills `run` so many times, each book several times; what was found."""
    undisturbed = killing.copy(base, folder / "undisturbed.book")
    first, _ = base.head()
    began = time.monotonic()
    undisturbed.run(*run)
    duration = time.monotonic() - began
    last = result(undisturbed, name)
    if last[0] < first + arguments.accounts / 2:
        sys.exit(f"FAILED: {name} added {last[0] - first} entries: there is nothing to kill")
    if name == "rerate --post" and last[2:] != ("0.00", 0):
        sys.exit(f"FAILED: after {name} the rules still move {last[2:]}")
    count = inside = books = 0
    # The time in which it appends is learnt from the kills.
    low, high = duration * 0.2, duration
    while count < arguments.rounds or inside * 3 < count:
        if count > 4 * arguments.rounds + 20:
            sys.exit(f"FAILED: only {inside} of {count} kills of {name} fell between the first and "
                     f"the last append: nothing is proved (seed {arguments.seed})")
        book = killing.copy(base, folder / "killed.book")
        size = first
        for _ in range(chance.randrange(1, 4)):
            at = chance.uniform(low, high)
            if not killing.kill(book, run, at):
                high = max(low * 1.2, high * 0.9)
                break
            before, (size, _) = size, book.head()
            count += 1
            is_inside = before < size < last[0]
            inside += is_inside
            if size == before:
                low = min(low * 1.05, high * 0.8)
            elif size == last[0]:
                high = max(low * 1.2, high * 0.95)
                break
        book.run(*run)
        found = result(book, name)
        if found != last:
            sys.exit(f"FAILED: {name}: {found} after kills, {last} undisturbed "
                     f"(seed {arguments.seed})")
        head = book.head()
        again = book.ask(*run)
        if book.head() != head:
            sys.exit(f"FAILED: {name}, once more, adds to the book: {again}")
        books += 1
    book.run("verify")
    print(f"{name}: {count} kills, {inside} of them between the first and the last append; "
          f"{books} books resumed to the end, the same every time")


def main():
    arguments = killing.options(__doc__, rounds=200, accounts=4000, slice=50)
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        base = killing.billed(arguments.program, folder, arguments.accounts)
        for name, run in runs(folder, arguments.slice).items():
            rounds(name, run, base, folder, arguments, arguments.chance)


if __name__ == "__main__":
    main()
