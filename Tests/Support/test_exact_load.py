#!/usr/bin/env python3
"""The exact calculator of loads, by examples worked by hand, and over real data if there is any."""

import datetime
import os
import pathlib
import unittest
from fractions import Fraction

import exact_load
import load_fixture
from exact_load import Rate, Structure, Tier, rate

HOURS = [[0] * 24 for _ in range(12)]


def month(values, number=2, year=2018):
    """A February (or another month) of hours: `values` first, then zeros."""
    begin = datetime.datetime(year, number, 1)
    end = datetime.datetime(year + number // 12, number % 12 + 1, 1)
    count = int((end - begin) / datetime.timedelta(hours=1))
    filled = [Fraction(v) for v in values] + [Fraction(0)] * (count - len(values))
    return [(begin + datetime.timedelta(hours=i), v) for i, v in enumerate(filled)]


def flat(*tiers, **more):
    return Rate(Structure([[Tier(*t) for t in tiers]], HOURS, HOURS), **more)


class Tiers(unittest.TestCase):
    def test_a_total_equal_to_the_limit_stays_below(self):
        tariff = flat((Fraction(10), "kWh", Fraction(1)), (None, "kWh", Fraction(2)))
        self.assertEqual(rate(tariff, month([10]), 1)[0]["energy"], 10)
        self.assertEqual(rate(tariff, month([11]), 1)[0]["energy"], 12)

    def test_limits_count_days_and_the_peak(self):
        daily = flat((Fraction(1), "kWh daily", Fraction(1)), (None, "kWh", Fraction(2)))
        self.assertEqual(rate(daily, month([30]), 1)[0]["energy"], 28 + 2 * 2)
        peak = flat((Fraction(2), "kWh/kW", Fraction(1)), (None, "kWh", Fraction(2)))
        self.assertEqual(rate(peak, month([4, 6]), 1)[0]["energy"], 10)
        self.assertEqual(rate(peak, month([6, 6, 6]), 1)[0]["energy"], 12 + 2 * 6)

    def test_pooled_each_period_takes_its_share_of_every_tier(self):
        rows = [[0] * 12 + [1] * 12 for _ in range(12)]
        tiers = [[Tier(Fraction(8), "kWh", Fraction(p)), Tier(None, "kWh", Fraction(q))]
                 for p, q in [(1, 2), (3, 4)]]
        tariff = Rate(Structure(tiers, rows, rows))
        load = month([4] + [0] * 11 + [12])
        self.assertEqual(rate(tariff, load, 1)[0]["energy"], 2 * 1 + 2 * 2 + 6 * 3 + 6 * 4)
        tariff.filling = "separate"
        self.assertEqual(rate(tariff, load, 1)[0]["energy"], 4 * 1 + 8 * 3 + 4 * 4)


class Exports(unittest.TestCase):
    def test_net_billing_fills_tiers_apart(self):
        tariff = flat((Fraction(3), "kWh", Fraction(1), Fraction(1, 2)),
                      (None, "kWh", Fraction(2), Fraction(1, 4)))
        found = rate(tariff, month([2, -4, 2]), 1, "net-billing")[0]
        self.assertEqual(found["energy"], 2 + 1 + 2 - Fraction(3, 2) - Fraction(1, 4))
        self.assertEqual((found["import_kwh"], found["export_kwh"]), (4, 4))

    def test_a_surplus_follows_its_hour_and_december_loses_it(self):
        rows = [[0] * 6 + [1] * 18 for _ in range(12)]
        tiers = [[Tier(None, "kWh", Fraction(price))] for price in (1, 9)]
        tariff = Rate(Structure(tiers, rows, rows))
        load = month([0] * 7 + [-5], 1) + month([0] * 7 + [7], 2)
        self.assertEqual([m["energy"] for m in rate(tariff, load, 1)], [0, 18])
        load = month([-5], 12) + month([7], 1, 2019)
        self.assertEqual([m["energy"] for m in rate(tariff, load, 1)], [0, 7])


class Charges(unittest.TestCase):
    def test_days_are_an_average_month_or_those_there_are(self):
        tariff = flat((None, "kWh", Fraction(0)), fixed=[(Fraction(12), "$/day")])
        self.assertEqual(rate(tariff, month([]), 1)[0]["fixed"], 365)
        self.assertEqual(rate(tariff, month([]), 1, cents=True)[0]["fixed"], 12 * 28)

    def test_minimums_of_a_month_and_of_a_year(self):
        tariff = flat((None, "kWh", Fraction(1)), minimums=[(Fraction(5), "$/month")])
        self.assertEqual(rate(tariff, month([2]), 1)[0]["minimum_topup"], 3)
        self.assertEqual(rate(tariff, month([7]), 1)[0]["minimum_topup"], 0)
        tariff.minimums.append((Fraction(100), "$/year"))
        found = rate(tariff, month([2], 11) + month([7], 12), 1)
        self.assertEqual([m["minimum_topup"] for m in found], [3, 100 - 9])

    def test_demand_is_the_greatest_interval_times_the_intervals_an_hour(self):
        tariff = flat((None, "kWh", Fraction(0)))
        tiers = [Tier(Fraction(10), "kW", Fraction(1)), Tier(None, "kW", Fraction(2))]
        tariff.flat = Structure([tiers], HOURS, HOURS)
        self.assertEqual(rate(tariff, month([3, -20]), 4)[0]["demand_flat"], 10 + 2 * 2)


class Files(unittest.TestCase):
    def test_the_fixture_is_what_the_calculator_computes(self):
        path = load_fixture.FOLDER / "expected.json"
        self.assertEqual(path.read_text(), load_fixture.lines(load_fixture.expected()) + "\n")

    @unittest.skipUnless(os.environ.get("METERBOOK_REAL_DATA"), "set METERBOOK_REAL_DATA")
    def test_expected_bills_of_others_agree(self):
        count, worst = exact_load.check(pathlib.Path(os.environ["METERBOOK_REAL_DATA"]))
        self.assertGreaterEqual(count, 324)
        self.assertLessEqual(worst, Fraction(1, 10**6))


if __name__ == "__main__":
    unittest.main()
