#!/usr/bin/env python3
"""A second opinion on what a load costs on a tariff, month by month, in exact fractions.

Written from the description of the business, apart from the program, which is compared with it. It
knows every kind of component: energy by tier and period, demand, riders, percentages, minimums, net
metering and net billing. With `exact` nothing is rounded anywhere; otherwise lines are rounded as an
invoice's are. It is slow and simple.

    exact_rate.py --tariff FILE.yaml|FILE.json --load FILE.csv [--metering net|net-billing] [--exact]
    exact_rate.py --check FOLDER

FILE.yaml is a tariff as `rules publish` reads it, FILE.json one record of the Utility Rate Database.
FILE.csv has the columns start_local and kwh, starting on a 1 January, without daylight saving. FOLDER
holds bills, urdb and loads as published elsewhere: every expected bill is computed and compared.
"""

import argparse
import csv
import datetime
import json
import pathlib
import sys
from fractions import Fraction

import exact_bill
from exact_bill import WEEKDAYS, rounded, split

DAY = datetime.timedelta(days=1)
COUNTED = ["VARIABLE_ENERGY", "VARIABLE_DEMAND", "VARIABLE_RIDER", "FIXED"]


# Schedules


def holds(window, day, working):
    """Whether `window` is one of the windows of `day`."""
    if day.month not in window.get("months", range(1, 13)):
        return False
    return any(
        name == "every-day" or name == WEEKDAYS[day.weekday()]
        or (name == "working-day" and working) or (name == "rest-day" and not working)
        for name in window.get("days", ["every-day"])
    )


class Clock:
    """Which of `periods` a moment belongs to."""

    def __init__(self, periods):
        self.periods = periods
        self.rest = next((i for i, p in enumerate(periods) if not p.get("windows")), 0)
        self.rows = {}

    def row(self, day):
        key = (day.month, day.weekday())
        if key not in self.rows:
            row = [self.rest] * 1440
            for index, period in reversed(list(enumerate(self.periods))):
                for window in period.get("windows", []):
                    if holds(window, day, day.weekday() < 5):
                        for minute in range(window["start"], window["end"]):
                            row[minute] = index
            self.rows[key] = row
        return self.rows[key]

    def at(self, moment):
        return self.row(moment.date())[moment.hour * 60 + moment.minute] if self.periods else 0


# Rating


