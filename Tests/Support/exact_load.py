#!/usr/bin/env python3
"""A second opinion on `meterbook rate`: a load on a tariff, month by month, in exact fractions.

Written from the description of the conventions, apart from the program. Every number is a whole
number or a fractions.Fraction; nothing is rounded except where `rounded` asks for the cents of an
invoice.

    exact_load.py --urdb RATE.json --load LOAD.csv [--metering net|net-billing] [--rounded]
    exact_load.py --check FOLDER      the expected bills in FOLDER/bills, each to 0.000002
"""

import argparse
import csv
import datetime
import json
import pathlib
from dataclasses import dataclass, field
from fractions import Fraction

from exact_bill import rounded

SAMPLED_HOURS = (0, 5, 11, 17)
FIELDS = ["energy", "fixed", "demand_flat", "demand_tou", "minimum_topup", "bill"]
INFINITE = Fraction(10) ** 10


@dataclass
class Tier:
    """A price up to a cumulative limit (None: without end), in the unit that `unit` says."""

    limit: Fraction | None
    unit: str
    price: Fraction
    sell: Fraction = Fraction(0)
    # Where the tier ends for exports, if not where it does for imports.
    sell_limit: Fraction | None = None


@dataclass
class Structure:
    """Tiers by period, and the period of each hour: 12 months of 24 hours, twice."""

    periods: list
    weekday: list
    weekend: list

    def at(self, moment):
        rows = self.weekend if moment.weekday() >= 5 else self.weekday
        return rows[moment.month - 1][moment.hour]


@dataclass
class Rate:
    """A tariff: prices of energy and demand, charges and minimums as (amount, unit)."""

    energy: Structure
    demand: Structure | None = None
    flat: Structure | None = None
    fixed: list = field(default_factory=list)
    minimums: list = field(default_factory=list)
    # pooled: the total fills the tiers; separate: each period fills its own.
    filling: str = "pooled"


@dataclass
class Line:
    """An exact amount of a month, and what it is: energy, export, flat, tou or fixed."""

    kind: str
    amount: Fraction
    period: int = 0
    tier: int = 0
    quantity: Fraction = Fraction(0)


# A load: a list of (local start, kWh), and intervals an hour


def read_load(path):
    with open(path, newline="") as file:
        rows = [(datetime.datetime.fromisoformat(r["start_local"]), Fraction(r["kwh"]))
                for r in csv.DictReader(file)]
    return rows, Fraction(datetime.timedelta(hours=1) / (rows[1][0] - rows[0][0]))


def months_of(load):
    months = {}
    for moment, energy in load:
        months.setdefault((moment.year, moment.month), []).append((moment, energy))
    return months


def days_in(month):
    return len({moment.date() for moment, _ in month})


# Tiers


def limits(tiers, days, peak, sold=False):
    """The cumulative limits of `tiers` in kWh (or kW) for a month, None for the last."""
    factors = {"kWh": 1, "kW": 1, "kWh daily": days, "kWh/kW": peak, "kWh/kW daily": peak * days}
    own = [t.sell_limit or t.limit if sold else t.limit for t in tiers]
    return [None if limit is None else limit * factors[t.unit] for t, limit in zip(tiers, own)]


def fill(ends, begin, end):
    """What of the amounts from `begin` to `end` falls into each tier."""
    parts, low = [], Fraction(0)
    for limit in ends:
        high = end if limit is None else limit
        parts.append(max(Fraction(0), min(end, high) - max(begin, low)))
        low = max(low, high)
    return parts


# A month


def pooled(structure, usage, days, peak, filling):
    """The month's total fills the tiers; each period takes its share of every tier."""
    total = sum(max(u, Fraction(0)) for u in usage.values())
    lines = []
    for period, energy in sorted(usage.items()):
        if energy <= 0:
            continue
        tiers = structure.periods[period]
        filled = energy if filling == "separate" else total
        for index, part in enumerate(fill(limits(tiers, days, peak), Fraction(0), filled)):
            quantity = part * energy / filled
            if quantity:
                lines.append(Line("energy", quantity * tiers[index].price, period, index, quantity))
    return lines


