#!/usr/bin/env python3
"""Compares the program, invoice by invoice and line by line, with exact_bill.py.

    check_invoices.py --meterbook PROGRAM [--seeds N | --seed S ...] [--accounts 60] [--keep FOLDER]

For every seed random_cases.py makes rules, accounts, meters, readings and intervals; the program
publishes, imports and bills them from the command line into a simulated book; and what it explains of
every invoice must be what the separate calculator, in exact fractions, says: period, total, and of
every line its type, class, component, rule, days, quantity, price, base, rate and amount. What cannot
be billed must wait in the review queue for the same period with the same reason, and nothing else.
"""

import argparse
import json
import pathlib
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import exact_bill  # noqa: E402
import random_cases  # noqa: E402


class Different(Exception):
    """The first thing on which program and calculator do not agree."""


class Program:
    def __init__(self, path, book):
        self.path, self.book = path, book

    def run(self, *words):
        command = [self.path, *map(str, words), "--book", str(self.book), "--json"]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            raise Different(f"{' '.join(command)}\n  exits with {done.returncode}: "
                            f"{done.stderr.strip() or done.stdout.strip()}")
        return json.loads(done.stdout)


def same(what, got, expected):
    if got != expected:
        raise Different(f"{what}: the program says {got!r}, the calculator {expected!r}")


def number(text):
    """A decimal, a percentage or a fraction, exactly."""
    text = text.strip()
    if text.endswith("%"):
        return Fraction(text[:-1].strip()) / 100
    return Fraction(text)


def described(part):
    """A line of the program's explanation in the calculator's words."""
    line, facts = part["line"], {fact["name"]: fact["value"] for fact in part["facts"]}
    entry = {"type": line["type"], "class": line["class"], "amount": line["amount"]}
    if line["type"] == "TAX":
        entry["component"], entry["jurisdiction"] = re.match(
            r"tax (\S+) of ([^\s,]+)", facts["rule"]).groups()
    else:
        plan, version, component = re.match(
            r"plan (\S+), version (\d+), component (\S+)$", facts["rule"]).groups()
        entry |= {"plan": plan, "version": int(version), "component": component}
        first, last = re.match(r"(\S+) to (\S+), \d+ days$", facts["days"]).groups()
        entry |= {"from": first, "to": str(exact_bill.date(last) + exact_bill.DAY)}
    if line.get("unit") == "kWh":
        entry |= {"kwh": number(line["quantity"]), "price": number(line["price"])}
        if "time of use" in facts:
            entry["period"] = facts["time of use"]
    elif line.get("unit") == "month":
        entry |= {"months": number(line["quantity"]), "price": number(line["price"])}
    else:
        entry |= {"base": number(line["base"]), "rate": number(line["price"])}
    return entry


def expectation(line):
    """The calculator's line, without what the program does not print of such a line."""
    entry = {key: value for key, value in line.items() if key != "tier"}
    if line["type"] == "TAX":
        del entry["from"], entry["to"]
    for key in ("kwh", "price", "months", "base", "rate"):
        if key in entry:
            entry[key] = number(entry[key])
    return entry


def check_invoice(program, number, expected):
    explained = program.run("explain", number)
    same(f"{number}: total", explained["total"], expected["total"])
    same(f"{number}: lines", len(explained["lines"]), len(expected["lines"]))
    for index, (got, wanted) in enumerate(zip(explained["lines"], expected["lines"]), 1):
        got, wanted = described(got), expectation(wanted)
        for key in sorted(got.keys() | wanted.keys()):
            same(f"{number}, line {index}, {key}", got.get(key), wanted.get(key))
    return len(explained["lines"])


def check(path, seed, accounts, folder):
    """The invoices and lines compared for one seed."""
    case = random_cases.Case(seed, accounts)
    expected = case.write(folder)
    program = Program(path, folder / "case.book")
    by_whom = ("--actor", "check")
    later = case.end + random_cases.DAY * 40
    program.run("init", "--simulated", "--clock", "2020-01-01T00:00:00Z")
    published = program.run("rules", "publish", folder / "rules", *by_whom)
    same("problems of the rules", published["problems"], [])
    for kind in ("accounts", "meters", "readings", "intervals"):
        report = program.run(
            "import", kind, folder / f"{kind}.csv", "--clock", f"{later}T06:00:00Z", *by_whom)
        same(f"rejected {kind}", report["rejected_by_reason"], {})
        same(f"accepted {kind}", report["accepted"], len(case.rows[kind]))
    billed = program.run(
        "bill", "--through", expected["through"], "--clock", f"{later}T07:00:00Z", *by_whom)
    listed = program.run("invoice", "list", "--limit", 0)["invoices"]

    def key(account, start, end):
        return f"account {account}, {start} to {end}"

    got = [key(i["account"], i["period"]["start"], i["period"]["end"]) for i in listed]
    wanted = [key(i["account"], i["start"], i["end"]) for i in expected["invoices"]]
    for one, other in zip(got, wanted):
        same("invoice", one, other)
    same("invoices", len(got), len(wanted))

    items = program.run("review", "list", "--limit", 0)["items"]
    waiting = sorted(
        [i["account"], i["period"]["start"], i["reason"]] for i in items if i["kind"] == "bill")
    blocked = sorted([b["account"], b["from"], b["reason"]] for b in expected["blocked"])
    same("waiting for review", waiting, blocked)
    # A hole between intervals is found by the import already.
    others = {i["reason"] for i in items if i["kind"] != "bill"}
    same("other reasons for review", others - {"gap"}, set())

    with ThreadPoolExecutor(2) as pool:
        lines = sum(pool.map(
            lambda pair: check_invoice(program, pair[0]["number"], pair[1]),
            zip(listed, expected["invoices"])))
    same("the run's invoices", billed["invoices"], len(listed))
    same("the run's lines", billed["lines"], lines)
    same("the run's total", Fraction(billed["total"]),
         sum(Fraction(invoice["total"]) for invoice in expected["invoices"]))
    return len(listed), lines, len(blocked)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--meterbook", required=True, help="the program")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--seeds", type=int, default=3, help="seeds 1 to this")
    which.add_argument("--seed", type=int, nargs="+", help="these seeds")
    parser.add_argument("--accounts", type=int, default=60, help="accounts a seed")
    parser.add_argument("--keep", type=pathlib.Path, help="keep files and books in this folder")
    options = parser.parse_args()
    program = str(pathlib.Path(options.meterbook).resolve())
    invoices = lines = blocked = 0
    for seed in options.seed or range(1, options.seeds + 1):
        with tempfile.TemporaryDirectory() as temporary:
            folder = options.keep / f"seed-{seed}" if options.keep else pathlib.Path(temporary)
            try:
                made = check(program, seed, options.accounts, folder)
            except Different as difference:
                sys.exit(f"FAILED: seed {seed}, {options.accounts} accounts: {difference}")
        invoices, lines, blocked = (
            a + b for a, b in zip((invoices, lines, blocked), made))
    print(f"{invoices} invoices, {lines} lines agree; {blocked} accounts wait for review as expected")


if __name__ == "__main__":
    main()
