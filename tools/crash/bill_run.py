#!/usr/bin/env python3
"""Kills a bill run with SIGKILL at random moments and demands that, run again, it gives the book
(the Merkle root) that an undisturbed run gives.

    bill_run.py --meterbook PROGRAM [--kills 200] [--accounts 20000] [--slice 50] [--seed S]

A kill counts as inside when the process that was killed had appended to the book itself, and not all
that was to be appended: it lies between that run's first and last append. At least three quarters of
--kills must lie inside, or the test proves nothing and fails. Each book is killed several times, then
resumed to its end, compared and verified; then the next begins from the same start.
"""

import json
import pathlib
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import killing  # noqa: E402
from killing import WHO  # noqa: E402


class Kills:
    """Chooses the moments, and counts.

    Nine in ten are spread over the time in which the run appends, as far as that is known. The time
    before the first append (a resumed run's is longer) and the time from there to the last one are
    learnt from the kills themselves, because they differ by machine and by the hour.
    """

    def __init__(self, chance, duration):
        self.chance = chance
        self.lead = {False: duration / 3, True: duration / 2}
        self.work = duration * 2 / 3
        self.count = self.inside = 0

    def delay(self, left):
        """When to kill a run that has the part `left` of its appends before it, in seconds."""
        begin = 0 if self.chance.random() < 0.1 else self.lead[left < 1]
        return begin + self.chance.uniform(0, self.work * left)

    def killed(self, left, has_begun, is_complete):
        self.count += 1
        self.inside += has_begun and not is_complete
        self.lead[left < 1] *= 0.95 if has_begun else 1.15
        self.work *= 0.9 if is_complete else 1.03

    def escaped(self, left):
        """The run came to its end before it could be killed."""
        self.work *= 0.7
        self.lead[left < 1] *= 0.8


def main():
    arguments = killing.options(__doc__, kills=200, accounts=20000, slice=50)
    chance = arguments.chance
    bill = ("bill", "--through", "2026-02-01", "--slice", arguments.slice, *WHO,
            "--clock", "2026-02-02T07:00:00Z")
    needed = -(-3 * arguments.kills // 4)

    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        base = killing.prepare(arguments.program, folder, arguments.accounts)
        first, _ = base.head()
        undisturbed = killing.copy(base, folder / "undisturbed.book")
        began = time.monotonic()
        summary = facts(undisturbed.run(*bill, "--json"))
        kills = Kills(chance, time.monotonic() - began)
        last, root = undisturbed.head()
        if summary["invoices"] != arguments.accounts:
            sys.exit(f"FAILED: the undisturbed run billed {summary['invoices']} of "
                     f"{arguments.accounts} accounts")

        books = 0
        while kills.count < arguments.kills or kills.inside < needed:
            if kills.count >= 3 * arguments.kills:
                sys.exit(f"FAILED: of {kills.count} kills only {kills.inside} fell between the first "
                         f"and the last append: nothing is proved (seed {arguments.seed})")
            book = killing.copy(base, folder / "killed.book")
            size = first
            for _ in range(chance.randrange(2, 7)):
                left = (last - size) / (last - first)
                before = size
                if killing.kill(book, bill, kills.delay(left)):
                    size, _ = book.head()
                    kills.killed(left, size > before, size == last)
                else:
                    kills.escaped(left)
                    break
                if (last - size) / (last - first) < 0.15:
                    break
            resumed = facts(book.run(*bill, "--json"))
            if book.head() != (last, root):
                sys.exit(f"FAILED: {book.head()} after kills, {(last, root)} undisturbed "
                         f"(seed {arguments.seed})")
            # A run that was already complete has nothing left to say.
            if resumed["invoices"] and resumed != summary:
                sys.exit(f"FAILED: the resumed run says {resumed}, the undisturbed one {summary} "
                         f"(seed {arguments.seed})")
            book.run("verify")
            books += 1
    print(f"{kills.count} kills, {kills.inside} of them between the first and the last append; "
          f"{books} books resumed to the end, each sound, the same root every time")


def facts(report):
    """What a run's report says, without what differs from run to run."""
    report = json.loads(report)
    return {name: report[name] for name in ("invoices", "lines", "total", "amounts")}


if __name__ == "__main__":
    main()