def by_interval(structure, month, days, peak):
    """Each interval fills the tiers from where the one before ended, imports and exports apart."""
    bought = sold = Fraction(0)
    sums = {}
    for moment, energy in month:
        period = structure.at(moment)
        tiers = structure.periods[period]
        ends = limits(tiers, days, peak, energy < 0)
        begin = bought if energy >= 0 else sold
        kind = "energy" if energy >= 0 else "export"
        for index, part in enumerate(fill(ends, begin, begin + abs(energy))):
            if part:
                sums[kind, period, index] = sums.get((kind, period, index), Fraction(0)) + part
        if energy >= 0:
            bought += energy
        else:
            sold -= energy
    lines = []
    for (kind, period, index), quantity in sorted(sums.items()):
        tier = structure.periods[period][index]
        amount = quantity * tier.price if kind == "energy" else -quantity * tier.sell
        lines.append(Line(kind, amount, period, index, quantity))
    return lines


def demand_lines(kind, structure, month, per_hour):
    peaks = {}
    for moment, energy in month:
        period = structure.at(moment)
        peaks[period] = max(peaks.get(period, Fraction(0)), energy * per_hour)
    lines = []
    for period, peak in sorted(peaks.items()):
        tiers = structure.periods[period]
        for index, part in enumerate(fill(limits(tiers, 1, 1), Fraction(0), peak)):
            if part:
                lines.append(Line(kind, part * tiers[index].price, period, index, part))
    return lines


def a_month(amount, unit, days, actual_days):
    if unit == "$/day":
        return amount * (days if actual_days else Fraction(365, 12))
    return amount / 12 if unit == "$/year" else amount


def carried(structure, month, surplus, next_month):
    """Where each period's surplus goes: the period of the same sampled hour of the next month."""
    gone = {}
    for period, energy in surplus.items():
        for hour in SAMPLED_HOURS:
            if structure.weekday[month - 1][hour] == period:
                target = structure.weekday[next_month - 1][hour]
                gone[target] = gone.get(target, Fraction(0)) + energy
                break
    return gone


# All months


def rate(tariff, load, per_hour, metering="net", cents=False):
    """The months of a load: dictionaries of the fields of `rate --json`, and their lines."""
    result, bank = [], {}
    before_minimum = Fraction(0)
    months = months_of(load)
    for (year, number), month in months.items():
        days = days_in(month)
        peak = max(Fraction(0), max(energy for _, energy in month) * per_hour)
        if metering == "net":
            usage = {}
            for moment, energy in month:
                period = tariff.energy.at(moment)
                usage[period] = usage.get(period, Fraction(0)) + energy
            for period, energy in bank.items():
                usage[period] = usage.get(period, Fraction(0)) - energy
            surplus = {p: -u for p, u in usage.items() if u < 0}
            bank = {}
            if number < 12:
                bank = carried(tariff.energy, number, surplus, number + 1)
            lines = pooled(tariff.energy, usage, days, peak, tariff.filling)
        else:
            lines = by_interval(tariff.energy, month, days, peak)
        if tariff.flat:
            lines += demand_lines("flat", tariff.flat, month, per_hour)
        if tariff.demand:
            lines += demand_lines("tou", tariff.demand, month, per_hour)
        for amount, unit in tariff.fixed:
            lines.append(Line("fixed", a_month(amount, unit, days, cents)))
        if cents:
            for line in lines:
                line.amount = Fraction(rounded(line.amount, "half-away-from-zero"), 100)
        sums = {kind: sum((l.amount for l in lines if l.kind in kinds), Fraction(0))
                for kind, kinds in [("energy", ("energy", "export")), ("fixed", ("fixed",)),
                                    ("demand_flat", ("flat",)), ("demand_tou", ("tou",))]}
        bill = sum(sums.values())
        before_minimum += bill
        least = sum((a_month(amount, unit, days, cents) for amount, unit in tariff.minimums
                     if unit != "$/year"), Fraction(0))
        top_up = max(Fraction(0), least - max(Fraction(0), bill)) if least else Fraction(0)
        yearly = sum((amount for amount, unit in tariff.minimums if unit == "$/year"), Fraction(0))
        if yearly and number == 12:
            top_up += max(Fraction(0), yearly - max(Fraction(0), before_minimum))
        if cents:
            top_up = Fraction(rounded(top_up, "half-away-from-zero"), 100)
        result.append({
            "month": number, "days": days,
            "import_kwh": sum((e for _, e in month if e > 0), Fraction(0)),
            "export_kwh": -sum((e for _, e in month if e < 0), Fraction(0)),
            "peak_kw": peak, **sums, "minimum_topup": top_up, "bill": bill + top_up,
            "lines": lines,
        })
    return result


