#!/usr/bin/env python3
"""The exact calculator of loads, by examples worked by hand, and over real data if there is any."""

import contextlib
import datetime
import io
import os
import pathlib
import unittest
from fractions import Fraction

import exact_rate
import load_fixture
from exact_rate import rate

HALVES = [{"name": "night", "windows": [{"hours": "00:00-12:00"}]}, {"name": "day"}]
EARLY = [{"name": "early", "windows": [{"hours": "00:00-06:00"}]}, {"name": "late"}]


def month(values, number=2, year=2018, minutes=60):
    """A February (or another month) of intervals: `values` first, then zeros."""
    begin = datetime.datetime(year, number, 1)
    end = datetime.datetime(year + number // 12, number % 12 + 1, 1)
    step = datetime.timedelta(minutes=minutes)
    filled = [Fraction(v) for v in values]
    filled += [Fraction(0)] * ((end - begin) // step - len(values))
    return [(begin + i * step, v) for i, v in enumerate(filled)]


def energy(*tiers, **more):
    """Energy at tiers, each its price and, but for the last, where it ends."""
    return {"type": "energy", "code": "energy", "tiers": [
        {"price": str(price)} | ({"up_to": str(end[0])} if end else {}) for price, *end in tiers],
        **more}


def tariff(*components, periods=()):
    return exact_rate.read_tariff({"components": list(components), "periods": list(periods)})


def found(given, load, minutes=60, **more):
    more.setdefault("exact", True)
    return [m.result() for m in rate(given, load, minutes, **more)]


class Tiers(unittest.TestCase):
    def test_a_total_equal_to_the_limit_stays_below(self):
        given = tariff(energy((1, 10), (2,)))
        self.assertEqual(found(given, month([10]))[0]["energy"], 10)
        self.assertEqual(found(given, month([11]))[0]["energy"], 12)

    def test_limits_count_days_and_the_peak(self):
        daily = tariff(energy((1, 1), (2,), basis="day"))
        self.assertEqual(found(daily, month([30]))[0]["energy"], 28 + 2 * 2)
        peak = tariff(energy((1, 2), (2,), basis="kw"))
        self.assertEqual(found(peak, month([4, 6]))[0]["energy"], 10)
        self.assertEqual(found(peak, month([6, 6, 6]))[0]["energy"], 12 + 2 * 6)
        both = tariff(energy((1, Fraction(1, 14)), (2,), basis="kw-day"))
        self.assertEqual(found(both, month([4, 6]))[0]["energy"], 10)
        self.assertEqual(found(both, month([6, 6, 6]))[0]["energy"], 12 + 2 * 6)

    def test_pooled_each_period_takes_its_share_of_every_tier(self):
        tiers = [{"prices": {"night": "1", "day": "3"}, "up_to": "8"},
                 {"prices": {"night": "2", "day": "4"}}]
        load = month([4] + [0] * 11 + [12])
        for filling, amount in [("pooled", 2 * 1 + 2 * 2 + 6 * 3 + 6 * 4),
                                ("separate", 4 * 1 + 8 * 3 + 4 * 4)]:
            part = {"type": "energy", "code": "e", "tiers": tiers, "filling": filling}
            self.assertEqual(found(tariff(part, periods=HALVES), load)[0]["energy"], amount)


class Exports(unittest.TestCase):
    def test_net_billing_fills_tiers_apart(self):
        sold = energy((Fraction(1, 2), 3), (Fraction(1, 4),)) | {"type": "net-billing"}
        given = tariff(energy((1, 3), (2,), filling="by-interval"), sold)
        month_found = found(given, month([2, -4, 2]))[0]
        self.assertEqual(month_found["energy"], 2 + 1 + 2 - Fraction(3, 2) - Fraction(1, 4))
        self.assertEqual((month_found["import_kwh"], month_found["export_kwh"]), (4, 4))

    def test_a_surplus_follows_its_hour_and_december_loses_it(self):
        part = {"type": "energy", "code": "e", "tiers": [{"prices": {"early": "1", "late": "9"}}]}
        given = tariff(part, periods=EARLY)
        given["components"].append(exact_rate.netting())
        load = month([0] * 7 + [-5], 1) + month([0] * 7 + [7], 2)
        self.assertEqual([m["energy"] for m in found(given, load)], [0, 18])
        load = month([-5], 12) + month([7], 1, 2019)
        self.assertEqual([m["energy"] for m in found(given, load)], [0, 7])


class Charges(unittest.TestCase):
    def test_days_are_an_average_month_or_those_there_are(self):
        given = tariff(energy((0,)), {"type": "fixed", "code": "f", "price": "12", "per": "day"})
        self.assertEqual(found(given, month([]))[0]["fixed"], 365)
        self.assertEqual(found(given, month([]), exact=False)[0]["fixed"], 12 * 28)

    def test_minimums_of_a_month_and_of_a_year(self):
        least = {"type": "minimum", "code": "m", "price": "5"}
        given = tariff(energy((1,)), least)
        self.assertEqual(found(given, month([2]))[0]["minimum_topup"], 3)
        self.assertEqual(found(given, month([7]))[0]["minimum_topup"], 0)
        yearly = {"type": "minimum", "code": "y", "price": "100", "per": "year"}
        both = found(tariff(energy((1,)), least, yearly), month([2], 11) + month([7], 12))
        self.assertEqual([m["minimum_topup"] for m in both], [3, 100 - 9])

    def test_demand_is_the_greatest_interval_times_the_intervals_an_hour(self):
        given = tariff(energy((0,)), {"type": "demand", "code": "d", "tiers": [
            {"price": "1", "up_to": "10"}, {"price": "2"}]})
        load = month([3, -20], minutes=15)
        self.assertEqual(found(given, load, 15)[0]["demand_flat"], 10 + 2 * 2)


class Files(unittest.TestCase):
    def test_the_fixture_is_what_the_calculator_computes(self):
        path = load_fixture.FOLDER / "expected.json"
        self.assertEqual(path.read_text(), load_fixture.lines(load_fixture.expected()) + "\n")

    @unittest.skipUnless(os.environ.get("METERBOOK_REAL_DATA"), "set METERBOOK_REAL_DATA")
    def test_expected_bills_of_others_agree(self):
        with contextlib.redirect_stdout(io.StringIO()) as told:
            worst = exact_rate.check(pathlib.Path(os.environ["METERBOOK_REAL_DATA"]))
        self.assertGreaterEqual(len(told.getvalue().splitlines()), 27)
        self.assertLessEqual(worst, Fraction(1, 10**6))


if __name__ == "__main__":
    unittest.main()
