#!/usr/bin/env python3
"""Compares quarterly reports, filings and bridges, cell by cell, with exact_revenue.py.

    check_revenue.py --meterbook PROGRAM [--seed S ...] [--accounts 60] [--keep FOLDER] [--mutate NAME]

First worked example 9, then for every seed a book that random_books.py writes by the command line. The
program exports its entries; stock protobuf reads them; and everything that the program reports of
revenue must be what the separate calculator makes of the events: every cell of the report for each
quarter, as posted and restated, by every version `revenue@N`, also as known at earlier positions; fixed
and variable; customers by bills and by meters; accounts whose days cannot be rated; the Merkle root; the
report that was filed, and the bridge from it by cause. The book must hold every kind of event and
correction of `MUST`, or it proves too little.

--mutate makes the calculator wrong on purpose: the check must fail then.
"""

import argparse
import json
import pathlib
import sys
import tempfile
import time
from fractions import Fraction

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import exact_bill  # noqa: E402
import exact_revenue  # noqa: E402
import exact_rules  # noqa: E402
import exact_unbilled  # noqa: E402
import exported_book  # noqa: E402
import random_books  # noqa: E402
import worked_example_9  # noqa: E402

MONEY = (
    "gross_billed", "cancelled", "rebilled", "prior_period_rebilled", "waived", "unbilled_at_open",
    "unbilled_at_close")
# What every book must hold: kinds of events, and what else is looked for by `found`.
MUST = """reading_recorded reading_corrected intervals_recorded intervals_corrected meter_removed
charge_recorded invoice_issued invoice_cancelled adjustment_posted credit_posted payment_received
payment_allocated payment_returned dispute_opened dispute_resolved late_fee_assessed late_fee_reversed
write_off_posted service_stopped rate_plan_assigned promotion_enrolled promotion_ended account_merged
period_closed filing_produced projection_promoted classification_published estimate statement final
waived late-fee-line late-fee-credit adjustment-line credit-line demand rider minimum misc-service
several-plans original-day reading-corrected estimate-settled rule-changed rebilled-later
rerated-by-adjustment several-meters by-intervals reports-as unbilled-waived
unbilled-demand unbilled-by-intervals tax_exemption_granted exemption exempt-tax""".split()


class Different(Exception):
    """What the program and the calculator do not agree on."""


def same(what, program, calculator):
    if program != calculator:
        raise Different(f"{what}: the program says {program!r}, the calculator {calculator!r}")


def section(document, name):
    return next(s for s in document["sections"] if s["name"] == name)


def cents(text):
    amount = Fraction(text) * 100
    assert amount.denominator == 1, text
    return int(amount)


def thousandth(number):
    """A thousandth, half away from zero."""
    whole = (2 * abs(number) + 1000) // 2000
    return -whole if number < 0 else whole


def third(count):
    """A third in hundredths, half away from zero."""
    whole = (200 * abs(count) + 3) // 6
    return -whole if count < 0 else whole


def compare_cells(what, document, report):
    """Every cell of the section `revenue`, and none besides; how many there are."""
    got = {}
    for row in section(document, "revenue")["rows"]:
        key = tuple(row[name] for name in exact_revenue.DIMENSIONS)
        if key in got:
            raise Different(f"{what}: {key} is there twice")
        got[key] = row
    compared = 0
    for key in sorted(got.keys() | report.cells.keys()):
        row = got.get(key)
        cell = report.cells.get(key) or dict.fromkeys(exact_revenue.SUMS, 0)
        where = f"{what}: {'/'.join(key)}"
        if row is None:
            same(f"{where}, of which the program has no row", {}, {k: v for k, v in cell.items() if v})
            continue
        for name in MONEY:
            same(f"{where}, {name}", cents(row[name]), cell[name])
        same(f"{where}, net_billed", cents(row["net_billed"]), exact_revenue.net(cell))
        is_earned = key[4] != "PASS_THROUGH"
        same(f"{where}, earned", row["earned"] and cents(row["earned"]),
             exact_revenue.earned(cell) if is_earned else None)
        for name in ("kwh_billed", "kwh_unbilled", "kw_billed"):
            same(f"{where}, {name}", Fraction(row[name]) * 1000, thousandth(cell[name]))
        same(f"{where}, bills", row["bills"], cell["bills"])
        per = row["revenue_per_kwh"]
        energy = Fraction(thousandth(cell["kwh_billed"]), 1000)
        wanted = Fraction(exact_revenue.net(cell), 100) / energy if energy else None
        if wanted is not None:
            wanted = Fraction(exact_bill.rounded(wanted * 1000, "half-away-from-zero"), 100_000)
        same(f"{where}, revenue_per_kwh", per and Fraction(per), wanted)
        compared += len(row) - len(key)
    return compared