# URDB records, as far as the expected bills need them: what is dirty is not for this to judge


def urdb_structure(record, name, weekday, weekend):
    if name not in record:
        return None
    periods = []
    for tiers in record[name]:
        period = []
        for index, tier in enumerate(tiers):
            limit = tier.get("max")
            if limit is not None and (limit >= INFINITE or index == len(tiers) - 1):
                limit = None
            unit = tier.get("unit", "kWh" if name.startswith("energy") else "kW")
            price = tier["rate"] + tier.get("adj", 0)
            period.append(Tier(limit, unit, price, tier.get("sell", Fraction(0))))
        periods.append(period)
    return Structure(periods, record[weekday], record[weekend])


def urdb_rate(record):
    flat = None
    if "flatdemandstructure" in record:
        hours = [[period] * 24 for period in record["flatdemandmonths"]]
        flat = urdb_structure(record | {"hours": hours}, "flatdemandstructure", "hours", "hours")
    fixed = [(record[n], u) for n, u in [
        ("fixedmonthlycharge", "$/month"),
        ("fixedchargefirstmeter", record.get("fixedchargeunits"))] if n in record]
    minimums = [(record[n], u) for n, u in [
        ("minmonthlycharge", "$/month"), ("annualmincharge", "$/year"),
        ("mincharge", record.get("minchargeunits"))] if n in record]
    return Rate(
        urdb_structure(record, "energyratestructure", "energyweekdayschedule",
                       "energyweekendschedule"),
        urdb_structure(record, "demandratestructure", "demandweekdayschedule",
                       "demandweekendschedule"),
        flat, fixed, minimums)


def read_urdb(path):
    with open(path) as file:
        record = json.load(file, parse_float=Fraction, parse_int=lambda t: int(t))
    return urdb_rate(record["items"][0] if "items" in record else record)


# Rule files, as far as loads are rated on them: hours are whole, and no calendar is named


DAYS = {"every-day": {0, 1}, "working-day": {0}, "rest-day": {1}, "saturday": {1}, "sunday": {1}}
BASES = {"month": "kWh", "day": "kWh daily", "kw": "kWh/kW", "kw-day": "kWh/kW daily"}


def grids(periods):
    """The period of each month and hour, on a working weekday and on a weekend."""
    def at(kind, month, hour):
        for index, period in enumerate(periods):
            for window in period.get("windows", []):
                begin, end = (int(part[:2]) for part in window["hours"].split("-"))
                kinds = set().union(*(DAYS.get(d, {0}) for d in window.get("days", ["every-day"])))
                months = [int(m) for m in window.get("months", range(1, 13))]
                if kind in kinds and month in months and begin <= hour < end:
                    return index
        return next((i for i, p in enumerate(periods) if not p.get("windows")), 0)

    return [[[at(kind, month, hour) for hour in range(24)] for month in range(1, 13)]
            for kind in (0, 1)]


def ladder(given, period, basis, unit):
    tiers = []
    for entry in given if isinstance(given, list) else [given]:
        entry = {"price": entry} if isinstance(entry, str) else entry
        price = entry["prices"][period] if "prices" in entry else entry["price"]
        limit = Fraction(entry["up_to"]) if "up_to" in entry else None
        tiers.append(Tier(limit, unit or BASES[entry.get("basis", basis)], Fraction(price)))
    return tiers


