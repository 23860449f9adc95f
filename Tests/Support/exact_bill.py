#!/usr/bin/env python3
"""A second opinion: the invoices that rules and readings give, in exact fractions.

Written from the description of the business, apart from the program, which is compared with it over
rules and readings made at random (random_cases.py). Every number is a whole number or a
fractions.Fraction; amounts are rounded once, where the business says so. It is slow and simple.

    exact_bill.py --rules FOLDER --data FOLDER --through 2026-06-30 [--out expected.json]

RULES holds the YAML files that `rules publish` reads; DATA holds accounts.csv, meters.csv and, where
there are any, readings.csv and intervals.csv, with the columns that `import` documents. The input is
taken to be valid: what the importer would refuse is not for this program to judge.
"""

import argparse
import bisect
import csv
import datetime
import json
import pathlib
from dataclasses import dataclass, field
from fractions import Fraction
from zoneinfo import ZoneInfo

DAY = datetime.timedelta(days=1)
FRANCHISE_BASE = ["VARIABLE_ENERGY", "VARIABLE_DEMAND", "VARIABLE_RIDER", "FIXED", "MINIMUM"]
TAX_BASE = FRANCHISE_BASE + ["PASS_THROUGH"]
LEVELS = ["state", "county", "city"]
# By a component's type, the type and class of its lines unless it says otherwise.
USUAL = {
    "energy": ("ENERGY_CHARGE", "VARIABLE_ENERGY"), "demand": ("DEMAND_CHARGE", "VARIABLE_DEMAND"),
    "rider": ("RIDER", "VARIABLE_RIDER"), "fixed": ("FIXED_CHARGE", "FIXED"),
    "percentage": ("FIXED_CHARGE", "PASS_THROUGH"), "minimum": ("MINIMUM_CHARGE", "MINIMUM"),
}
# What a minimum tests.
TESTED = ["VARIABLE_ENERGY", "VARIABLE_DEMAND", "VARIABLE_RIDER", "FIXED"]
WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


# Numbers


def rounded(amount, rule):
    """The whole number of cents nearest to `amount` (in units of currency) by `rule`."""
    cents = amount * 100
    whole = abs(cents).numerator // abs(cents).denominator
    rest = abs(cents) - whole
    if rule == "half-away-from-zero":
        up = rest >= Fraction(1, 2)
    elif rule == "half-even":
        up = rest > Fraction(1, 2) or (rest == Fraction(1, 2) and whole % 2 == 1)
    elif rule == "down":
        up = False
    elif rule == "up":
        up = rest > 0
    else:
        raise ValueError(rule)
    return (whole + (1 if up else 0)) * (-1 if cents < 0 else 1)


