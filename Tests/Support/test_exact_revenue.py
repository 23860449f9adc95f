#!/usr/bin/env python3
"""The parts of the separate calculation of revenue, by cases small enough to be worked by hand."""

import datetime
import hashlib
import unittest
from types import SimpleNamespace

import exact_bill
import exact_revenue
import exact_rules
import exact_unbilled
import exported_book


def day(text):
    return datetime.date.fromisoformat(text)


def line(ledger, code="*", revenue_class=0, customer=0, reports_as=0):
    return SimpleNamespace(
        code=code, revenue_class=revenue_class, customer_class=customer, ledger=ledger,
        reports_as=reports_as)


def classification(*lines):
    return SimpleNamespace(lines=lines, HasField=lambda _: False)


# Chicago around 2026: forward on 8 March, back on 1 November.
CHICAGO = exact_rules.Zone(SimpleNamespace(
    initial_offset=-21_600, transitions=[1_772_956_800, 1_793_516_400], offsets=[-18_000, -21_600]))


class Trees(unittest.TestCase):
    def test_the_root_is_that_of_rfc_6962(self):
        def leaf(data):
            return hashlib.sha256(b"\0" + data).digest()

        def node(left, right):
            return hashlib.sha256(b"\1" + left + right).digest()

        a, b, c = map(leaf, (b"a", b"b", b"c"))
        self.assertEqual(exported_book.root([]), hashlib.sha256(b"").digest())
        self.assertEqual(exported_book.root([a]), a)
        self.assertEqual(exported_book.root([a, b, c]), node(node(a, b), c))

    def test_messages_are_preceded_by_their_lengths(self):
        long = bytes(300)
        data = b"\x02ab" + b"\x00" + b"\xac\x02" + long
        self.assertEqual(list(exported_book.messages(data)), [b"ab", b"", long])


class Days(unittest.TestCase):
    def test_quarters_begin_and_end(self):
        self.assertEqual(exact_revenue.quarter(day("2026-03-31")), "2026Q1")
        self.assertEqual(exact_revenue.quarter(day("2026-10-01")), "2026Q4")
        self.assertEqual(exact_revenue.first_day("2026Q4"), day("2026-10-01"))
        self.assertEqual(exact_revenue.end("2026Q4"), day("2027-01-01"))
        self.assertEqual(exact_revenue.end("2026Q1"), day("2026-04-01"))

    def test_midnight_is_that_of_the_pinned_zone(self):
        summer, winter = CHICAGO.midnight(day("2026-07-01")), CHICAGO.midnight(day("2026-12-01"))
        self.assertEqual(summer % 86_400, 5 * 3600)
        self.assertEqual(winter % 86_400, 6 * 3600)
        changes = CHICAGO.midnight(day("2026-03-09")) - CHICAGO.midnight(day("2026-03-08"))
        self.assertEqual(changes, 23 * 3600)


class Resting(unittest.TestCase):
    def rest(self, lines, code="service", revenue_class="FIXED", customer="residential",
             line_type="FIXED_CHARGE"):
        return exact_rules.rest(
            classification(*lines) if lines else None, code, line_type, revenue_class, customer)

    def test_the_most_specific_line_counts(self):
        every, fixed = line("1"), line("2", revenue_class=4)
        residential, by_type = line("3", customer=1), line("4", code="FIXED_CHARGE")
        by_code = line("5", code="service", reports_as=7)
        self.assertEqual(self.rest([every]), ("1", "FIXED"))
        self.assertEqual(self.rest([residential, every]), ("3", "FIXED"))
        self.assertEqual(self.rest([every, fixed, residential]), ("2", "FIXED"))
        self.assertEqual(self.rest([fixed, by_type, every]), ("4", "FIXED"))
        self.assertEqual(self.rest([by_type, by_code]), ("5", "MISC_SERVICE"))

    def test_what_is_collected_for_others_rests_apart(self):
        self.assertEqual(
            self.rest([line("1")], "US-ST/sales", "PASS_THROUGH", line_type="TAX"),
            ("241", "PASS_THROUGH"))
        self.assertEqual(
            self.rest([line("2", revenue_class=9)], "US-ST/sales", "PASS_THROUGH",
                      line_type="TAX"), ("2", "PASS_THROUGH"))

    def test_without_a_classification_the_standard_counts(self):
        self.assertEqual(self.rest([], customer="commercial"), ("442", "FIXED"))
        self.assertEqual(self.rest([], revenue_class="LATE_FEE"), ("450", "LATE_FEE"))