def ladders(component, names, unit=None):
    """A ladder of tiers for each period, however the component gives its prices."""
    basis = component.get("basis", "month")
    each = component.get("ladders", component.get("by_period"))
    common = component.get("tiers", component)
    return [ladder(each[name] if each else common, name, basis, unit) for name in names]


def yaml_rate(given):
    """The tariff of a document, how its exports are paid, and how its tiers are filled."""
    names = [p["name"] for p in given.get("periods", [])] or ["all"]
    demand_names = [p["name"] for p in given.get("demand_periods", [])] or ["all"]
    rate, metering, filling = Rate(None), "net", "pooled"
    flats, months = [], [[0] * 24 for _ in range(12)]
    sells = None
    for component in given["components"]:
        kind, term = component["type"], "$/" + component.get("per", "month")
        if kind == "energy":
            rate.energy = Structure(ladders(component, names), *grids(given.get("periods", [])))
            filling = component.get("filling", "pooled")
        elif kind == "demand" and "by_period" in component:
            rate.demand = Structure(ladders(component, demand_names, "kW"),
                                    *grids(given.get("demand_periods", [])))
        elif kind == "demand":
            flats.append(ladders(component, ["all"], "kW")[0])
            for month in component.get("months", range(1, 13)):
                months[int(month) - 1] = [len(flats) - 1] * 24
        elif kind == "fixed":
            rate.fixed.append((Fraction(component["price"]), term))
        elif kind == "minimum":
            rate.minimums.append((Fraction(component["price"]), term))
        elif kind == "net-billing":
            metering, sells = "net-billing", ladders(component, names)
        else:
            assert kind == "net-metering", kind
    if flats:
        rate.flat = Structure(flats, months, months)
    for period, sold in enumerate(sells or []):
        for tier, other in zip(rate.energy.periods[period], sold, strict=True):
            tier.sell, tier.sell_limit = other.price, other.limit
    rate.filling = filling
    return rate, metering


# The command


def six(amount):
    """`amount` with six decimals, half away from zero."""
    units = rounded(amount * 10_000, "half-away-from-zero")
    return f"{'-' if units < 0 else ''}{abs(units) // 10**6}.{abs(units) % 10**6:06d}"


def check(folder):
    """Compares every expected bill; returns how many months and the greatest difference."""
    worst, count = Fraction(0), 0
    for path in sorted((folder / "bills").glob("[0-9]*.json")):
        case = json.loads(path.read_text())
        load, per_hour = read_load(folder / case["load"])
        metering = {0: "net", 2: "net-billing"}[case["metering_option"]]
        months = rate(read_urdb(folder / case["rate"]), load, per_hour, metering)
        assert len(months) == len(case["months"]), path.name
        for found, expected in zip(months, case["months"]):
            for name in ["import_kwh", "export_kwh", "peak_kw", *FIELDS]:
                difference = abs(found[name] - Fraction(expected[name]))
                assert difference <= Fraction(2, 10**6), (path.name, expected["month"], name,
                                                          six(found[name]), expected[name])
                worst = max(worst, difference)
            count += 1
    return count, worst


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--urdb")
    parser.add_argument("--load")
    parser.add_argument("--metering", default="net", choices=["net", "net-billing"])
    parser.add_argument("--rounded", action="store_true")
    parser.add_argument("--check", type=pathlib.Path)
    options = parser.parse_args()
    if options.check:
        count, worst = check(options.check)
        print(f"{count} months agree, the greatest difference {float(worst):.1e}")
        return
    load, per_hour = read_load(options.load)
    months = rate(read_urdb(options.urdb), load, per_hour, options.metering, options.rounded)
    for month in months:
        print({k: v if isinstance(v, int) else six(v) for k, v in month.items() if k != "lines"})


if __name__ == "__main__":
    main()
