#!/usr/bin/env python3
"""Makes tariffs of every kind of component at random, and what loads cost on them.

    tariff_cases.py --seed 3 --count 40 --out Tests/Fixtures/tariffs/seed-3.json

The file holds each tariff as the YAML that `rules publish` reads, a load as numbers that the tests
make again (`value`), and what exact_rate.py expects of each month: exact sums to nine decimals, and the
lines of the invoice in cents.
"""

import argparse
import datetime
import json
import pathlib
import random
from fractions import Fraction

import exact_rate
import yaml

CLASSES = ["VARIABLE_ENERGY", "VARIABLE_DEMAND", "VARIABLE_RIDER", "FIXED"]
MASK = 2**64 - 1


def mix(value):
    """SplitMix64's output for a state."""
    value = (value + 0x9E3779B97F4A7C15) & MASK
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & MASK
    return value ^ (value >> 31)


def value(load, index, hour):
    """The energy of an interval, in units of 10^-decimals Wh: a home or a shop, with panels or not."""
    noise = mix(load["seed"] + index)
    amount = load["base"] + noise % load["spread"]
    if noise % 97 == 0:
        amount += load["burst"]
    if 8 <= hour < 17:
        amount -= load["sun"] * (4 - abs(12 - hour)) // 4
    return amount


def money(chance, most, places):
    cents = chance.randint(0, most)
    return f"{cents // 10**places}.{cents % 10**places:0{places}d}"


def price(chance):
    return f"0.{chance.randint(1, 49999):05d}"


def windows(chance):
    start = chance.choice([0, 6, 7, 13, 15, 17])
    end = chance.choice([20, 21, 22, 24])
    window = {"hours": f"{start:02d}:{chance.choice(['00', '30'])}-{end:02d}:00"}
    if chance.random() < 0.6:
        window["days"] = ["monday", "tuesday", "wednesday", "thursday", "friday"]
    return window


def periods(chance, most):
    """Disjoint periods: by time of day, and by half of the year."""
    count = chance.randint(0, most)
    if count < 2:
        return []
    found = []
    summer = [5, 6, 7, 8, 9, 10]
    if count == 2:
        found = [{"name": "on", "windows": [windows(chance)]}, {"name": "off"}]
    else:
        own = windows(chance)
        first = dict(own, months=summer)
        second = dict(own, months=[m for m in range(1, 13) if m not in summer])
        found = [{"name": "summer-on", "windows": [first]},
                 {"name": "winter-on", "windows": [second]}]
        if count == 4:
            early = {"hours": "00:00-05:00", "months": summer}
            if not own["hours"].startswith("00"):
                found.append({"name": "night", "windows": [early]})
        found.append({"name": "rest"})
    return found


def tiers(chance, names, scale):
    """Tiers of energy; limits of one basis or of several."""
    count = chance.choice([1, 1, 2, 3])
    basis = chance.choice(["month", "month", "month", "day", "kw", "mixed"])
    found, limit = [], 0
    for index in range(count):
        tier = {}
        if index < count - 1:
            limit += chance.randint(1, 400) * scale
            own = chance.choice(["month", "day", "kw"]) if basis == "mixed" else basis
            unit = {"month": limit, "day": limit / 30, "kw": limit / 4}[own]
            if own == "month":
                tier["up_to"] = str(limit)
            else:
                tier["up_to"] = f"{unit:.2f}"
            if basis == "mixed":
                tier["basis"] = own
        if names and len(names) > 1:
            tier["prices"] = {name: price(chance) for name in names}
        else:
            tier["price"] = price(chance)
        found.append(tier)
    if basis == "mixed":
        last = {}
        for tier in found[:-1]:
            floor = last.get(tier["basis"])
            if floor is not None and Fraction(tier["up_to"]) <= floor:
                tier["up_to"] = str(floor + 1)
            last[tier["basis"]] = Fraction(tier["up_to"])
    fields = {"tiers": found}
    if basis in ("day", "kw") and count > 1:
        fields["basis"] = basis
    return fields


def energy(chance, names, scale):
    if names and chance.random() < 0.4:
        ladders, basis = {}, None
        for name in names:
            fields = tiers(chance, [], scale)
            own = fields.get("basis", "month")
            for tier in fields["tiers"][:-1]:
                tier.setdefault("basis", own)
            ladders[name] = fields["tiers"]
        return {"ladders": ladders}
    return tiers(chance, names if chance.random() < 0.7 else [], scale)


