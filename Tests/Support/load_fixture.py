#!/usr/bin/env python3
"""Writes what loads come to on the test tariffs: Tests/Fixtures/rate/expected.json.

    load_fixture.py

Every kind of rule with a load that exercises it, exactly and as an invoice rounds, computed by
exact_rate.py.
"""

import json
import pathlib
from fractions import Fraction

import yaml

import exact_rate
import synthetic_load
from exact_rate import FIELDS, six

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "Fixtures" / "rate"
REAL = FOLDER.parent.parent.parent / "rules" / "real"
# Seed, minutes, size in tenths, sun, month without use.
HOME = (11, 60, 10, 0, 0)
BIG = (12, 60, 25, 0, 4)
SUN = (13, 60, 10, 6, 0)
FINE = (14, 30, 12, 5, 2)
SMALL = (15, 30, 2, 0, 3)
BRIGHT = (16, 60, 10, 9, 0)
# Plan, load, and what `--metering` says where it is not left to the tariff.
CASES = [
    ("FLAT", HOME, None), ("TIERS", HOME, None), ("TIERS", BIG, None), ("DAILY", BIG, None),
    ("DAILY", SMALL, None), ("USE", HOME, None), ("USE", FINE, "net"), ("POOL", BIG, None),
    ("LADDER", BIG, None), ("PEAK-HOURS", BIG, None), ("PEAK-DAYS", BIG, None),
    ("DEMAND", FINE, "net"),
    ("DEMAND", HOME, None), ("LEAST", SMALL, None), ("NET", SUN, None), ("NET", FINE, None),
    ("NET", BRIGHT, None),
    ("SELL", SUN, None), ("SELL", FINE, None), ("POOL", SUN, "net"), ("SELL-ALIKE", SUN, None),
]


def documents(path):
    return {d["plan"]: d for d in yaml.load_all(path.read_text(), Loader=yaml.BaseLoader)}


def months(given, load, metering, cents):
    tariff = exact_rate.read_tariff(given)
    if metering == "net":
        tariff["components"].append(exact_rate.netting())
    rows, per_hour = synthetic_load.make(*load)
    rated = exact_rate.rate(tariff, rows, int(60 / per_hour), exact=not cents)
    results = [month.result() for month in rated]
    return [{"month": m["month"], "days": m["days"]} | {f: six(m[f]) for f in FIELDS}
            for m in results]


def expected():
    tariffs = documents(FOLDER / "tariffs.yaml")
    cases = []
    for plan, load, metering in CASES:
        seed, minutes, size, solar, quiet = load
        cases.append({
            "plan": plan, "metering": metering,
            "load": {"seed": seed, "minutes": minutes, "size": size, "solar": solar,
                     "quiet": quiet},
            "exact": months(tariffs[plan], load, metering, False),
            "invoice": months(tariffs[plan], load, metering, True),
        })
    ranked = []
    for path in sorted(REAL.glob("*.yaml")):
        for plan, given in documents(path).items():
            year = months(given, HOME, None, True)
            bill = sum(Fraction(m["bill"]) for m in year)
            ranked.append((bill, plan))
    return {"cases": cases, "real": [{"plan": p, "bill": six(b)[:-4]} for b, p in sorted(ranked)]}


def lines(data):
    """JSON with a line a month, so that a change reads well."""
    marked = json.dumps(data, indent=1, default=None)
    for case in data["cases"]:
        for month in case["exact"] + case["invoice"]:
            wide = json.dumps(month, indent=1).replace("\n", "\n    ")
            marked = marked.replace(wide, json.dumps(month), 1)
    return marked


if __name__ == "__main__":
    (FOLDER / "expected.json").write_text(lines(expected()) + "\n")
