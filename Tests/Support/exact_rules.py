"""The rules of a book as its own events publish them, for the calculators in exact fractions."""

import bisect
import datetime
from dataclasses import dataclass, field
from fractions import Fraction

import exact_bill
import exported_book

CLASSES = [
    "", "VARIABLE_ENERGY", "VARIABLE_DEMAND", "VARIABLE_RIDER", "FIXED", "MINIMUM", "LATE_FEE",
    "MISC_SERVICE", "CREDIT", "PASS_THROUGH",
]
LINE_TYPES = [
    "", "ENERGY_CHARGE", "DEMAND_CHARGE", "FIXED_CHARGE", "MINIMUM_CHARGE", "RIDER", "ADJUSTMENT",
    "CREDIT", "LATE_FEE", "TAX",
]
CUSTOMERS = {
    0: "residential", 2: "commercial", 3: "industrial", 4: "street-lighting", 5: "public-authority",
}
SCOPES = ["", "residential", "commercial", "industrial", "street-lighting", "public-authority"]
ROUNDINGS = {0: "half-away-from-zero", 2: "half-even", 3: "down", 4: "up"}
DAY_CLASSES = {1: "every-day", 2: "working-day", 3: "rest-day", 4: "holiday"} | {
    11 + index: name for index, name in enumerate(exact_bill.WEEKDAYS)}
LEVELS = {0: "state", 2: "county", 3: "city"}
USUAL_POLICY = {
    "version": 0, "from": datetime.date.min, "rounding": "half-away-from-zero",
    "full_month": (26, 35), "month_days": 30, "window": 5,
}
# Where lines rest of which a classification says nothing, by customer and by class: the accounts of
# the Federal Energy Regulatory Commission.
STANDARD = {
    "lines": [
        {"code": "*", "class": "", "customer": customer, "ledger": ledger, "reports_as": ""}
        for customer, ledger in [
            ("residential", "440"), ("commercial", "442"), ("industrial", "442"),
            ("street-lighting", "444"), ("public-authority", "445")]
    ] + [
        {"code": "*", "class": "LATE_FEE", "customer": "", "ledger": "450", "reports_as": ""},
        {"code": "*", "class": "MISC_SERVICE", "customer": "", "ledger": "451", "reports_as": ""},
    ],
    "taxes": "241",
}


class Unsupported(Exception):
    """A rule that the exact calculators do not know."""


class Zone:
    """A time zone as the book pins it."""

    def __init__(self, event):
        self.moments = list(event.transitions)
        self.offsets = [event.initial_offset] + list(event.offsets)

    def local(self, at):
        """What the clocks show at an instant, in seconds since 1970."""
        offset = self.offsets[bisect.bisect_right(self.moments, at)]
        return datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=at + offset)

    def day(self, at):
        return self.local(at).date()

    def midnight(self, day):
        """The first instant whose local date is `day`."""
        wanted = (day - exported_book.EPOCH).days * 86_400
        found = [wanted - offset for offset in set(self.offsets)]
        good = [at for at in found if self.day(at) == day and self.day(at - 1) < day]
        # Where clocks skip midnight the day begins at the transition.
        good += [at for at in self.moments[self._near(wanted)]
                 if self.day(at) == day and self.day(at - 1) < day]
        return min(good)

    def _near(self, at):
        place = bisect.bisect_left(self.moments, at)
        return slice(max(0, place - 2), place + 2)


@dataclass
class Rulebook:
    """The rules at every version of their stream, their zones, and the classifications in order."""

    publications: list = field(default_factory=list)
    zones: dict = field(default_factory=dict)
    classifications: list = field(default_factory=list)
    made: dict = field(default_factory=dict)

    @staticmethod
    def of(entries):
        """The rules that some entries publish."""
        rulebook = Rulebook()
        for entry in entries:
            if entry.kind != exported_book.RULEBOOK:
                continue
            rulebook.publications.append((entry.version, entry.events))
            for kind, event in entry.events:
                if kind == "zone_rules_pinned":
                    rulebook.zones[event.zone] = Zone(event)
                elif kind == "classification_published":
                    rulebook.classifications.append(event)
        return rulebook

    @property
    def version(self):
        return self.publications[-1][0] if self.publications else 0

    def classification(self, day, count):
        """The one in force on `day` among the first `count`; None for the standard one."""
        begun = [
            event for event in self.classifications[:count]
            if exported_book.date(event.effective_day) <= day]
        return max(begun, key=lambda e: (e.effective_day, e.version), default=None)

    def rules(self, version):
        """What is published by a version of the stream."""
        if version not in self.made:
            rules = exact_bill.Rules()
            for number, events in self.publications:
                if number <= version:
                    for kind, event in events:
                        publish(rules, kind, event)
            self.made[version] = rules
        return self.made[version]


def publish(rules, kind, event):
    """Adds a published rule, in place of one of the same identity."""
    if kind == "tariff_version_published":
        added, place, same = tariff(event), rules.tariffs, ("plan", "version")
    elif kind == "tax_rule_published":
        added, place, same = tax(event), rules.taxes, ("jurisdiction", "level", "code", "from")
    elif kind == "calendar_published":
        added, place, same = calendar(event), rules.calendars, ("calendar", "version")
    elif kind == "policy_published":
        added, place, same = policy(event), rules.policies, ("version",)
    else:
        return
    place[:] = [old for old in place if any(old[name] != added[name] for name in same)] + [added]