class Month:
    """One month of a load on a tariff."""

    def __init__(self, tariff, days, load, minutes, carried, exact, average_days):
        self.tariff, self.days, self.exact = tariff, days, exact
        self.average_days = average_days
        self.load = load  # [(moment, kWh as a fraction)]
        self.carried = carried  # bank by hour or name, peaks, counted
        self.clock = Clock(tariff["periods"])
        self.demand_clock = Clock(tariff["demand_periods"])
        self.count = max(1, len(tariff["periods"]))
        self.lines = []  # (component, period, tier, quantity in kWh or kW, exact amount, amount)
        per_hour = Fraction(60, minutes)
        self.peak = max([Fraction(0)] + [kwh * per_hour for _, kwh in load])
        self.peaks = [Fraction(0)] * max(1, len(tariff["demand_periods"]))
        for moment, kwh in load:
            period = self.demand_clock.at(moment)
            self.peaks[period] = max(self.peaks[period], kwh * per_hour)
        self.taken = [Fraction(0)] * self.count
        self.delivered = [Fraction(0)] * self.count
        pays = any(c["kind"] == "net-billing" for c in tariff["components"])
        for moment, kwh in load:
            period = self.clock.at(moment)
            if pays and kwh < 0:
                self.delivered[period] -= kwh
            else:
                self.taken[period] += kwh

    def amount(self, exact_amount):
        """The amount of a line: exact, or in cents."""
        return exact_amount if self.exact else Fraction(rounded(exact_amount, "half-away-from-zero"), 100)

    def add(self, component, exact_amount, period=None, tier=0, quantity=None):
        self.lines.append(
            {"component": component, "period": period, "tier": tier, "quantity": quantity,
             "exact": exact_amount, "amount": self.amount(exact_amount)})

    def sum(self, test):
        return sum((l["amount"] for l in self.lines if test(l["component"])), Fraction(0))

    def limits(self, ladder):
        """The cumulative limits of a ladder in kWh; None for open."""
        found, last = [], Fraction(0)
        for tier in ladder:
            if tier["limit"] is None:
                found.append(None)
                continue
            limit = tier["limit"]
            if tier["basis"] == "day":
                limit = limit * self.days
            elif tier["basis"] == "kw":
                limit = limit * self.peak
            elif tier["basis"] == "kw-day":
                limit = limit * self.peak * self.days
            if not self.exact:
                grain = Fraction(self.grain, 10**6)
                limit = grain * int(limit / grain + Fraction(1, 2))
            last = max(last, limit)
            found.append(last)
        return found

    def charge_energy(self, component, usage, sign):
        ladders = component["ladders"]
        own = len(ladders) > 1
        if component["filling"] == "by-interval" and any(len(l) > 1 for l in ladders):
            return self.fill(component, sign)
        total = sum(usage)
        if component["filling"] == "separate":
            for period, energy in enumerate(usage):
                ladder = ladders[period if own else 0]
                for tier, quantity in enumerate(overlaps(energy, self.limits(ladder))):
                    self.energy_line(component, ladder, period if self.count > 1 else None, tier,
                                     quantity, sign, period)
            return
        if not own and len(ladders[0][0]["prices"]) == 1:
            for tier, quantity in enumerate(overlaps(total, self.limits(ladders[0]))):
                self.energy_line(component, ladders[0], None, tier, quantity, sign)
            return
        if self.exact:
            for period, energy in enumerate(usage):
                ladder = ladders[period if own else 0]
                for tier, quantity in enumerate(overlaps(total, self.limits(ladder))):
                    share = energy * quantity / total if total else Fraction(0)
                    self.energy_line(component, ladder, period, tier, share, sign)
            return
        grain = Fraction(self.grain, 10**6)
        if own:
            for period, energy in enumerate(usage):
                if energy == 0:
                    continue
                weights = [int(q * 10**6) for q in overlaps(total, self.limits(ladders[period]))]
                for tier, share in enumerate(split(int(energy / grain), weights)):
                    self.energy_line(component, ladders[period], period, tier, share * grain, sign)
            return
        rest = list(usage)
        for tier, quantity in enumerate(overlaps(total, self.limits(ladders[0]))):
            if quantity == sum(rest):
                shares = rest
            else:
                shares = [s * grain for s in split(
                    int(quantity / grain), [int(r * 10**6) for r in rest])]
            for period, share in enumerate(shares):
                self.energy_line(component, ladders[0], period, tier, share, sign)
            rest = [r - s for r, s in zip(rest, shares)]

    def energy_line(self, component, ladder, period, tier, quantity, sign, place=None):
        if quantity == 0:
            return
        prices = ladder[tier]["prices"]
        price = prices[0] if len(prices) == 1 else prices[period if place is None else place]
        quantity *= sign
        self.add(component, price * quantity, period, tier, quantity)

    def fill(self, component, sign):
        """Interval by interval: the running total decides the tier, the moment the period."""
        ladders = component["ladders"]
        limits = [self.limits(l) for l in ladders]
        sums, total = {}, Fraction(0)
        for moment, kwh in self.load:
            left = max(Fraction(0), kwh * sign)
            period = self.clock.at(moment)
            number = period if len(ladders) > 1 else 0
            for tier, bound in enumerate(limits[number]):
                part = left if bound is None else min(left, max(Fraction(0), bound - total))
                by = len(ladders) > 1 or len(ladders[0][0]["prices"]) > 1
                key = (number, tier, period if by else None)
                sums[key] = sums.get(key, Fraction(0)) + part
                total += part
                left -= part
        for (number, tier, period), quantity in sums.items():
            self.energy_line(component, ladders[number], period, tier, quantity, sign)

    def net(self, rule):
        """What is billed of each period after the bank; the bank for the month after."""
        sample = next(d for d in self.all_days() if d.weekday() < 5)
        names = [p["name"] for p in self.tariff["periods"]] or [""]

        def at(hour):
            return self.clock.at(datetime.datetime.combine(sample, datetime.time(hour)))

        opening = [Fraction(0)] * self.count
        for slot, energy in self.carried["bank"]:
            period = at(slot) if rule["hours"] else names.index(slot)
            opening[period] += energy
        billed = [max(Fraction(0), t - o) for t, o in zip(self.taken, opening)]
        bank = []
        for period in range(self.count):
            surplus = opening[period] - self.taken[period]
            if surplus > 0:
                if rule["hours"]:
                    slot = next((h for h in rule["hours"] if at(h) == period), None)
                else:
                    slot = names[period]
                if slot is not None:
                    bank.append((slot, surplus))
        if self.month == rule["year_end"]:
            paid = sum((e for _, e in bank), Fraction(0))
            if rule["settlement"] is not None and paid:
                self.add(rule, -paid * rule["settlement"], quantity=-paid)
            bank = []
        return billed, bank

    def all_days(self):
        first = self.load[0][0].date()
        return [first + DAY * i for i in range(self.days)]

    @property
    def month(self):
        return (self.all_days()[0] + DAY * (self.days // 2)).month

    def terms(self, term):
        if term == "month":
            return Fraction(1)
        if term == "year":
            return Fraction(1, 12)
        return Fraction(365, 12) if self.average_days else Fraction(self.days)

    def rate(self):
        components = [c for c in self.tariff["components"] if self.month in c["months"]]
        bank, usage = [], self.taken
        for component in components:
            if component["kind"] == "net-metering":
                usage, bank = self.net(component)
        # In how many mWh shares are given: whole Wh unless what is billed is finer.
        whole = all(k * 1000 == int(k * 1000) for k in usage + self.delivered)
        self.grain = 1000 if whole else 1
        for component in components:
            kind = component["kind"]
            if kind == "energy":
                self.charge_energy(component, usage, 1)
            elif kind == "net-billing":
                self.charge_energy(component, self.delivered, -1)
            elif kind == "demand":
                self.charge_demand(component)
            elif kind == "fixed":
                self.add(component, component["price"] * self.terms(component["per"]))
            elif kind == "rider" and sum(usage):
                self.add(component, component["price"] * sum(usage), quantity=sum(usage))
        self.percentages(components, True)
        counted = self.sum(lambda c: c["class"] in COUNTED)
        for component in components:
            if component["kind"] == "minimum":
                self.charge_minimum(component, counted)
        self.percentages(components, False)
        return {
            "bank": bank, "peaks": self.carried["peaks"] + [self.peak],
            "counted": Fraction(0) if self.month == 12 else self.carried["counted"] + counted,
        }

    def charge_demand(self, component):
        for number, ladder in enumerate(component["ladders"]):
            power = self.peaks[number] if component["by_period"] else self.peak
            if component["ratchet"]:
                share, bills = component["ratchet"]
                least = share * max([Fraction(0)] + self.carried["peaks"][-bills:])
                if not self.exact:
                    least = Fraction(int(least * 1000 + Fraction(1, 2)), 1000)
                power = max(power, least)
            named = component["by_period"] and len(self.tariff["demand_periods"]) > 0
            for tier, quantity in enumerate(overlaps(power, [t["limit"] for t in ladder])):
                if quantity:
                    self.add(component, ladder[tier]["price"] * quantity, number if named else None,
                             tier, quantity)

    def charge_minimum(self, component, counted):
        if component["per"] == "year":
            if self.month != 12:
                return
            counted += self.carried["counted"]
            least = self.amount(component["price"])
        else:
            least = self.amount(component["price"] * self.terms(component["per"]))
        amount = least - max(Fraction(0), counted)
        if amount > 0:
            self.add(component, amount)

    def percentages(self, components, before_minimum):
        has_minimum = any(c["kind"] == "minimum" for c in components)
        for component in components:
            if component["kind"] != "percentage":
                continue
            early = component["class"] in COUNTED and "MINIMUM" not in component["base"]
            if (early and has_minimum) != before_minimum:
                continue
            base = self.sum(
                lambda c: (c["class"] in component["base"] and c["kind"] != "percentage")
                or c["code"] in component["base_components"])
            if base:
                self.add(component, component["rate"] * base)

    def result(self):
        def of(*kinds, by=None):
            return self.sum(
                lambda c: c["kind"] in kinds and (by is None or c.get("by_period") == by))

        return {
            "month": self.month, "days": self.days,
            "import_kwh": sum((k for _, k in self.load if k > 0), Fraction(0)),
            "export_kwh": -sum((k for _, k in self.load if k < 0), Fraction(0)),
            "peak_kw": self.peak,
            "energy": of("energy", "rider", "net-billing", "net-metering"), "fixed": of("fixed"),
            "demand_flat": of("demand", by=False), "demand_tou": of("demand", by=True),
            "minimum_topup": of("minimum"), "bill": self.sum(lambda c: True),
        }


def six(amount):
    """`amount` with six decimals, half away from zero."""
    units = rounded(amount * 10_000, "half-away-from-zero")
    return f"{'-' if units < 0 else ''}{abs(units) // 10**6}.{abs(units) % 10**6:06d}"


def overlaps(total, limits):
    """How much of `total` lies in each tier."""
    found, left, start = [], total, Fraction(0)
    for limit in limits:
        part = left if limit is None else min(left, limit - start)
        found.append(part)
        left -= part
        start = limit
    return found


def rate(tariff, load, minutes, exact=False, average_days=None):
    """The months of `load`, a list of (moment, kWh); each with its lines."""
    months, order = {}, []
    for moment, kwh in load:
        key = (moment.year, moment.month)
        if key not in months:
            months[key] = []
            order.append(key)
        months[key].append((moment, kwh))
    carried = {"bank": [], "peaks": [], "counted": Fraction(0)}
    found = []
    for year, number in order:
        following = datetime.date(year + number // 12, number % 12 + 1, 1)
        days = (following - datetime.date(year, number, 1)).days
        month = Month(tariff, days, months[year, number], minutes, carried, exact,
                      exact if average_days is None else average_days)
        carried = month.rate()
        found.append(month)
    return found


# Tariffs


def component(kind, code, **fields):
    classes = {"energy": "VARIABLE_ENERGY", "net-billing": "VARIABLE_ENERGY",
               "net-metering": "VARIABLE_ENERGY", "demand": "VARIABLE_DEMAND",
               "rider": "VARIABLE_RIDER", "fixed": "FIXED", "minimum": "MINIMUM",
               "percentage": "PASS_THROUGH"}
    given = {"kind": kind, "code": code, "class": classes[kind], "months": list(range(1, 13))}
    given.update(fields)
    return given


def netting():
    """What a record of the Utility Rate Database, or a load rated so, does with a surplus."""
    return component("net-metering", "export", hours=[0, 5, 11, 17], year_end=12, settlement=None)


def windows(schedules, number):
    """The windows of a period number in 12 x 24 schedules for weekdays and weekends."""
    found = []
    for schedule, days in zip(schedules, (WEEKDAYS[:5], WEEKDAYS[5:])):
        for month, row in enumerate(schedule, 1):
            for hour, value in enumerate(row):
                if value == number:
                    found.append({"months": [month], "days": days, "start": hour * 60,
                                  "end": hour * 60 + 60})
    return found


def urdb_periods(record, name):
    schedules = [record.get(name + "weekdayschedule"), record.get(name + "weekendschedule")]
    if schedules[0] is None:
        return [], [0]
    schedules = [[[int(v) for v in row] for row in s] for s in schedules]
    numbers = sorted({v for s in schedules for row in s for v in row})
    if len(numbers) == 1:
        return [], numbers
    periods = [{"name": f"p{n}", "windows": windows(schedules, n)} for n in numbers]
    periods[0]["windows"] = []
    return periods, numbers


def urdb_price(tier):
    return Fraction(tier.get("rate", "0")) + Fraction(tier.get("adj", "0"))


def read_urdb(path, metering):
    """A record of the Utility Rate Database as a tariff."""
    record = json.loads(pathlib.Path(path).read_text(), parse_float=str, parse_int=str)
    record = record["items"][0] if "items" in record else record
    record = record[0] if isinstance(record, list) else record
    periods, numbers = urdb_periods(record, "energy")
    bases = {"kWh": "month", "kWh daily": "day", "kWh/kW": "kw",
             "kWh/kW daily": "kw-day"}

    def ladder(number, price):
        tiers = record["energyratestructure"][number]
        return [
            {"limit": Fraction(t["max"]) if "max" in t and i < len(tiers) - 1 else None,
             "basis": bases[t.get("unit", "kWh")], "prices": [price(t)]}
            for i, t in enumerate(tiers)
        ]

    filling = "by-interval" if metering == "net-billing" else "pooled"
    parts = [component("energy", "energy", filling=filling,
                       ladders=[ladder(n, urdb_price) for n in numbers])]
    if metering == "net-billing":
        parts.append(component("net-billing", "export", filling="by-interval", ladders=[
            ladder(n, lambda t: Fraction(t.get("sell", "0"))) for n in numbers]))
    else:
        parts.append(netting())
    months = [int(m) for m in record.get("flatdemandmonths", [])]
    for number, tiers in enumerate(record.get("flatdemandstructure", [])):
        own = [m + 1 for m, n in enumerate(months) if n == number]
        parts.append(component(
            "demand", f"flat{number}", by_period=False, ratchet=None, months=own,
            ladders=[demand_ladder(tiers)]))
    demand_periods = []
    if "demandratestructure" in record:
        demand_periods, numbers = urdb_periods(record, "demand")
        parts.append(component(
            "demand", "demand", by_period=True, ratchet=None,
            ladders=[demand_ladder(record["demandratestructure"][n]) for n in numbers]))
    units = {"$/month": "month", "$/day": "day", "$/year": "year"}
    fixed = record.get("fixedchargefirstmeter", record.get("fixedmonthlycharge"))
    if fixed is not None:
        unit = record.get("fixedchargeunits", "$/month") if "fixedchargefirstmeter" in record else "$/month"
        parts.append(component("fixed", "fixed", price=Fraction(fixed), per=units[unit]))
    least = record.get("mincharge", record.get("minmonthlycharge"))
    if least is not None:
        parts.append(component("minimum", "minimum", price=Fraction(least),
                               per=units[record.get("minchargeunits", "$/month")]))
    return {"periods": periods, "demand_periods": demand_periods, "components": parts}


def minutes_of(text):
    return int(text[:2]) * 60 + int(text[3:])


def read_periods(given):
    periods = []
    for period in given or []:
        own = []
        for window in period.get("windows", []):
            start, end = window["hours"].split("-")
            own.append({"start": minutes_of(start), "end": minutes_of(end),
                        "days": window.get("days", ["every-day"]),
                        "months": [int(m) for m in window.get("months", range(1, 13))]})
        periods.append({"name": period["name"], "windows": own})
    return periods


def read_ladders(given, names):
    """The ladders of a component of energy, as its YAML has them."""
    common = given.get("basis", "month")

    def prices(fields):
        if "price" in fields:
            return [Fraction(fields["price"])]
        return [Fraction(fields["prices"][name]) for name in names]

    def ladder(tiers):
        return [{"limit": Fraction(t["up_to"]) if "up_to" in t else None,
                 "basis": t.get("basis", common), "prices": prices(t)} for t in tiers]

    if "ladders" in given:
        return [ladder(given["ladders"][name]) for name in names]
    return [ladder(given["tiers"] if "tiers" in given else [given])]


def read_demand(given, names):
    def ladder(tiers):
        if isinstance(tiers, str):
            return [{"limit": None, "price": Fraction(tiers)}]
        return [{"limit": Fraction(t["up_to"]) if "up_to" in t else None,
                 "price": Fraction(t["price"])} for t in tiers]

    ratchet = given.get("ratchet")
    fields = {"by_period": "by_period" in given, "ratchet": None}
    if ratchet:
        fields["ratchet"] = (exact_bill.share(ratchet["rate"]), int(ratchet.get("bills", 11)))
    if "by_period" in given:
        fields["ladders"] = [ladder(given["by_period"][name]) for name in names or ["all"]]
    else:
        fields["ladders"] = [ladder(given.get("tiers", given.get("price")))]
    return fields


def read_yaml(text):
    """A tariff without seasons, as `rules publish` reads it."""
    import yaml

    return read_tariff(yaml.load(text, Loader=yaml.BaseLoader))


def read_tariff(given):
    """A tariff from the document of a rule file, every value a text."""
    periods = read_periods(given.get("periods"))
    demand_periods = read_periods(given.get("demand_periods"))
    names = [p["name"] for p in periods]
    parts = []
    for each in given["components"]:
        kind = each["type"]
        fields = {}
        if kind in ("energy", "net-billing"):
            usual = "pooled" if kind == "energy" else "by-interval"
            fields = {"filling": each.get("filling", usual), "ladders": read_ladders(each, names)}
        elif kind == "demand":
            fields = read_demand(each, [p["name"] for p in demand_periods])
        elif kind in ("fixed", "minimum", "rider"):
            fields = {"price": Fraction(each["price"]), "per": each.get("per", "month")}
        elif kind == "percentage":
            fields = {"rate": exact_bill.share(each["rate"]),
                      "base": each.get("base", exact_bill.FRANCHISE_BASE),
                      "base_components": each.get("base_components", [])}
        else:
            end, paid = each.get("year_end"), each.get("settlement")
            fields = {"hours": [int(h) for h in each.get("carry_hours", [])],
                      "year_end": int(end) if end else None,
                      "settlement": Fraction(paid) if paid else None}
        part = component(kind, each["code"], **fields)
        if "months" in each:
            part["months"] = [int(m) for m in each["months"]]
        if "revenue_class" in each:
            part["class"] = each["revenue_class"]
        parts.append(part)
    return {"periods": periods, "demand_periods": demand_periods, "components": parts}


def demand_ladder(tiers):
    return [{"limit": Fraction(t["max"]) if "max" in t and i < len(tiers) - 1 else None,
             "price": urdb_price(t)} for i, t in enumerate(tiers)]


def read_load(path):
    with open(path) as file:
        rows = list(csv.DictReader(file))
    load = [(datetime.datetime.fromisoformat(r["start_local"]), Fraction(r["kwh"])) for r in rows]
    return load, int((load[1][0] - load[0][0]).total_seconds()) // 60


# Checking


FIELDS = ["import_kwh", "export_kwh", "peak_kw", "energy", "fixed", "demand_flat", "demand_tou",
          "minimum_topup", "bill"]


def check(folder):
    """Compares every expected bill in `folder`; the greatest difference of each."""
    worst = Fraction(0)
    for path in sorted(pathlib.Path(folder, "bills").glob("[0-9]*.json")):
        case = json.loads(path.read_text())
        metering = "net-billing" if case["metering_option"] == 2 else "net"
        tariff = read_urdb(pathlib.Path(folder, case["rate"]), metering)
        load, minutes = read_load(pathlib.Path(folder, case["load"]))
        difference = Fraction(0)
        for month, expected in zip(rate(tariff, load, minutes, exact=True), case["months"]):
            found = month.result()
            for name in FIELDS:
                difference = max(difference, abs(found[name] - Fraction(expected[name])))
        worst = max(worst, difference)
        print(f"{path.stem}: {float(difference):.7f}")
    return worst


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--tariff")
    parser.add_argument("--load")
    parser.add_argument("--metering", default="net", choices=["net", "net-billing"])
    parser.add_argument("--exact", action="store_true")
    parser.add_argument("--check")
    options = parser.parse_args()
    if options.check:
        sys.exit(0 if check(options.check) <= Fraction(2, 10**6) else 1)
    if options.tariff.endswith(".json"):
        tariff = read_urdb(options.tariff, options.metering)
    else:
        tariff = read_yaml(pathlib.Path(options.tariff).read_text())
    load, minutes = read_load(options.load)
    for month in rate(tariff, load, minutes, exact=options.exact):
        found = month.result()
        print(" ".join(f"{name}={float(found[name]):.6f}" for name in FIELDS))


if __name__ == "__main__":
    main()