class Estimates(unittest.TestCase):
    def register(self, *readings):
        spec = SimpleNamespace(
            tou_period="", interval_minutes=0, HasField=lambda _: False, direction=0, dials=4,
            decimals=0, unit=0, multiplier=1)
        register = exact_unbilled.Register(spec)
        for text, value, quality in readings:
            at = CHICAGO.midnight(day(text))
            register.readings.append(exact_unbilled.Reading(at, value, quality))
        return register

    def shown(self, register, text):
        at = CHICAGO.midnight(day(text))
        return register.estimate(day(text), at, CHICAGO).value

    def test_the_last_daily_average_goes_on_half_up_and_over_the_top(self):
        register = self.register(("2026-01-01", 9_900, 0), ("2026-01-31", 9_995, 0))
        # 95 in 30 days: 3 days are 9.5, which is 10.
        self.assertEqual(self.shown(register, "2026-02-03"), 5)

    def test_estimates_are_no_measure(self):
        register = self.register(
            ("2026-01-01", 0, 0), ("2026-01-11", 100, 0), ("2026-01-21", 150, 3))
        self.assertEqual(self.shown(register, "2026-01-24"), 180)

    def test_one_reading_has_no_average(self):
        self.assertEqual(self.shown(self.register(("2026-01-01", 7, 0)), "2026-02-01"), 7)

    def test_what_lies_below_an_estimate_settles_it(self):
        register = self.register(
            ("2026-01-01", 100, 0), ("2026-01-11", 300, 3), ("2026-01-21", 250, 0))
        start, finish = register.readings[1:]
        self.assertEqual(register.between(start, finish), -50_000)


class Counting(unittest.TestCase):
    def test_a_cancelled_bill_counts_until_it_is_cancelled_as_posted_and_never_restated(self):
        bill = exact_unbilled.Invoice(
            day("2026-01-01"), day("2026-02-01"), day("2026-02-02"), day("2026-02-02"), 1, False,
            day("2026-04-05"))
        self.assertTrue(bill.counts(day("2026-04-01"), False))
        self.assertFalse(bill.counts(day("2026-07-01"), False))
        self.assertFalse(bill.counts(day("2026-02-01"), False))
        self.assertFalse(bill.counts(day("2026-04-01"), True))

    def test_its_replacement_counts_restated_from_the_first_on(self):
        bill = exact_unbilled.Invoice(
            day("2026-01-01"), day("2026-02-01"), day("2026-04-05"), day("2026-02-02"), 1, False)
        self.assertFalse(bill.counts(day("2026-04-01"), False))
        self.assertTrue(bill.counts(day("2026-04-01"), True))


class Minimums(unittest.TestCase):
    POLICY = {"rounding": "half-away-from-zero", "full_month": (26, 35), "month_days": 30}

    def component(self, kind, **fields):
        line_type, revenue = exact_bill.USUAL[kind]
        return {"code": kind, "kind": kind, "title": "", "type": line_type, "class": revenue} | fields

    def test_demand_rider_minimum_and_waiver_come_in_their_order(self):
        tariff = {"plan": "D", "components": [
            self.component("demand", price=exact_bill.Fraction("4.10")),
            self.component("rider", price=exact_bill.Fraction(".015")),
            self.component("fixed", price=exact_bill.Fraction(15)),
            self.component("minimum", price=exact_bill.Fraction(40)),
            self.component("percentage", rate=exact_bill.Fraction("0.03"),
                           base=exact_bill.FRANCHISE_BASE, base_components=[])]}
        segment = exact_bill.Segment(
            day("2026-03-01"), day("2026-04-01"), tariff, [200_000], exact_bill.Fraction("2.5"))
        made = exact_bill.rate([segment], [], self.POLICY, {"fixed"})
        # 10.25 + 3.00 + 15.00, which is waived, is 28.25: the minimum adds 11.75; 3 % of 25.00.
        self.assertEqual(
            {l.kind: (l.amount, l.waived) for l in made},
            {"demand": (1025, 0), "rider": (300, 0), "fixed": (0, 1500), "minimum": (1175, 0),
             "percentage": (75, 0)})


if __name__ == "__main__":
    unittest.main()