def classes(numbers):
    return [CLASSES[number] for number in numbers]


def price(digits, decimals):
    return Fraction(digits, 10**decimals)


def tariff(event):
    if event.demand_periods or event.season_basis:
        raise Unsupported(f"plan {event.plan}: demand periods, or seasons by bill")
    return {
        "plan": event.plan, "version": event.version,
        "from": exported_book.date(event.effective_day), "calendar": event.calendar or None,
        "periods": [
            {"name": p.name, "windows": [window(w) for w in p.windows]} for p in event.periods],
        "components": [component(event.plan, c) for c in event.components],
    }


def window(given):
    if given.months:
        raise Unsupported("windows by month")
    return {
        "days": [DAY_CLASSES[d] for d in given.days], "season": given.season or None,
        "start": given.start_minute, "end": given.end_minute,
    }


def component(plan, given):
    kind = given.WhichOneof("kind")
    it = getattr(given, kind)
    if given.months or given.season:
        raise Unsupported(f"plan {plan}: components by month")
    made = {
        "code": given.code, "kind": kind, "title": given.title,
        "type": LINE_TYPES[given.line_type], "class": CLASSES[given.revenue_class],
    }
    if kind == "energy":
        return made | energy(plan, it)
    if kind == "demand":
        if it.by_period or it.HasField("ratchet") or len(it.ladders[0].tiers) > 1:
            raise Unsupported(f"plan {plan}: demand by period, tier or ratchet")
        tier = it.ladders[0].tiers[0]
        return made | {"price": price(tier.price, tier.decimals)}
    if kind == "percentage":
        return made | {
            "rate": price(it.rate, 9), "base": classes(it.base_classes),
            "base_components": list(it.base_components)}
    if kind not in ("fixed", "minimum", "rider") or kind != "rider" and it.term:
        raise Unsupported(f"plan {plan}: {kind}, by day or year")
    return made | {"price": price(it.price, it.decimals)}


def energy(plan, it):
    tiers = [tier for ladder in it.ladders for tier in ladder.tiers]
    bases = {tier.basis for tier in tiers if tier.HasField("limit")}
    if it.filling or len(it.ladders) != 1 or not bases <= {0, 2} or len(bases) > 1:
        raise Unsupported(f"plan {plan}: energy that is not pooled in one ladder")
    return {
        "basis": "day" if bases == {2} else "month",
        "tiers": [
            {"limit": tier.limit // 1000 if tier.HasField("limit") else None,
             "prices": [price(p, d) for p, d in zip(tier.prices, tier.decimals)]}
            for tier in tiers],
    }


def tax(event):
    return {
        "jurisdiction": event.jurisdiction, "level": LEVELS[event.level], "code": event.code,
        "from": exported_book.date(event.effective_day), "rate": price(event.rate, 9),
        "base": classes(event.base_classes),
    }


def calendar(event):
    if event.yearly_holidays:
        raise Unsupported(f"calendar {event.name}: holidays of every year")
    return {
        "calendar": event.name, "version": event.version,
        "from": exported_book.date(event.effective_day),
        "weekend": [exact_bill.WEEKDAYS[d - 1] for d in event.weekend_days],
        "holidays": {exported_book.date(h.day) for h in event.holidays},
        "seasons": sorted(((s.month, s.day), s.name) for s in event.seasons),
    }


def policy(event):
    return {
        "version": event.version, "from": exported_book.date(event.effective_day),
        "rounding": ROUNDINGS[event.rounding],
        "full_month": (event.full_month_minimum, event.full_month_maximum),
        "month_days": event.month_days, "window": event.cycle_window_days,
    }


def policies(rules, day):
    """The policies in force on `day`, or what a book begins with."""
    begun = [p for p in rules.policies if p["from"] <= day]
    return max(begun, key=lambda p: (p["from"], p["version"]), default=USUAL_POLICY)


def rest(classification, code, line_type, revenue_class, customer):
    """The ledger account of a line, and the class that reports show it in.

    The most specific line of the classification counts: one for the code before one for the type
    before one for all; of these one for the revenue class, of these one for the customer's. What is
    collected for others is covered by a line for its code, type or revenue class alone.
    """
    if classification is None:
        lines, taxes = STANDARD["lines"], STANDARD["taxes"]
    else:
        taxes = STANDARD["taxes"]
        if classification.HasField("control"):
            taxes = classification.control.taxes
        lines = [
            {"code": line.code, "class": CLASSES[line.revenue_class],
             "customer": SCOPES[line.customer_class], "ledger": line.ledger,
             "reports_as": CLASSES[line.reports_as]}
            for line in classification.lines]
    found = []
    for line in lines:
        if line["class"] not in ("", revenue_class) or line["customer"] not in ("", customer):
            continue
        if line["code"] not in ("*", code, line_type):
            continue
        by_name = 0 if line["code"] == "*" else 2 if line["code"] == code else 1
        if revenue_class == "PASS_THROUGH" and not by_name and not line["class"]:
            continue
        found.append(((by_name, line["class"] != "", line["customer"] != ""), line))
    if found:
        line = max(found, key=lambda pair: pair[0])[1]
        return line["ledger"], line["reports_as"] or revenue_class
    if revenue_class == "PASS_THROUGH":
        return taxes, revenue_class
    return rest(None, code, line_type, revenue_class, customer)