def compare_rest(what, document, report):
    """Fixed and variable, customers, and whose days cannot be rated; how many figures there are."""
    parts = {}
    for key, cell in report.cells.items():
        part = parts.setdefault(exact_revenue.PARTS.get(key[4], "Neither"), [0, 0, 0, 0])
        is_earned = key[4] != "PASS_THROUGH"
        for place, amount in enumerate((
                exact_revenue.net(cell), cell["unbilled_at_open"], cell["unbilled_at_close"],
                exact_revenue.earned(cell) if is_earned else 0)):
            part[place] += amount
    for row in section(document, "parts")["rows"]:
        got = [cents(row[n]) for n in ("net_billed", "unbilled_at_open", "unbilled_at_close", "earned")]
        same(f"{what}: {row['part']}", got, parts.get(row["part"], [0, 0, 0, 0]))
    rows = section(document, "customers")["rows"]
    names = ("jurisdiction", "sector", "customer_class", "rate_plan")
    got = {tuple(row[name] for name in names): row for row in rows}
    for key in sorted(got.keys() | report.bills.keys() | report.meters.keys()):
        row = got.get(key) or {
            "bills": 0, "average_customers_by_bills": 0, "average_customers_by_meters": 0}
        bills, meters = report.bills.get(key, 0), report.meters.get(key, 0)
        where = f"{what}: customers of {'/'.join(key)}"
        same(f"{where}, bills", row["bills"], bills)
        for name, count in (("bills", bills), ("meters", meters)):
            average = Fraction(row[f"average_customers_by_{name}"]) * 100
            same(f"{where}, by {name}", average, third(count))
    notes = [n for n in section(document, "revenue")["notes"] if "could not be rated" in n]
    said = notes[0].split("left out: ")[1].rstrip(".") if notes else ""
    counted = ", ".join(f"{count} for {code}" for code, count in sorted(report.obstacles.items()))
    same(f"{what}: what could not be rated", said, counted)
    return 12 + 3 * len(rows)


def compare_facts(what, document, book, version):
    facts = document["facts"]
    same(f"{what}: ledger position", int(facts["ledger_position"]), book.size)
    same(f"{what}: checkpoint root", facts["checkpoint_root"], book.root.hex())
    same(f"{what}: projection", facts["projection"], f"revenue@{version}")
    same(f"{what}: control totals agree", document["agrees"], True)


def compare_report(what, document, book, name, view, version, moment):
    """One report; how many figures agree."""
    report = book.report(name, view, version, moment)
    compare_facts(what, document, book, version)
    return compare_cells(what, document, report) + compare_rest(what, document, report)


def compare_bridge(what, document, book, filed_book, name, sealed, live):
    """The bridge from a filing to what is known now; how many figures agree."""
    version = int(sealed["projection"].split("@")[1])
    view = sealed["view"]
    was = filed_book.report(name, view, version, None)
    now = book.report(name, exact_revenue.RESTATED, live, None)
    before, after = (exact_revenue.by_class(r, exact_revenue.net) for r in (was, now))
    steps = exact_revenue.bridge(book, name, (sealed["ledger_position"], view), version, live)
    reached = dict(before)
    for moved in steps.values():
        for revenue_class, amount in moved.items():
            reached[revenue_class] = reached.get(revenue_class, 0) + amount
    same(f"{what}: as filed and every step", {k: v for k, v in reached.items() if v},
         {k: v for k, v in after.items() if v})
    steps = {cause: moved for cause, moved in steps.items() if any(moved.values())}

    def parts(sums):
        found = dict.fromkeys(("fixed", "variable", "neither"), 0)
        for revenue_class, amount in sums.items():
            found[exact_revenue.PARTS.get(revenue_class, "Neither").lower()] += amount
        return found | {"net_billed": sum(found.values())}

    rows = section(document, "bridge")["rows"]
    wanted = {"As filed": parts(before), "As known now": parts(after)} | {
        cause: parts(moved) for cause, moved in steps.items()}
    got = {row["cause"] or row["step"]: {n: cents(row[n]) for n in parts({})} for row in rows}
    same(f"{what}: bridge", got, wanted)
    count = 4 * len(rows)
    for row in section(document, "classes")["rows"]:
        revenue_class = row["revenue_class"]
        wanted = {"as_filed": before, "as_known_now": after} | steps
        for column, sums in wanted.items():
            if column in row or sums.get(revenue_class):
                same(f"{what}: {column} of {revenue_class}", cents(row[column]),
                     sums.get(revenue_class, 0))
                count += 1
    for row, report in zip(section(document, "earned")["rows"], (was, now)):
        sums = [exact_revenue.by_class(report, amount) for amount in (
            exact_revenue.net, lambda c: c["unbilled_at_open"], lambda c: c["unbilled_at_close"],
            exact_revenue.earned)]
        wanted = [sum(v for k, v in s.items() if k != "PASS_THROUGH") for s in sums]
        got = [cents(row[n]) for n in ("net_billed", "unbilled_at_open", "unbilled_at_close", "earned")]
        same(f"{what}: earned, {row['known']}", got, wanted)
        count += 4
    return count + compare_corrections(what, document, book, name, sealed, version)


