#!/usr/bin/env python3
"""Writes what random_cases.py makes as one JSON file that the tests of the target Tariffs read.

    rating_fixture.py --seed 7 --accounts 40 --out Tests/Fixtures/rating/seed-7.json

The file holds rules, zones, readings, intervals and the invoices that exact_bill.py expects, in the
units of the program's types, so that rating can be compared without a book, files or a zone database.
"""

import argparse
import datetime
import json
import pathlib
import tempfile

import exact_bill
import random_cases

EPOCH = datetime.date(1970, 1, 1)
UTC = datetime.timezone.utc


def day(value):
    return (value - EPOCH).days


def scaled(value, places):
    number = value * 10**places
    assert number.denominator == 1, value
    return int(number)


def component(given):
    """A component with prices in units of 1e-12 and rates in units of 1e-9."""
    result = {k: given[k] for k in ("code", "kind", "title", "type", "class")}
    if given["kind"] == "energy":
        result["basis"] = given["basis"]
        result["limits"] = [t["limit"] for t in given["tiers"][:-1]]
        result["prices"] = [[scaled(p, 12) for p in t["prices"]] for t in given["tiers"]]
    elif given["kind"] == "fixed":
        result["price"] = scaled(given["price"], 12)
    else:
        result["rate"] = scaled(given["rate"], 9)
        result["base"] = given["base"]
        result["baseComponents"] = given["base_components"]
    return result


def rules_as_data(rules):
    return {
        "tariffs": [
            {
                "plan": t["plan"], "version": t["version"], "from": day(t["from"]),
                "calendar": t["calendar"], "periods": t["periods"],
                "components": [component(c) for c in t["components"]],
            }
            for t in rules.tariffs
        ],
        "taxes": [
            t | {"from": day(t["from"]), "rate": scaled(t["rate"], 9)} for t in rules.taxes
        ],
        "calendars": [
            {
                "name": c["calendar"], "version": c["version"], "from": day(c["from"]),
                "weekend": c["weekend"], "holidays": sorted(day(h) for h in c["holidays"]),
                "seasons": [{"month": s[0], "day": s[1], "name": n} for s, n in c["seasons"]],
            }
            for c in rules.calendars
        ],
        "policies": [
            {
                "version": p["version"], "from": day(p["from"]), "rounding": p["rounding"],
                "fullMonth": p["full_month"], "monthDays": p["month_days"],
            }
            for p in rules.policies
        ],
    }


def zone_as_data(zone, begin, end):
    """The offset at the beginning, and each change after it, found by looking at every quarter."""
    moment = datetime.datetime.combine(begin, datetime.time(), UTC) - datetime.timedelta(days=40)
    last = datetime.datetime.combine(end, datetime.time(), UTC) + datetime.timedelta(days=3)

    def offset(at):
        return int(at.astimezone(zone).utcoffset().total_seconds())

    current = offset(moment)
    data = {"name": zone.key, "offset": current, "changes": []}
    while moment < last:
        moment += datetime.timedelta(minutes=15)
        if offset(moment) != current:
            current = offset(moment)
            data["changes"].append([int(moment.timestamp()), current])
    return data


def account_as_data(account):
    registers = []
    for register in account.registers:
        data = {"name": register.name, "period": register.period or None}
        data["readings"] = [[int(at.timestamp()), value] for at, value in register.readings]
        data["unit"] = register.unit
        data["modulus"] = register.modulus
        data["minutes"] = register.minutes
        data["blocks"] = []
        for begin in sorted(register.intervals):
            at = int(begin.timestamp())
            block = data["blocks"][-1] if data["blocks"] else None
            if not block or block["start"] + len(block["values"]) * register.minutes * 60 != at:
                block = {"start": at, "values": []}
                data["blocks"].append(block)
            block["values"].append(register.intervals[begin])
        registers.append(data)
    return {
        "id": account.id, "zone": account.zone.key, "jurisdictions": account.jurisdictions,
        "plans": [[day(begins), plan] for begins, plan in account.plans], "registers": registers,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--accounts", type=int, default=40)
    parser.add_argument("--out", required=True, help="the file to write")
    options = parser.parse_args()
    case = random_cases.Case(options.seed, options.accounts)
    with tempfile.TemporaryDirectory() as folder:
        answer = case.write(folder)
        rules = exact_bill.load_rules(pathlib.Path(folder) / "rules")
        accounts = exact_bill.load_accounts(folder)
    zones = {a.zone.key: a.zone for a in accounts.values()}
    answer["rules"] = rules_as_data(rules)
    answer["zones"] = [zone_as_data(zones[k], case.begin, case.end) for k in sorted(zones)]
    answer["accounts"] = [account_as_data(a) for a in accounts.values()]
    path = pathlib.Path(options.out)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(answer, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
