#!/usr/bin/env python3
"""Holds exported journals against hledger and Beancount, which nobody here wrote.

    check_journals.py --hledger JOURNAL --beancount JOURNAL --balances TRIAL-BALANCE.json
                      --transactions N

Run by the Python of an environment that has Beancount; hledger is looked for in PATH. Both tools check
their journal strictly. Then the balance of every ledger account, as each tool adds it up, must be that
of `meterbook receivables trial-balance --json`, and each must have read N transactions. Exits with 1
and says what differs.
"""

import argparse
import csv
import decimal
import io
import json
import pathlib
import subprocess
import sys

from beancount import loader
from beancount.core import data, realization


def complain(sentence):
    print(f"check_journals: {sentence}", file=sys.stderr)
    sys.exit(1)


def run(*command):
    """Standard output of a command that must succeed."""
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode != 0:
        complain(f"{' '.join(command)} refuses: {(result.stderr or result.stdout).strip()[:2000]}")
    return result.stdout


def amount(text):
    """Of `12.340000 USD`, or of the `0` that stands for nothing."""
    number, _, currency = text.partition(" ")
    if currency not in ("USD", ""):
        complain(f"an amount is in another currency: {text}")
    return decimal.Decimal(number)


def by_hledger(path):
    run("hledger", "check", "-s", "-f", path)
    text = run("hledger", "balance", "-f", path, "--flat", "--no-total", "-E", "-O", "csv")
    rows = list(csv.DictReader(io.StringIO(text)))
    count = run("hledger", "stats", "-f", path)
    line = next(line for line in count.splitlines() if line.startswith("Transactions  "))
    return {row["account"]: amount(row["balance"]) for row in rows}, int(line.split()[2])


def by_beancount(path):
    run(str(pathlib.Path(sys.executable).parent / "bean-check"), path)
    entries, errors, _ = loader.load_file(path)
    if errors:
        complain(f"Beancount has {len(errors)} complaints about {path}: {errors[0]}")
    balances = {}
    for account in realization.iter_children(realization.realize(entries), leaf_only=True):
        total = sum((position.units.number for position in account.balance), decimal.Decimal(0))
        balances[account.account] = total
    count = sum(1 for entry in entries if isinstance(entry, data.Transaction))
    return balances, count


def compare(tool, theirs, ours):
    for name in sorted(set(theirs) | set(ours)):
        one, other = theirs.get(name, 0), ours.get(name, 0)
        if one != other:
            complain(f"{name}: {tool} has {one}, the trial balance {other}")
    if sum(theirs.values()) != 0:
        complain(f"{tool} does not come to zero")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--hledger", required=True)
    parser.add_argument("--beancount", required=True)
    parser.add_argument("--balances", required=True)
    parser.add_argument("--transactions", type=int, required=True)
    options = parser.parse_args()
    report = json.loads(pathlib.Path(options.balances).read_text())
    ours = {row["name"]: decimal.Decimal(row["balance"]) for row in report["ledgers"]}
    for tool, (theirs, count) in (
            ("hledger", by_hledger(options.hledger)),
            ("Beancount", by_beancount(options.beancount))):
        compare(tool, theirs, ours)
        if count != options.transactions:
            complain(f"{tool} read {count} transactions of {options.transactions}")
    print(f"hledger and Beancount agree: {options.transactions} transactions, {len(ours)} accounts")


if __name__ == "__main__":
    main()