def split(total, weights):
    """Whole parts of `total` in proportion to `weights`: largest remainders, ties to the earliest."""
    exact = [Fraction(total * weight, sum(weights)) for weight in weights]
    parts = [share.numerator // share.denominator for share in exact]
    order = sorted(range(len(parts)), key=lambda i: (-(exact[i] - parts[i]), i))
    for index in order[: total - sum(parts)]:
        parts[index] += 1
    return parts


def text(cents):
    """Cents as decimal text."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def decimal(number):
    """A fraction with a finite decimal as text."""
    places = 0
    while (number * 10**places).denominator != 1:
        places += 1
        assert places < 40, number
    digits = str(abs(number * 10**places).numerator).rjust(places + 1, "0")
    sign = "-" if number < 0 else ""
    return sign + (digits if places == 0 else digits[:-places] + "." + digits[-places:])


# Rules


@dataclass
class Rules:
    """Published rules as plain data, in any order."""

    tariffs: list = field(default_factory=list)
    taxes: list = field(default_factory=list)
    calendars: list = field(default_factory=list)
    policies: list = field(default_factory=list)

    def tariff(self, plan, day):
        """The version of `plan` in force on `day`."""
        begun = [t for t in self.tariffs if t["plan"] == plan and t["from"] <= day]
        return max(begun, key=lambda t: (t["from"], t["version"]), default=None)

    def calendar(self, name, day):
        """The calendar in force on `day`; before its first version that one."""
        versions = [c for c in self.calendars if c["calendar"] == name]
        versions.sort(key=lambda c: (c["from"], c["version"]))
        begun = [c for c in versions if c["from"] <= day]
        return begun[-1] if begun else versions[0]

    def policy(self, day):
        """The policies in force on `day`."""
        begun = [p for p in self.policies if p["from"] <= day]
        return max(begun, key=lambda p: (p["from"], p["version"]))

    def taxes_on(self, jurisdictions, day):
        """The taxes of `jurisdictions` on `day`: by level, jurisdiction, code."""
        found = {}
        for tax in sorted(self.taxes, key=lambda t: t["from"]):
            if tax["jurisdiction"] in jurisdictions and tax["from"] <= day:
                found[(LEVELS.index(tax["level"]), tax["jurisdiction"], tax["code"])] = tax
        return [found[key] for key in sorted(found) if found[key]["rate"] != 0]


def date(value):
    return datetime.date.fromisoformat(value)


def share(value):
    """A rate as `3 %` or `0.03`."""
    value = value.strip()
    if value.endswith("%"):
        return Fraction(value[:-1].strip()) / 100
    return Fraction(value)


def watt_hours(value):
    amount = Fraction(value) * 1000
    assert amount.denominator == 1, value
    return int(amount)


def read_component(given, periods):
    """A component as plain data, with its defaults."""
    kind = given["type"]
    line_type, revenue = USUAL[kind]
    component = {
        "code": given["code"],
        "kind": kind,
        "title": given.get("title", ""),
        "type": given.get("line_type", line_type),
        "class": given.get("revenue_class", revenue),
    }

    def prices(entry):
        if "prices" in entry:
            return [Fraction(entry["prices"][name]) for name in periods]
        return [Fraction(entry["price"])]

    if kind == "energy":
        tiers = given.get("tiers", [given])
        component["basis"] = given.get("basis", "month")
        component["tiers"] = [
            {"limit": watt_hours(t["up_to"]) if "up_to" in t else None, "prices": prices(t)}
            for t in tiers
        ]
    elif kind != "percentage":
        component["price"] = Fraction(given["price"])
    else:
        component["rate"] = share(given["rate"])
        component["base"] = given.get("base", FRANCHISE_BASE)
        component["base_components"] = given.get("base_components", [])
    return component


def read_window(given):
    def minute(value):
        hours, minutes = value.split(":")
        return int(hours) * 60 + int(minutes)

    start, end = given["hours"].split("-")
    return {
        "days": given.get("days", ["every-day"]),
        "season": given.get("season"),
        "start": minute(start),
        "end": minute(end),
    }


def read_document(rules, given):
    """Adds one YAML document, whose scalars are all text, to `rules`."""
    kind = given["kind"]
    begins = date(given["from"])
    if kind == "tariff":
        periods = [
            {"name": p["name"], "windows": [read_window(w) for w in p.get("windows") or []]}
            for p in given.get("periods", [])
        ]
        names = [p["name"] for p in periods]
        rules.tariffs.append(
            {
                "plan": given["plan"],
                "version": int(given["version"]),
                "from": begins,
                "calendar": given.get("calendar"),
                "periods": periods,
                "components": [read_component(c, names) for c in given["components"]],
            }
        )
    elif kind == "calendar":
        holidays = given.get("holidays") or []
        rules.calendars.append(
            {
                "calendar": given["calendar"],
                "version": int(given["version"]),
                "from": begins,
                "weekend": given["weekend"] or [],
                "holidays": {date(h if isinstance(h, str) else h["date"]) for h in holidays},
                "seasons": sorted(
                    (tuple(map(int, s["from"].split("-"))), s["name"])
                    for s in given.get("seasons") or []
                ),
            }
        )
    elif kind == "tax":
        rules.taxes.append(
            {
                "jurisdiction": given["jurisdiction"],
                "level": given["level"],
                "code": given["code"],
                "from": begins,
                "rate": share(given["rate"]),
                "base": given.get("base", TAX_BASE),
            }
        )
    elif kind == "policy":
        proration = given.get("proration", {})
        least, most = proration.get("full_month", "26-35").split("-")
        rules.policies.append(
            {
                "version": int(given["version"]),
                "from": begins,
                "rounding": given.get("rounding", "half-away-from-zero"),
                "full_month": (int(least), int(most)),
                "month_days": int(proration.get("month_days", "30")),
                "window": int(given.get("cycle_window_days", "5")),
            }
        )
    else:
        raise ValueError(f"unknown kind {kind}")


def load_rules(folder):
    """The rules in a folder of YAML files. Every scalar is read as text, so that none is a float."""
    import yaml

    rules = Rules()
    for path in sorted(pathlib.Path(folder).glob("*.y*ml")):
        for document in yaml.load_all(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader):
            if document:
                read_document(rules, document)
    return rules


# Time of use


def season_of(calendar, day):
    """The season of `day`: the last that has begun, the year's last in January before the first."""
    if not calendar["seasons"]:
        return None
    begun = [name for start, name in calendar["seasons"] if start <= (day.month, day.day)]
    return begun[-1] if begun else calendar["seasons"][-1][1]


def is_of_class(day_class, day, calendar):
    weekday = WEEKDAYS[day.weekday()]
    is_holiday = day in calendar["holidays"]
    is_rest = is_holiday or weekday in calendar["weekend"]
    return {
        "every-day": True,
        "working-day": not is_rest,
        "rest-day": is_rest,
        "holiday": is_holiday,
    }.get(day_class, day_class == weekday)


def period_at(tariff, rules, local):
    """The index of the time-of-use period around a wall-clock time: the first with a window."""
    calendar = {"weekend": [], "holidays": set(), "seasons": []}
    if tariff["calendar"]:
        calendar = rules.calendar(tariff["calendar"], local.date())
    minute = local.hour * 60 + local.minute
    for index, period in enumerate(tariff["periods"]):
        for window in period["windows"]:
            if window["season"] not in (None, season_of(calendar, local.date())):
                continue
            if not any(is_of_class(c, local.date(), calendar) for c in window["days"]):
                continue
            if window["start"] <= minute < window["end"]:
                return index
    return next(i for i, p in enumerate(tariff["periods"]) if not p["windows"])


# Rating


@dataclass
class Segment:
    """Days under one tariff version, their energy in Wh by period (one value if none), and the
    greatest power of a measured interval in kW."""

    start: datetime.date
    end: datetime.date
    tariff: dict
    usage: list
    peak: Fraction = Fraction(0)

    @property
    def days(self):
        return (self.end - self.start).days


@dataclass
class Line:
    type: str
    revenue_class: str
    component: str
    amount: int
    first: int = 0
    count: int = 1
    sequence: int = 0
    kind: str = ""
    tier: int = 0
    period: int = -1
    energy: int = None
    price: Fraction = None
    part: Fraction = None
    base: int = None
    rate: Fraction = None
    jurisdiction: str = ""
    waived: int = 0


def run_length(segments, index, component):
    """Over how many segments from `index` on the component stays; 0 if the one before has it."""
    if index > 0 and component in segments[index - 1].tariff["components"]:
        return 0
    count = 1
    while index + count < len(segments):
        if component not in segments[index + count].tariff["components"]:
            break
        count += 1
    return count


def energy_lines(component, sequence, segments, index, factor, rounding):
    segment = segments[index]

    def limit(tier):
        published = component["tiers"][tier]["limit"]
        if published is None:
            return None
        if component["basis"] == "day":
            return published * segment.days
        # In whole watt-hours: half away from zero, then the segment's share by days.
        exact = published * factor
        whole = (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)
        return split(whole, [s.days for s in segments])[index]

    rest = list(segment.usage)
    begin = 0
    for tier, entry in enumerate(component["tiers"]):
        left = sum(rest)
        end = limit(tier)
        if end is None:
            taken = left
        else:
            end = max(begin, end)
            taken = min(left, end - begin)
            begin = end
        # Pooled: of every tier each period takes its share of what is left.
        parts = split(taken, rest) if taken else [0] * len(rest)
        rest = [a - b for a, b in zip(rest, parts)]
        if len(entry["prices"]) == 1:
            quantities = [(-1, taken, entry["prices"][0])]
        else:
            quantities = [(i, parts[i], p) for i, p in enumerate(entry["prices"])]
        for period, quantity, price in quantities:
            if quantity == 0:
                continue
            yield Line(
                component["type"], component["class"], component["code"],
                rounded(price * quantity / 1000, rounding), index, 1, sequence, "energy", tier,
                period, energy=quantity, price=price)


def part_within(line, segments, run, before_waiver=False):
    """What of a line's amount falls into the segments of `run`, by days."""
    amount = line.amount + line.waived if before_waiver else line.amount
    span = range(line.first, line.first + line.count)
    if not set(span) & set(run):
        return 0
    if set(span) <= set(run):
        return amount
    parts = split(amount, [segments[i].days for i in span])
    return sum(part for i, part in zip(span, parts) if i in run)


def order(line, place):
    """Finance's order of an invoice."""
    if line.type in ("ENERGY_CHARGE", "DEMAND_CHARGE", "RIDER"):
        section = ["ENERGY_CHARGE", "DEMAND_CHARGE", "RIDER"].index(line.type)
        return (section, 0, line.period, line.tier, line.first, line.sequence)
    if line.type in ("FIXED_CHARGE", "MINIMUM_CHARGE"):
        return (3, -line.amount - line.waived, line.sequence, line.first, 0, 0)
    return (4, place, 0, 0, 0, 0)


def waive(lines, codes):
    """Lines of the components that promotions waive stay, at nothing."""
    for line in lines:
        if line.component in codes and line.kind != "tax" and line.amount:
            line.waived, line.amount = line.waived + line.amount, 0


def demand_line(component, sequence, segments, index, count, rounding):
    """A price for the greatest power of the segments the component is on; for its part of the days."""
    run = segments[index : index + count]
    power = max(segment.peak for segment in run)
    part = Fraction(sum(s.days for s in run), sum(s.days for s in segments))
    if power:
        yield Line(
            component["type"], component["class"], component["code"],
            rounded(component["price"] * power * part, rounding), index, count, sequence, "demand",
            price=component["price"])


def is_before_minimum(component, tariff):
    """Whether a minimum tests a percentage: of a tested class, and it does not count the minimum."""
    if component["class"] not in TESTED or "MINIMUM" in component["base"]:
        return False
    named = [c for c in tariff["components"] if c["code"] in component["base_components"]]
    return all(
        is_before_minimum(c, tariff) if c["kind"] == "percentage" else c["kind"] != "minimum"
        for c in named)


def percentage_lines(segments, lines, rounding, which):
    """The lines of the percentages for which `which` holds, each of those before it."""
    most_components = max(len(s.tariff["components"]) for s in segments)
    for sequence in range(most_components):
        for index, segment in enumerate(segments):
            if sequence >= len(segment.tariff["components"]):
                continue
            component = segment.tariff["components"][sequence]
            if component["kind"] != "percentage" or not which(component, segment.tariff):
                continue
            count = run_length(segments, index, component)
            if not count:
                continue
            base = 0
            for line in lines:
                if line.kind != "percentage" and line.revenue_class in component["base"]:
                    counts = True
                else:
                    counts = line.component in component["base_components"]
                if counts:
                    base += part_within(line, segments, range(index, index + count))
            if base:
                amount = rounded(component["rate"] * Fraction(base, 100), rounding)
                lines.append(
                    Line(component["type"], component["class"], component["code"], amount, index,
                         count, sequence, "percentage", base=base, rate=component["rate"]))


def minimum_lines(segments, lines, factor, rounding):
    """What tops a bill up to a month's minimum: it tests what there was before waivers."""
    days = sum(s.days for s in segments)
    for index, segment in enumerate(segments):
        for sequence, component in enumerate(segment.tariff["components"]):
            count = run_length(segments, index, component)
            if component["kind"] != "minimum" or not count:
                continue
            run = range(index, index + count)
            tested = sum(
                part_within(line, segments, run, before_waiver=True) for line in lines
                if line.revenue_class in TESTED and line.type != "MINIMUM_CHARGE")
            part = factor * Fraction(sum(segments[i].days for i in run), days)
            amount = rounded(component["price"] * part, rounding) - max(0, tested)
            if amount > 0:
                lines.append(
                    Line(component["type"], component["class"], component["code"], amount, index,
                         count, sequence, "minimum", price=component["price"]))


def rate(segments, taxes, policy, waived=()):
    """The lines of a bill, in the order of the invoice.

    `waived`: the codes of the components that promotions waive.
    """
    rounding = policy["rounding"]
    days = sum(s.days for s in segments)
    least, most = policy["full_month"]
    factor = Fraction(1) if least <= days <= most else Fraction(days, policy["month_days"])
    lines = []
    for index, segment in enumerate(segments):
        for sequence, component in enumerate(segment.tariff["components"]):
            kind = component["kind"]
            count = run_length(segments, index, component)
            if kind == "energy":
                lines += energy_lines(component, sequence, segments, index, factor, rounding)
            elif kind == "rider" and sum(segment.usage):
                energy = sum(segment.usage)
                lines.append(
                    Line(component["type"], component["class"], component["code"],
                         rounded(component["price"] * energy / 1000, rounding), index, 1, sequence,
                         "rider", energy=energy, price=component["price"]))
            elif kind == "demand" and count:
                lines += demand_line(component, sequence, segments, index, count, rounding)
            elif kind == "fixed" and count:
                covered = sum(s.days for s in segments[index : index + count])
                part = factor * Fraction(covered, days)
                amount = rounded(component["price"] * part, rounding)
                lines.append(
                    Line(component["type"], component["class"], component["code"], amount,
                         index, count, sequence, "fixed", price=component["price"],
                         part=part))
    waive(lines, waived)
    percentage_lines(segments, lines, rounding, is_before_minimum)
    minimum_lines(segments, lines, factor, rounding)
    percentage_lines(
        segments, lines, rounding, lambda component, tariff: not is_before_minimum(component, tariff))
    waive(lines, waived)
    charges = list(lines)
    for place, tax in enumerate(taxes):
        base = sum(line.amount for line in charges if line.revenue_class in tax["base"])
        if base:
            amount = rounded(tax["rate"] * Fraction(base, 100), rounding)
            lines.append(
                Line("TAX", "PASS_THROUGH", tax["code"], amount, 0, len(segments), place, "tax",
                     base=base, rate=tax["rate"], jurisdiction=tax["jurisdiction"]))
    return [line for _, line in sorted(enumerate(lines), key=lambda p: order(p[1], p[0]))]


# Accounts


class Unbillable(Exception):
    """Why an account's next period cannot be billed."""


@dataclass
class Register:
    name: str
    unit: int
    modulus: int
    period: str
    minutes: int
    readings: list = field(default_factory=list)
    intervals: dict = field(default_factory=dict)

    def between(self, start, end):
        """Watt-hours between two values in units of the last decimal."""
        return (end - start) % self.modulus * self.unit


@dataclass
class Account:
    id: str
    zone: ZoneInfo
    jurisdictions: list
    cycle_day: int
    service_start: datetime.date
    plans: list
    registers: list = field(default_factory=list)

    def local_day(self, instant):
        return instant.astimezone(self.zone).date()


def instant(value, zone):
    """A moment as import files write it: with an offset, or by the clock of `zone`."""
    if len(value) == 10:
        value += "T00:00"
    moment = datetime.datetime.fromisoformat(value.replace("Z", "+00:00"))
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    return moment.astimezone(datetime.timezone.utc)


def rows(path):
    if not path.exists():
        return
    with open(path, encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def load_accounts(folder):
    """The accounts of a folder of CSV files, by id."""
    folder = pathlib.Path(folder)
    accounts, meters = {}, {}
    for row in rows(folder / "accounts.csv"):
        start = date(row["service_start"])
        account = accounts.setdefault(
            row["account"],
            Account(
                row["account"], ZoneInfo(row["zone"]),
                [code for code in row["jurisdictions"].split(";") if code],
                int(row["cycle_day"]), start, []))
        begins = row.get("plan_from") or row["service_start"]
        account.plans.append((date(begins), row["plan"]))
        account.plans.sort()
    for row in rows(folder / "meters.csv"):
        account = accounts[row["account"]]
        decimals = int(row.get("decimals") or 0)
        scale = {"kWh": 1000, "Wh": 1}[row["unit"]]
        unit = Fraction(scale, 10**decimals) * int(row.get("multiplier") or 1)
        minutes = int(row.get("interval_minutes") or 0)
        digits = int(row.get("dials") or 0) + decimals
        register = Register(row["register"], int(unit), 10**digits, row.get("period"), minutes)
        if not minutes:
            start = Fraction(row["start_reading"]) * 10**decimals
            register.readings.append((instant(row["installed_at"], account.zone), int(start)))
        if (row.get("direction") or "import") == "import":
            account.registers.append(register)
        meters.setdefault(row["meter"], (account, {}))[1][row["register"]] = (register, decimals)
    for row in rows(folder / "readings.csv"):
        account, registers = meters[row["meter"]]
        name = row.get("register") or next(iter(registers))
        register, decimals = registers[name]
        value = Fraction(row["value"]) * 10**decimals
        register.readings.append((instant(row["time"], account.zone), int(value)))
    for row in rows(folder / "intervals.csv"):
        account, registers = meters[row["meter"]]
        register, _ = registers[row.get("register") or next(iter(registers))]
        register.intervals[instant(row["start"], account.zone)] = watt_hours(row["kwh"])
    for account, registers in meters.values():
        for register, _ in registers.values():
            register.readings.sort()
    return accounts


def cycle_date_after(day, cycle_day):
    """The first cycle date after `day`."""
    candidate = day.replace(day=cycle_day)
    if candidate > day:
        return candidate
    year, month = (day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)
    return datetime.date(year, month, cycle_day)


def spans(rules, account, start, end):
    """The tariff versions in force from `start` to `end`."""
    result = []
    day = start
    while day < end:
        plan = max((p for p in account.plans if p[0] <= day), default=None)
        if plan is None:
            raise Unbillable("no-plan")
        tariff = rules.tariff(plan[1], day)
        if tariff is None:
            raise Unbillable("no-tariff")
        if result and result[-1].tariff is tariff:
            result[-1].end = day + DAY
        else:
            usage = [0] * max(1, len(tariff["periods"]))
            result.append(Segment(day, day + DAY, tariff, usage))
        day += DAY
    return result


def closing(account, cycle, window):
    """The local date of the readings nearest the cycle date, where all registers have one."""
    common = None
    for register in account.registers:
        days = {account.local_day(at) for at, _ in register.readings}
        common = days if common is None else common & days
    near = [d for d in common or () if abs((d - cycle).days) <= window]
    return min(near, key=lambda d: (abs((d - cycle).days), d), default=None)


def register_segments(rules, account, start, end):
    segments = spans(rules, account, start, end)
    for register in account.registers:
        by_day = {}
        for at, value in register.readings:
            by_day[account.local_day(at)] = value
        marks = [s.start for s in segments if s.start in by_day] + [end]
        for begin, finish in zip(marks, marks[1:]):
            covered = [s for s in segments if begin <= s.start < finish]
            energy = register.between(by_day[begin], by_day[finish])
            parts = split(energy, [s.days for s in covered])
            for segment, part in zip(covered, parts):
                names = [p["name"] for p in segment.tariff["periods"]]
                if not names:
                    segment.usage[0] += part
                elif register.period in names:
                    segment.usage[names.index(register.period)] += part
                else:
                    raise Unbillable("no-register")
    for segment in segments:
        counted = {r.period for r in account.registers}
        if any(p["name"] not in counted for p in segment.tariff["periods"]):
            raise Unbillable("no-register")
    return segments


def interval_segments(rules, account, start, end):
    segments = spans(rules, account, start, end)
    register = account.registers[0]
    begins = sorted(register.intervals)

    def midnight(day):
        # The first moment whose local date is `day`.
        moment = datetime.datetime.combine(day, datetime.time(), account.zone)
        return moment.astimezone(datetime.timezone.utc)

    # A hole shorter than an interval is none: where clocks change by half an hour, whole hours no
    # longer begin at local midnight, and the hour under way belongs to the day it began on.
    step = datetime.timedelta(minutes=register.minutes)
    covered, last = midnight(start), midnight(end)
    for begin in begins:
        if covered - step < begin < last:
            if begin - covered >= step:
                raise Unbillable("gap")
            covered = begin + step
    if last - covered >= step:
        raise Unbillable("gap")
    for segment in segments:
        low = bisect.bisect_left(begins, midnight(segment.start))
        high = bisect.bisect_left(begins, midnight(segment.end))
        for begin in begins[low:high]:
            index = 0
            if segment.tariff["periods"]:
                index = period_at(segment.tariff, rules, begin.astimezone(account.zone))
            segment.usage[index] += register.intervals[begin]
    return segments


def invoices(rules, account, through):
    """The account's invoices up to `through`, and the reason it stops early, or None."""
    result = []
    is_interval = bool(account.registers[0].minutes)
    if is_interval:
        start = account.service_start
    else:
        start = account.local_day(account.registers[0].readings[0][0])
    # A first period begins when service does; a later cycle date lies beyond the window of the last.
    cycle = cycle_date_after(start, account.cycle_day)
    while True:
        window = rules.policy(cycle)["window"]
        if not is_interval and (cycle - start).days <= window:
            cycle = cycle_date_after(cycle, account.cycle_day)
            continue
        try:
            if is_interval:
                end = cycle
            else:
                end = closing(account, cycle, window)
                if end is None:
                    if cycle <= through:
                        raise Unbillable("missing-reading")
                    return result, None
            if end > through:
                return result, None
            make = interval_segments if is_interval else register_segments
            segments = make(rules, account, start, end)
        except Unbillable as reason:
            return result, {"account": account.id, "from": start.isoformat(), "reason": str(reason)}
        last = end - DAY
        policy = rules.policy(last)
        lines = rate(segments, rules.taxes_on(account.jurisdictions, last), policy)
        result.append(describe(account, start, end, segments, lines))
        start = end
        cycle = cycle_date_after(cycle, account.cycle_day)


def describe(account, start, end, segments, lines):
    """An invoice as plain data for comparison: amounts and quantities as decimal text."""
    described = []
    for line in lines:
        tariff = segments[line.first].tariff
        entry = {"type": line.type, "class": line.revenue_class, "component": line.component}
        if line.kind == "tax":
            entry["jurisdiction"] = line.jurisdiction
        else:
            entry["plan"] = tariff["plan"]
            entry["version"] = tariff["version"]
        entry["from"] = segments[line.first].start.isoformat()
        entry["to"] = segments[line.first + line.count - 1].end.isoformat()
        if line.energy is not None:
            entry["tier"] = line.tier + 1
            if line.period >= 0:
                entry["period"] = tariff["periods"][line.period]["name"]
            entry["kwh"] = decimal(Fraction(line.energy, 1000))
        if line.price is not None:
            entry["price"] = decimal(line.price)
        if line.part is not None:
            entry["months"] = str(line.part)
        if line.base is not None:
            entry["base"] = text(line.base)
            entry["rate"] = decimal(line.rate)
        entry["amount"] = text(line.amount)
        described.append(entry)
    return {
        "account": account.id,
        "start": start.isoformat(),
        "end": end.isoformat(),
        "days": (end - start).days,
        "lines": described,
        "total": text(sum(line.amount for line in lines)),
    }


def bill_all(rules, accounts, through):
    """Every invoice up to `through`, by account and period, and every account that is stuck."""
    issued, blocked = [], []
    for account in sorted(accounts.values(), key=lambda a: a.id):
        made, reason = invoices(rules, account, through)
        issued += made
        if reason:
            blocked.append(reason)
    return {"through": through.isoformat(), "invoices": issued, "blocked": blocked}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rules", required=True, help="folder of YAML rules")
    parser.add_argument("--data", required=True, help="folder of CSV files")
    parser.add_argument("--through", required=True, help="the last day a period may end on")
    parser.add_argument("--out", help="where to write; default: print")
    options = parser.parse_args()
    answer = bill_all(
        load_rules(options.rules), load_accounts(options.data), date(options.through))
    output = json.dumps(answer, indent=1)
    if options.out:
        pathlib.Path(options.out).write_text(output + "\n", encoding="utf-8")
    else:
        print(output)


if __name__ == "__main__":
    main()