def compare_corrections(what, document, book, name, sealed, version):
    """The corrections that a bridge lists; how many figures agree."""
    wanted = {}
    for movement in book.movements:
        if not movement.reason:
            continue
        moved = sum(book.billed(movement, name, exact_revenue.RESTATED, version).values())
        if movement.position < sealed["ledger_position"]:
            moved -= sum(book.billed(movement, name, sealed["view"], version).values())
        found = wanted.setdefault(movement.position, [movement.account, movement.reason, 0])
        found[2] += moved
    got = {
        int(row["entry"]): [row["account"], row["cause"], cents(row["moved"])]
        for row in section(document, "corrections")["rows"]}
    # What moves nothing in sum may be listed, where it moves something between classes.
    same(f"{what}: corrections", {k: v for k, v in got.items() if v[2]},
         {k: v for k, v in wanted.items() if v[2]})
    return 3 * len(got)


def found(book):
    """What a book holds: kinds of events, and kinds of lines, bills and corrections."""
    kinds = {kind for entry in book.entries for kind, _ in entry.events}
    for entry in book.entries:
        kinds |= {"original-day"} if entry.original else set()
        for kind, event in entry.events:
            if kind == "reading_recorded" and event.HasField("estimate"):
                kinds.add("estimate")
            elif kind == "adjustment_posted" and event.rules:
                kinds.add("rerated-by-adjustment")
            elif kind == "classification_published" and any(l.reports_as for l in event.lines):
                kinds.add("reports-as")
    words = {
        ("LATE_FEE", "LATE_FEE"): "late-fee-line", ("CREDIT", "LATE_FEE"): "late-fee-credit",
        ("CREDIT", "CREDIT"): "credit-line"}
    types = {"ADJUSTMENT": "adjustment-line", "DEMAND_CHARGE": "demand", "RIDER": "rider",
             "MINIMUM_CHARGE": "minimum"}
    for movement in book.movements:
        kinds.add(movement.reason)
        invoice = movement.invoice
        is_later = exact_revenue.quarter(movement.posted) != exact_revenue.quarter(movement.restated)
        for name, holds in (
                ("statement", invoice.is_statement), ("final", invoice.final),
                ("several-plans", invoice.earlier_plans), ("by-intervals", invoice.intervals),
                ("rebilled-later", movement.how == "rebilled" and is_later)):
            kinds |= {name} if holds else set()
        for line in movement.lines:
            kinds.add(words.get((line.type, line.revenue_class), types.get(line.type, "")))
            if line.waived:
                kinds.add("exempt-tax" if line.type == "TAX" else "waived")
            kinds |= {"misc-service"} if line.revenue_class == "MISC_SERVICE" else set()
    quarters = {exact_revenue.quarter(movement.posted) for movement in book.movements}
    for name in quarters:
        close = exact_revenue.end(name)
        for account, _, (bills, _) in book.unbilled(close, exact_revenue.POSTED, book.moment):
            lines = [line for bill in bills for line in bill.lines]
            kinds |= {"unbilled-waived"} if any(line.waived for line in lines) else set()
            kinds |= {"unbilled-demand"} if any(line.kind == "demand" for line in lines) else set()
            if lines and any(meter.is_by_intervals for meter in account.meters):
                kinds.add("unbilled-by-intervals")
    if any(len(account.meters) > 1 for account in book.accounts.values()):
        kinds.add("several-meters")
    return kinds


