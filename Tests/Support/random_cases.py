#!/usr/bin/env python3
"""Rules, accounts and readings made at random, and the invoices that follow from them.

    random_cases.py --seed 7 --accounts 200 --out FOLDER

FOLDER gets rules/*.yaml, accounts.csv, meters.csv, readings.csv and intervals.csv as the program
reads them, and expected.json as exact_bill.py answers. The same seed gives the same bytes. Covered:
tiers by month and by day, time of use on registers and intervals, pooled tiers, seasons, holidays,
weekends of other countries, clocks that change, proration of first and odd periods, rate changes and
plan changes inside a period (measured and split), registers that roll over, multipliers and decimals,
franchise fees that change, taxes that change, every rounding policy, missing readings and intervals.
"""

import argparse
import csv
import datetime
import json
import pathlib
import random
from zoneinfo import ZoneInfo

import exact_bill

DAY = datetime.timedelta(days=1)
ZONES = [
    "America/Chicago", "America/New_York", "America/Los_Angeles", "Asia/Jerusalem",
    "Europe/London", "Australia/Lord_Howe", "Asia/Kolkata", "America/Havana",
]
ROUNDINGS = ["half-away-from-zero", "half-even", "down", "up"]
WINDOW = 5


class Case:
    """Everything made from one seed."""

    def __init__(self, seed, accounts):
        self.random = random.Random(seed)
        self.seed = seed
        year = self.random.choice([2025, 2026, 2027, 2028])
        self.begin = datetime.date(year, self.random.choice([1, 2, 3, 6, 9, 10]), 1)
        self.months = self.random.choice([3, 4, 5])
        self.end = self.add_months(self.begin, self.months)
        self.documents = []
        self.flat, self.by_time = [], []
        self.changes = []
        self.make_rules()
        self.rows = {"accounts": [], "meters": [], "readings": [], "intervals": []}
        for index in range(accounts):
            self.make_account(f"{1_000_000_001 + index}")

    # Small choices

    def chance(self, probability):
        return self.random.random() < probability

    def add_months(self, day, months):
        index = day.year * 12 + day.month - 1 + months
        return datetime.date(index // 12, index % 12 + 1, day.day)

    def day_inside(self):
        """A day on which a rule changes, away from the horizon's ends."""
        return self.begin + DAY * self.random.randrange(20, (self.end - self.begin).days - 5)

    def price(self, low, high):
        places = self.random.choice([2, 3, 5, 5, 5, 7, 12])
        value = self.random.randrange(int(low * 10**places), int(high * 10**places) + 1)
        digits = str(value).rjust(places + 1, "0")
        whole, rest = digits[:-places], digits[-places:]
        return ("" if whole == "0" and self.chance(0.5) else whole) + "." + rest

    def percent(self, high):
        value = self.random.randrange(1, high * 1000)
        return f"{value // 1000}.{value % 1000:03d} %"

    # Rules

    def make_rules(self):
        self.documents += [
            f"""kind: calendar
calendar: west
version: 1
from: 2020-01-01
weekend: [saturday, sunday]
holidays:
  - {{ date: {self.day_inside()}, name: Founders' Day }}
  - {self.begin + DAY * 17}
seasons:
  - {{ name: summer, from: 06-01 }}
  - {{ name: winter, from: 10-16 }}
""",
            """kind: calendar
calendar: east
version: 1
from: 2020-01-01
weekend: [friday, saturday]
""",
        ]
        for plan in ["F1", "F2", "F3"]:
            self.make_plan(plan, [])
            self.flat.append(plan)
        for plan in ["T1", "T2", "T3"]:
            self.make_plan(plan, ["on-peak", "off-peak"])
            self.by_time.append(plan)
        self.make_plan("T4", ["peak", "shoulder", "night"])
        self.by_time.append("T4")
        self.make_taxes()
        self.make_policies()

    def make_plan(self, plan, periods):
        calendar = self.random.choice(["west", "east"])
        windows = self.windows(periods, calendar)
        franchise = self.percent(6) if self.chance(0.7) else None
        fixed = [("service", self.price(0, 30))]
        if self.chance(0.6):
            fixed.append(("infrastructure", self.price(0, 9)))
        basis = self.random.choice(["month", "month", "day"])
        tiers = self.tiers(periods, basis)
        versions = [datetime.date(2020, 1, 1)]
        while len(versions) < 3 and self.chance(0.6):
            change = self.day_inside()
            if change > versions[-1]:
                versions.append(change)
                self.changes.append(change)
        for number, begins in enumerate(versions, 1):
            if number > 1:
                tiers = self.tiers(periods, basis)
                if self.chance(0.4):
                    fixed[0] = ("service", self.price(0, 30))
                if len(fixed) > 1 and self.chance(0.2):
                    fixed.pop()
                if franchise and self.chance(0.3):
                    franchise = self.percent(6)
            lines = [
                "kind: tariff", f"plan: {plan}", f"version: {number}", f"from: {begins}",
                f"title: Plan {plan}",
            ]
            if periods:
                lines += [f"calendar: {calendar}", "periods:"] + windows
            lines += ["components:", "  - code: energy", "    type: energy", "    title: Energy"]
            lines += tiers
            for code, price in fixed:
                lines.append(f"  - {{ code: {code}, type: fixed, title: {code}, price: {price} }}")
            if franchise:
                lines.append(
                    f"  - {{ code: franchise, type: percentage, title: Franchise fee, rate: {franchise} }}")
            if plan == "F3":
                lines.append(
                    "  - { code: relief, type: percentage, title: Relief fund, rate: 1.25 %, base: [],"
                    " base_components: [service" + (", franchise" if franchise else "")
                    + "], line_type: RIDER, revenue_class: VARIABLE_RIDER }")
            self.documents.append("\n".join(lines) + "\n")

    def windows(self, periods, calendar):
        if not periods:
            return []
        start = self.random.randrange(12, 18)
        end = start + self.random.randrange(2, 6)
        half = self.random.choice(["00", "30"])
        entry = f"{{ days: [working-day], hours: '{start}:{half}-{end}:{half}'"
        if calendar == "west" and self.chance(0.5):
            peak = [f"      - {entry}, season: summer }}",
                    f"      - {{ days: [working-day], hours: '06:15-09:45', season: winter }}"]
        elif self.chance(0.3):
            peak = [f"      - {{ days: [monday, wednesday, friday], hours: '{start}:00-{end}:00' }}"]
        else:
            peak = [f"      - {entry} }}"]
        lines = [f"  - name: {periods[0]}", "    windows:"] + peak
        if len(periods) == 3:
            lines += [f"  - name: {periods[1]}", f"  - name: {periods[2]}", "    windows:",
                      "      - { hours: '00:00-05:00' }",
                      "      - { days: [rest-day], hours: '23:00-24:00' }"]
        else:
            lines.append(f"  - name: {periods[1]}")
        return lines

    def tiers(self, periods, basis):
        def prices():
            if not periods or self.chance(0.1):
                return f"price: {self.price(0.05, 0.4)}"
            each = ", ".join(f"{name}: {self.price(0.05, 0.4)}" for name in periods)
            return f"prices: {{ {each} }}"

        count = self.random.choice([1, 1, 2, 3, 4])
        if count == 1:
            return [f"    {prices()}"]
        common = prices()
        is_single = common.startswith("price:")
        limit = 0
        lines = [f"    basis: {basis}", "    tiers:"]
        for index in range(count):
            text = prices()
            while text.startswith("price:") != is_single:
                text = prices()
            if index == count - 1:
                lines.append(f"      - {{ {text} }}")
            else:
                most = 600_000 if basis == "month" else 20_000
                limit += self.random.choice([500_000 if basis == "month" else 10_000,
                                             self.random.randrange(1, most)])
                number = exact_bill.decimal(exact_bill.Fraction(limit, 1000))
                lines.append(f"      - {{ up_to: {number}, {text} }}")
        return lines

    def make_taxes(self):
        for jurisdiction, level, code in [
            ("US-ST", "state", "sales"), ("US-ST", "state", "energy"),
            ("US-ST-CO", "county", "transit"), ("US-ST-CITY", "city", "utility"),
        ]:
            begins = datetime.date(2020, 1, 1)
            base = "base: [VARIABLE_ENERGY, VARIABLE_RIDER]\n" if code == "energy" else ""
            self.documents.append(
                f"kind: tax\njurisdiction: {jurisdiction}\nlevel: {level}\ncode: {code}\n"
                f"from: {begins}\nrate: {self.percent(9)}\n{base}")
            if self.chance(0.5):
                rate = "0" if self.chance(0.2) else self.percent(9)
                self.documents.append(
                    f"kind: tax\njurisdiction: {jurisdiction}\nlevel: {level}\ncode: {code}\n"
                    f"from: {self.day_inside()}\nrate: {rate}\n{base}")

    def make_policies(self):
        begins = [datetime.date(2020, 1, 1)]
        if self.chance(0.4):
            begins.append(self.day_inside())
        for number, day in enumerate(begins, 1):
            rounding = self.random.choice(["half-away-from-zero"] * 3 + ROUNDINGS)
            self.documents.append(
                f"kind: policy\nversion: {number}\nfrom: {day}\nrounding: {rounding}\n"
                "proration: { full_month: 26-35, month_days: 30 }\n"
                f"cycle_window_days: {WINDOW}\nplausible_kwh_per_day: {{ default: 100000 }}\n")

    # Accounts

    def make_account(self, id):
        cycle_day = self.random.randrange(1, 29)
        # At least six days before the cycle date, so that it lies beyond the window.
        first_cycle = exact_bill.cycle_date_after(self.begin, cycle_day)
        start = first_cycle - DAY * self.random.randrange(WINDOW + 1, 33)
        jurisdictions = self.random.sample(
            ["US-ST", "US-ST-CO", "US-ST-CITY"], self.random.randrange(0, 4))
        zone = self.random.choice(ZONES)
        kind = self.random.choices(["flat", "registers", "intervals"], [5, 3, 1])[0]
        # A meter with one register can be on a time-of-use plan by mistake: it cannot be billed.
        plans = self.flat if kind == "flat" and not self.chance(0.03) else self.flat + self.by_time[:3]
        if kind == "intervals":
            plans = self.flat + self.by_time
        chosen = [(start, self.random.choice(plans))]
        if self.chance(0.25):
            chosen.append((self.day_inside(), self.random.choice(plans)))
        for begins, plan in chosen:
            if begins < start:
                continue
            self.rows["accounts"].append({
                "account": id, "class": "residential", "zone": zone,
                "jurisdictions": ";".join(jurisdictions), "cycle_day": cycle_day,
                "days_until_due": 21, "service_point": f"SP-{id}", "plan": plan,
                "service_start": start, "plan_from": begins})
        if kind == "intervals":
            self.make_intervals(id, zone, start)
        else:
            self.make_readings(id, zone, start, first_cycle, kind == "registers")

    def moment(self, day, hour, minute, zone):
        """A time as people write it: local, or with its offset, or in UTC."""
        local = datetime.datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo(zone))
        style = self.random.randrange(3)
        if style == 0:
            return local.strftime("%Y-%m-%dT%H:%M")
        if style == 1:
            return local.isoformat()
        return local.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")

    def reading_days(self, start, first_cycle):
        """The days after the first on which a reader comes, without what is forgotten."""
        days = set()
        cycle = first_cycle
        while cycle <= self.end:
            if not self.chance(0.03):
                days.add(cycle + DAY * self.random.randrange(-2, 3))
            cycle = exact_bill.cycle_date_after(cycle, first_cycle.day)
        extra = [day for day in self.changes if self.chance(0.3)]
        extra += [self.day_inside() for _ in range(self.random.randrange(0, 2))]
        for day in extra:
            # Never so near a cycle reading that two could close one period.
            if day > start and all(abs((day - other).days) >= 4 for other in days):
                days.add(day)
        return sorted(days)

    def make_readings(self, id, zone, start, first_cycle, is_by_time):
        meter = f"M-{id}"
        registers = ["on-peak", "off-peak"] if is_by_time else ["1"]
        installed = self.moment(start, self.random.randrange(6, 20), 30, zone)
        days = self.reading_days(start, first_cycle)
        times = [self.moment(day, self.random.randrange(6, 20), 15, zone) for day in days]
        for name in registers:
            dials = self.random.choice([4, 5, 5, 6])
            decimals = self.random.choice([0, 0, 0, 1, 2, 3])
            multiplier = self.random.choice([1, 1, 1, 1, 10, 40])
            modulus = 10 ** (dials + decimals)
            value = self.random.randrange(modulus)
            if self.chance(0.3):
                value = modulus - self.random.randrange(1, 200 * 10**decimals)

            def shown():
                number = exact_bill.Fraction(value, 10**decimals)
                return exact_bill.decimal(number).rjust(dials if decimals == 0 else 1, "0")

            self.rows["meters"].append({
                "meter": meter, "account": id, "register": name, "unit": "kWh", "dials": dials,
                "decimals": decimals, "multiplier": multiplier,
                "period": name if is_by_time else "", "interval_minutes": "",
                "installed_at": installed, "start_reading": shown()})
            before = start
            for day, time in zip(days, times):
                most = (day - before).days * self.random.choice([0, 5, 15, 40, 80])
                before = day
                value = (value + self.random.randrange(most * 10**decimals + 1)) % modulus
                self.rows["readings"].append({
                    "meter": meter, "register": name if is_by_time else "", "time": time,
                    "value": shown(), "quality": self.random.choice(["", "actual", "customer"])})

    def make_intervals(self, id, zone, start):
        meter = f"M-{id}"
        minutes = self.random.choice([15, 30, 60, 60, 60])
        self.rows["meters"].append({
            "meter": meter, "account": id, "register": "load", "unit": "kWh", "dials": "",
            "decimals": "", "multiplier": "", "period": "", "interval_minutes": minutes,
            "installed_at": start.isoformat(), "start_reading": ""})
        local = ZoneInfo(zone)
        first = datetime.datetime(start.year, start.month, start.day, tzinfo=local)
        moment = first.astimezone(datetime.timezone.utc)
        last = datetime.datetime(self.end.year, self.end.month, self.end.day, tzinfo=local)
        # Aware datetimes of one zone subtract by the clock on the wall: count in UTC instead.
        count = int((last.astimezone(datetime.timezone.utc) - moment).total_seconds()) // 60 // minutes
        missing = self.random.randrange(count) if self.chance(0.05) else None
        is_offset = self.chance(0.5)
        for index in range(count):
            if index != missing:
                stamp = moment.astimezone(local) if is_offset else moment
                value = exact_bill.Fraction(self.random.randrange(0, 60 * minutes), 1000)
                self.rows["intervals"].append({
                    "meter": meter, "start": stamp.isoformat(), "kwh": exact_bill.decimal(value)})
            moment += datetime.timedelta(minutes=minutes)

    # Files

    def write(self, folder):
        folder = pathlib.Path(folder)
        (folder / "rules").mkdir(parents=True, exist_ok=True)
        for kind in ["calendar", "tariff", "tax", "policy"]:
            chosen = [d for d in self.documents if d.startswith(f"kind: {kind}\n")]
            path = folder / "rules" / f"{kind}.yaml"
            path.write_text("---\n".join(chosen), encoding="utf-8")
        for name, rows in self.rows.items():
            columns = list(rows[0]) if rows else {
                "readings": ["meter", "register", "time", "value", "quality"],
                "intervals": ["meter", "start", "kwh"],
            }[name]
            with open(folder / f"{name}.csv", "w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, columns, lineterminator="\n")
                writer.writeheader()
                writer.writerows(rows)
        # Past the last cycle's window, so that no period is half there.
        through = self.end
        answer = {"seed": self.seed} | exact_bill.bill_all(
            exact_bill.load_rules(folder / "rules"), exact_bill.load_accounts(folder), through)
        path = folder / "expected.json"
        path.write_text(json.dumps(answer, indent=1) + "\n", encoding="utf-8")
        return answer


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--accounts", type=int, default=100)
    parser.add_argument("--out", required=True, help="the folder to write")
    options = parser.parse_args()
    answer = Case(options.seed, options.accounts).write(options.out)
    lines = sum(len(invoice["lines"]) for invoice in answer["invoices"])
    print(
        f"seed {options.seed}: {options.accounts} accounts, {len(answer['invoices'])} invoices, "
        f"{lines} lines, {len(answer['blocked'])} blocked, through {answer['through']}")


if __name__ == "__main__":
    main()
