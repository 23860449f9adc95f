"""Worked example 9: a bill of September 2025 that is cancelled and rebilled in October.

Example 6, a rollover with an estimate that was too high, is issued on 20 September for 120.61; on 5
October the meter is read again and the bill comes to 110.35. As posted the difference is the fourth
quarter's; restated the third quarter's alone.
"""

from fractions import Fraction

import exact_revenue
import exported_book
import random_books

RULES = """kind: tariff
plan: R6
version: 1
from: 2020-01-01
title: Residential, tiered
components:
  - code: energy
    type: energy
    title: Energy
    tiers:
      - { up_to: 500, price: .09850 }
      - { up_to: 1000, price: .12340 }
      - { price: .16725 }
  - { code: service, type: fixed, title: Service charge, price: 15.00 }
  - { code: infrastructure, type: fixed, title: Infrastructure, price: 3.50 }
---
kind: tax
jurisdiction: US-TX8
level: state
code: sales
from: 2020-01-01
title: State tax
rate: 8 %
---
kind: policy
version: 1
from: 2020-01-01
plausible_kwh_per_day: { default: 500 }
"""
FILES = {
    "rules.yaml": RULES,
    "accounts.csv": "account,class,zone,jurisdictions,cycle_day,days_until_due,service_point,plan,"
                    "service_start\n1,residential,America/Chicago,US-TX8,20,21,SP,R6,2025-08-20\n",
    "meters.csv": "meter,account,register,unit,dials,installed_at,start_reading\n"
                  "M,1,1,kWh,5,2025-08-20,99412\n",
    "estimate.csv": "meter,time,value,quality\nM,2025-09-20,268,estimated\n",
    "actual.csv": "meter,time,value,quality\nM,2025-09-20,191,actual\n",
}
# By quarter and view: cents net billed variable, fixed and passed through, and Wh billed.
EXPECTED = {
    ("2025Q3", "posted"): (9318, 1850, 893, 856_000),
    ("2025Q4", "posted"): (-950, 0, -76, -77_000),
    ("2025Q3", "restated"): (8368, 1850, 817, 779_000),
    ("2025Q4", "restated"): (0, 0, 0, 0),
}


def write(program, folder):
    """Writes the example's book."""
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    who = ("--actor", "check")
    program.run("init", "--simulated", "--clock", "2025-08-01T00:00:00Z")
    program.run("rules", "publish", folder / "rules.yaml", *who)
    for kind, name, day in (
            ("accounts", "accounts", "08-20"), ("meters", "meters", "08-20"),
            ("readings", "estimate", "09-20"), ("bill", "", "09-20"),
            ("readings", "actual", "10-05"), ("rebill", "", "10-05")):
        at = ("--clock", f"2025-{day}T18:00:00Z")
        if kind == "bill":
            program.run("bill", "--through", "2025-09-20", *at, *who)
        elif kind == "rebill":
            program.run("rebill", "1", *at, *who)
        else:
            program.run("import", kind, folder / f"{name}.csv", *at, *who)


def sums(rows):
    """What the example names, of (class, cents net billed, Wh billed) of every cell."""
    found = [0, 0, 0, 0]
    for revenue_class, net, energy in rows:
        place = {"Variable": 0, "Fixed": 1}.get(exact_revenue.PARTS.get(revenue_class), 2)
        found[place] += net
        found[3] += energy
    return tuple(found)


def check(path, folder):
    """Holds the program and the calculator against the example, and one another."""
    import check_revenue

    program = random_books.Program(path, folder / "example.book")
    write(program, folder)
    program.run("export", "entries", "--out", folder / "entries")
    book = exact_revenue.Book(exported_book.read(folder / "entries"))
    figures = 0
    for (name, view), expected in EXPECTED.items():
        report = book.report(name, view, 1, book.moment)
        document = program.run("revenue", name, "--view", view)
        rows = check_revenue.section(document, "revenue")["rows"]
        what = f"example 9, {name}, {view}"
        calculated = sums(
            (key[4], exact_revenue.net(cell), cell["kwh_billed"] // 1000)
            for key, cell in report.cells.items())
        reported = sums(
            (row["revenue_class"], check_revenue.cents(row["net_billed"]),
             int(Fraction(row["kwh_billed"]) * 1000)) for row in rows)
        check_revenue.same(f"{what}, by the calculator", calculated, expected)
        check_revenue.same(f"{what}, by the program", reported, expected)
        figures += check_revenue.compare_report(
            what, document, book, name, view, 1, book.moment)
    return f"worked example 9: both agree with it, and with each other in {figures} figures"