def check(path, seed, accounts, folder):
    """How many reports, figures and entries agree for one seed."""
    program = random_books.Program(path, folder / "life.book")
    life = random_books.Life(program, seed, accounts, folder)
    life.live()
    lived = time.monotonic()
    program.run("export", "entries", "--out", folder / "entries")
    entries = exported_book.read(folder / "entries")
    book = exact_revenue.Book(entries)
    missing = [kind for kind in MUST if kind not in found(book)]
    if missing:
        raise Different(f"the book has no {', '.join(missing)}: it proves too little "
                        f"(refused: {life.refused})")
    last = len(book.rulebook.classifications) + 1
    names = [exact_revenue.quarter(life.add_months(life.begin, m)) for m in (0, 3, 6)]
    reports = figures = 0
    for name in names:
        for view in (exact_revenue.POSTED, exact_revenue.RESTATED):
            for version in range(1, last + 1):
                document = program.run(
                    "revenue", name, "--view", view, "--version", f"revenue@{version}")
                figures += compare_report(
                    f"{name}, {view}, revenue@{version}", document, book, name, view, version,
                    book.moment)
                reports += 1
    for _ in range(3):
        size = life.random.randrange(len(entries) // 3, len(entries))
        known = exact_revenue.Book(entries[:size])
        name, view = life.random.choice(names[:2]), life.random.choice(["posted", "restated"])
        version = life.random.randrange(1, len(known.rulebook.classifications) + 2)
        document = program.run(
            "revenue", name, "--view", view, "--version", f"revenue@{version}", "--known-at", size)
        what = f"{name}, {view}, revenue@{version}, known at {size}"
        figures += compare_report(what, document, known, name, view, version, known.moment)
        reports += 1
    figures += check_filing(program, life, book, names[0], folder)
    return reports + 2, figures, len(entries), lived


def check_filing(program, life, book, name, folder):
    """The report that was filed, and the bridge from it, before and after a restatement."""
    sealed = life.filed
    filed_book = exact_revenue.Book(book.entries[: sealed["ledger_position"]])
    same("root of the filing", sealed["root"], filed_book.root.hex())
    program.run("file", "show", name, "--sealed", folder / "sealed.json")
    document = json.loads((folder / "sealed.json").read_text())
    version = int(sealed["projection"].split("@")[1])
    figures = compare_report(
        f"{name} as filed", document, filed_book, name, sealed["view"], version, None)
    listed = program.run("projection", "list")["projections"]
    live = next(row["projection"] for row in listed if row["name"] == "revenue" and row["live"])
    live = int(live.split("@")[1])
    document = program.run("file", "bridge", name, "--limit", 0)
    figures += compare_bridge(
        f"bridge of {name}", document, book, filed_book, name, sealed, live)
    again = program.run("file", "restate", name, *life.who)["filings"][-1]
    same("size of the restatement", again["ledger_position"], book.size)
    program.run("file", "verify", name)
    document = program.run("file", "bridge", name, "--limit", 0)
    figures += compare_bridge(
        f"bridge of the restatement of {name}", document, book, book, name, again, live)
    return figures


def mutate(name):
    """Makes the calculator wrong in one way."""
    def restated_as_posted():
        for_report = exact_revenue.Report.take
        exact_revenue.Report.take = lambda self, book, movement, quarter, view, version: for_report(
            self, book, movement, quarter, exact_revenue.POSTED, version)

    def unclassified():
        exact_rules.Rulebook.classification = lambda self, day, count: None

    def unsettled():
        exact_unbilled.Register.estimate = lambda self, day, moment, zone: self.last(moment)

    def unwaived():
        exact_unbilled.waivers = lambda *_: set()

    def unhashed():
        exported_book.root = lambda leaves: leaves[0]

    ways = {
        "restated-as-posted": restated_as_posted, "unclassified": unclassified,
        "unsettled": unsettled, "unwaived": unwaived, "unhashed": unhashed}
    if name not in ways:
        sys.exit(f"--mutate {name}: there are {', '.join(ways)}")
    ways[name]()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--meterbook", required=True, help="the program")
    parser.add_argument("--seed", type=int, nargs="+", default=[1], help="one book each")
    parser.add_argument("--accounts", type=int, default=60, help="accounts a book")
    parser.add_argument("--keep", type=pathlib.Path, help="keep files and books in this folder")
    parser.add_argument("--mutate", help="make the calculator wrong; the check must fail")
    options = parser.parse_args()
    if options.mutate:
        mutate(options.mutate)
    program = str(pathlib.Path(options.meterbook).resolve())
    try:
        with tempfile.TemporaryDirectory() as temporary:
            print(worked_example_9.check(program, pathlib.Path(temporary)))
        for seed in options.seed:
            began = time.monotonic()
            with tempfile.TemporaryDirectory() as temporary:
                folder = options.keep / f"seed-{seed}" if options.keep else pathlib.Path(temporary)
                folder.mkdir(parents=True, exist_ok=True)
                reports, figures, entries, lived = check(program, seed, options.accounts, folder)
            print(f"seed {seed}: {options.accounts} accounts, {entries} entries: {reports} reports and "
                  f"2 bridges agree, {figures} figures; {lived - began:.0f} s to live, "
                  f"{time.monotonic() - lived:.0f} s to compare")
    except (Different, exact_revenue.Contradiction) as difference:
        sys.exit(f"FAILED: {difference}")


if __name__ == "__main__":
    main()