def tariff(chance, number, scale):
    own = periods(chance, 4)
    names = [p["name"] for p in own]
    demand = periods(chance, 3)
    parts = []
    fields = energy(chance, names, scale)
    export = chance.choice([None, "net-metering", "net-billing"])
    if export == "net-billing":
        fields["filling"] = chance.choice(["by-interval", "pooled", "separate"])
    else:
        fields["filling"] = chance.choice(["pooled", "pooled", "separate", "by-interval"])
        if export == "net-metering" and fields["filling"] == "by-interval":
            fields["filling"] = "pooled"
    parts.append({"code": "energy", "type": "energy", **fields})
    if chance.random() < 0.4:
        parts.append({"code": "fuel", "type": "rider", "price": price(chance)})
    if chance.random() < 0.5:
        part = {"code": "flat", "type": "demand"}
        if chance.random() < 0.5:
            part["tiers"] = [{"up_to": str(chance.randint(1, 4 * scale)), "price": "1.5"},
                             {"price": "7.255"}]
        else:
            part["price"] = "4.19"
        if chance.random() < 0.5:
            part["ratchet"] = {"rate": f"{chance.randint(50, 100)} %", "bills": str(chance.randint(1, 4))}
        parts.append(part)
        if chance.random() < 0.3:
            part["months"] = ["6", "7", "8", "9", "10", "11"]
    if chance.random() < 0.5:
        by = {p["name"]: f"{chance.randint(0, 900) / 100:.2f}" for p in demand} or {"all": "3.3"}
        parts.append({"code": "peaks", "type": "demand", "by_period": by})
    else:
        demand = []
    for index in range(chance.randint(0, 2)):
        parts.append({"code": f"fixed{index}", "type": "fixed", "price": money(chance, 5000, 2),
                      "per": chance.choice(["month", "day", "year"])})
    if chance.random() < 0.4:
        parts.append({"code": "share", "type": "percentage", "rate": f"{chance.randint(1, 9)} %",
                      "base": chance.sample(CLASSES, chance.randint(1, 4)),
                      "revenue_class": "VARIABLE_RIDER", "line_type": "RIDER"})
    if chance.random() < 0.5:
        parts.append({"code": "least", "type": "minimum",
                      "price": money(chance, 9000 * scale, 2),
                      "per": chance.choice(["month", "day", "year"])})
    if chance.random() < 0.4:
        parts.append({"code": "franchise", "type": "percentage", "rate": "3 %"})
    if export == "net-metering":
        part = {"code": "export", "type": "net-metering"}
        if chance.random() < 0.6:
            part["carry_hours"] = ["0", "5", "11", "17"]
        if chance.random() < 0.7:
            part["year_end"] = "12"
            if chance.random() < 0.5:
                part["settlement"] = "0.031"
        parts.append(part)
    if export == "net-billing":
        parts.append({"code": "export", "type": "net-billing", **energy(chance, names, scale)})
        if chance.random() < 0.3:
            parts[-1]["filling"] = chance.choice(["pooled", "separate"])
    found = {"kind": "tariff", "plan": f"T{number}", "version": "1", "from": "2018-01-01"}
    if own:
        found["periods"] = own
    if demand:
        found["demand_periods"] = demand
    found["components"] = parts
    return found, export


def plain(text):
    """Text as YAML without anchors."""
    dumper = yaml.SafeDumper
    dumper.ignore_aliases = lambda *_: True
    return yaml.dump(text, Dumper=dumper, sort_keys=False, width=100, default_flow_style=None)


def decimals(number, places=9):
    """A fraction rounded to nine places, as text of whole units."""
    unit = number * 10**places
    whole = abs(unit).numerator // abs(unit).denominator
    if abs(unit) - whole >= Fraction(1, 2):
        whole += 1
    return -whole if unit < 0 else whole


def case(chance, number):
    scale = chance.choice([1, 1, 5])
    given, export = tariff(chance, number, scale)
    text = plain(given)
    minutes = chance.choice([60, 60, 30, 15])
    per_hour = 60 // minutes
    fine = chance.choice([0, 0, 1])
    load = {
        "seed": chance.randint(0, 2**40), "minutes": minutes, "decimals": fine,
        "base": 200 * scale * 10**fine // per_hour, "spread": 900 * scale * 10**fine // per_hour,
        "burst": 3000 * scale * 10**fine // per_hour,
        "sun": (1500 * scale * 10**fine // per_hour) if export else 0,
        "first": f"2018-{chance.choice(['05', '09', '10', '11'])}-01",
        "months": 3 if minutes < 60 else 5,
    }
    begin = datetime.datetime.fromisoformat(load["first"])
    month = begin.month - 1 + load["months"]
    end = datetime.datetime(begin.year + month // 12, month % 12 + 1, 1)
    moments, index = [], 0
    while begin < end:
        kwh = Fraction(value(load, index, begin.hour), 1000 * 10**fine)
        moments.append((begin, kwh))
        begin += datetime.timedelta(minutes=minutes)
        index += 1
    read = exact_rate.read_yaml(text)
    result = {"tariff": text, "load": load, "exact": [], "invoice": []}
    for found in exact_rate.rate(read, moments, minutes, exact=True):
        result["exact"].append({
            name: decimals(amount) for name, amount in found.result().items()
            if name not in ("month", "days")})
    for found in exact_rate.rate(read, moments, minutes):
        result["invoice"].append(sorted(
            [line["component"]["code"], -1 if line["period"] is None else line["period"],
             line["tier"], None if line["quantity"] is None else decimals(line["quantity"], 6),
             int(line["amount"] * 100)]
            for line in found.lines))
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--count", type=int, default=40)
    parser.add_argument("--out", required=True)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    cases = [case(chance, number) for number in range(options.count)]
    out = pathlib.Path(options.out)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(cases, separators=(",", ":")) + "\n")
    kinds = sorted({p["type"] for c in cases for p in yaml.safe_load(c["tariff"])["components"]})
    print(f"{len(cases)} cases, seed {options.seed}: {', '.join(kinds)}")


if __name__ == "__main__":
    main()
