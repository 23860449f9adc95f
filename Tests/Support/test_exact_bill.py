#!/usr/bin/env python3
"""The worked examples of the business, by the exact calculator: it too must be right."""

import datetime
import unittest
from fractions import Fraction
from zoneinfo import ZoneInfo

import exact_bill
from exact_bill import Segment, rate, split

POLICY = {"rounding": "half-away-from-zero", "full_month": (26, 35), "month_days": 30, "window": 5}


def day(text):
    return datetime.date.fromisoformat(text)


def component(code, kind, **fields):
    types = {"energy": ("ENERGY_CHARGE", "VARIABLE_ENERGY"), "fixed": ("FIXED_CHARGE", "FIXED"),
             "percentage": ("FIXED_CHARGE", "PASS_THROUGH")}
    line_type, revenue = types[kind]
    return {"code": code, "kind": kind, "title": code, "type": line_type, "class": revenue} | fields


def tiers(*prices):
    limits = [500_000, 1_000_000, None]
    entries = [{"limit": l, "prices": [Fraction(p)]} for l, p in zip(limits, prices)]
    return component("energy", "energy", basis="month", tiers=entries)


SERVICE = component("service", "fixed", price=Fraction("15.00"))
INFRASTRUCTURE = component("infrastructure", "fixed", price=Fraction("3.50"))
FRANCHISE = component("franchise", "percentage", rate=Fraction("0.03"),
                      base=exact_bill.FRANCHISE_BASE, base_components=[])
R1 = {"plan": "R1", "version": 1, "calendar": None, "periods": [],
      "components": [tiers(".09850", ".12340", ".16725"), SERVICE, INFRASTRUCTURE, FRANCHISE]}
R1_2028 = R1 | {"version": 2, "components": [tiers(".10150", ".12710", ".16725")]
                + R1["components"][1:]}
PERIODS = [
    {"name": "on-peak",
     "windows": [{"days": ["working-day"], "season": None, "start": 17 * 60, "end": 22 * 60}]},
    {"name": "off-peak", "windows": []},
]
R2 = {"plan": "R2", "version": 1, "calendar": "demo", "periods": PERIODS, "components": [
    component("energy", "energy", basis="month",
              tiers=[{"limit": None, "prices": [Fraction(".26"), Fraction(".10")]}]), SERVICE]}


def tax(level, rate):
    return {"jurisdiction": level, "level": level, "code": level, "rate": Fraction(rate),
            "base": exact_bill.TAX_BASE}


STATE_AND_CITY = [tax("state", "0.05"), tax("city", "0.015")]


class WorkedExamples(unittest.TestCase):
    def bill(self, start, end, tariff, usage, taxes):
        lines = rate([Segment(day(start), day(end), tariff, usage)], taxes, POLICY)
        return [line.amount for line in lines]

    def test_1_time_of_use(self):
        amounts = self.bill("2026-03-01", "2026-04-01", R2, [200_000, 450_000],
                            [tax("state", "0.08")])
        self.assertEqual(amounts, [5200, 4500, 1500, 896])
        self.assertEqual(sum(amounts), 12096)

    def test_2_tiers_franchise_and_taxes(self):
        amounts = self.bill("2026-03-01", "2026-04-01", R1, [1_137_000], STATE_AND_CITY)
        self.assertEqual(amounts, [4925, 6170, 2291, 1500, 457, 350, 785, 235])
        self.assertEqual(sum(amounts), 16713)

    def test_3_move_in(self):
        amounts = self.bill("2026-03-20", "2026-04-01", R1, [310_000], STATE_AND_CITY)
        self.assertEqual(sum(amounts), 4461)

    def test_4_rate_change(self):
        usage = split(870_000, [15, 14])
        segments = [Segment(day("2028-02-15"), day("2028-03-01"), R1, usage[:1]),
                    Segment(day("2028-03-01"), day("2028-03-15"), R1_2028, usage[1:])]
        lines = rate(segments, [], POLICY)
        energy = [line.amount for line in lines if line.type == "ENERGY_CHARGE"]
        self.assertEqual(energy, [2547, 2450, 2362, 2270])
        self.assertEqual(sum(energy), 9629)

    def test_5_a_day_of_25_hours(self):
        zone = ZoneInfo("Asia/Jerusalem")
        rules = exact_bill.Rules(calendars=[
            {"calendar": "demo", "version": 1, "from": day("2020-01-01"), "holidays": set(),
             "weekend": ["friday", "saturday"], "seasons": []}])
        begin = datetime.datetime(2025, 10, 26, tzinfo=zone).astimezone(datetime.timezone.utc)
        usage = [0, 0]
        for hour in range(25):
            local = (begin + datetime.timedelta(hours=hour)).astimezone(zone)
            energy = 3000 if 17 <= local.hour < 22 else 1000
            usage[exact_bill.period_at(R2, rules, local)] += energy
        self.assertEqual(usage, [15_000, 20_000])
        segment = Segment(day("2025-10-26"), day("2025-10-27"), R2, usage)
        lines = rate([segment], [], POLICY)
        energy = sum(line.amount for line in lines if line.type == "ENERGY_CHARGE")
        self.assertEqual(energy, 590)

    def test_6_rollover(self):
        register = exact_bill.Register("1", 1000, 100_000, "", 0)
        self.assertEqual(register.between(99_412, 268), 856_000)


if __name__ == "__main__":
    unittest.main()
