#!/usr/bin/env python3
"""Kills rebuilds and promotions of projections with SIGKILL at random moments and demands that nothing
is ever half done: the version that answered before still answers with the same rows, or the new one
does; what is read, rebuilt or promoted next gives the rows that an undisturbed book gives.

    projections.py --meterbook PROGRAM [--rounds 200] [--accounts 4000] [--seed S]

At least a third of the kills must come before the command has ended, or the test proves nothing and
fails.
"""

import pathlib
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import killing  # noqa: E402
from killing import WHO, kill  # noqa: E402

ORDER = """kind: classification
classification: ferc
version: 2
from: 2026-01-15
lines:
  - { class: residential, ledger: 440 }
  - { class: commercial, ledger: 442 }
  - { class: industrial, ledger: 442 }
  - { class: street-lighting, ledger: 444 }
  - { class: public-authority, ledger: 445 }
  - { revenue_class: LATE_FEE, ledger: 450 }
  - { revenue_class: MISC_SERVICE, ledger: 451 }
  - { revenue_class: PASS_THROUGH, ledger: 241 }
  - { code: infrastructure, ledger: 241, reports_as: PASS_THROUGH }
"""


def shown(book, name):
    return book.ask("projection", "follow", name)


def live(book):
    rows = book.ask("projection", "list")["projections"]
    return next(row["projection"] for row in rows if row["name"] == "revenue" and row["live"])


def leftovers(book):
    folder = pathlib.Path(book.path) / "projections"
    return sorted(p.name for p in folder.iterdir() if "-making" in p.name or "-spill" in p.name)


def main():
    arguments = killing.options(__doc__, rounds=200, accounts=4000)
    chance = arguments.chance
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        book = killing.billed(arguments.program, folder, arguments.accounts)
        (folder / "order.yaml").write_text(ORDER)
        book.run("rules", "publish", folder / "order.yaml", *WHO)
        names = ["invoices@3", "audit-trail@1", "receivables@1", "revenue@2", "revenue@3"]
        right = {name: shown(book, name)["digest"] for name in names}
        began = time.monotonic()
        for name in names:
            book.run("projection", "rebuild", name)
        duration = (time.monotonic() - began) / len(names)
        cut = 0
        turns = 0
        for _ in range(arguments.rounds):
            if chance.random() < 0.6:
                name = chance.choice(names)
                cut += kill(book, ("projection", "rebuild", name), chance.uniform(0, duration))
            else:
                before = live(book)
                other = "revenue@3" if before == "revenue@2" else "revenue@2"
                cut += kill(
                    book, ("projection", "promote", other, *WHO), chance.uniform(0, duration))
                after = live(book)
                if after not in (before, other):
                    sys.exit(f"FAILED: {after} answers after a promotion of {other} was killed")
                turns += after == other
                name = after
            found = shown(book, name)
            if found["projection"].startswith("audit-trail"):
                # The promotions are in it: it is held against one that is made anew.
                book.run("projection", "verify", name)
            elif found["digest"] != right[found["projection"]]:
                sys.exit(f"FAILED: {name} has other rows after a kill (seed {arguments.seed})")
        for name in names:
            book.run("projection", "rebuild", name)
            book.run("projection", "verify", name)
        if leftovers(book) != sorted(f"{name}.mdb-making-guard" for name in names):
            sys.exit(f"FAILED: left behind: {leftovers(book)}")
        book.run("verify")
    if cut * 3 < arguments.rounds:
        sys.exit(f"FAILED: only {cut} of {arguments.rounds} kills came before the end")
    print(f"{arguments.rounds} kills, {cut} before the end, {turns} promotions that were in the book; "
          "every version had the right rows each time")


if __name__ == "__main__":
    main()
