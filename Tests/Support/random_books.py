"""A book whose accounts live at random for two quarters and a half, written by the command line.

One seed is one book. Rules come from random_cases.py, and a plan with demand, a rider and a minimum.
Twice a month meters are read, bills are run, customers pay or do not, and things go wrong and are put
right: see `LIFE` for what may happen to an account, and `Life.book_event` for what happens to the book:
months are closed and a quarter is filed, past bills are rated again, classifications are published.
"""

import csv
import datetime
import json
import pathlib
import random
import re
import subprocess
from zoneinfo import ZoneInfo

import exact_bill
import random_cases

DAY = datetime.timedelta(days=1)
MONTHS = 7
# What may happen to an account: the share of accounts, and the first and last turn of fourteen.
LIFE = {
    "plan_change": (0.05, 1, 11), "enrol": (0.16, 1, 12), "leave": (0.02, 4, 12),
    "exchange": (0.03, 2, 11), "smart_meter": (0.01, 3, 9), "move_out": (0.05, 3, 9),
    "after_the_end": (0.03, 8, 13), "correct": (0.10, 3, 13), "settle": (0.06, 4, 13),
    "correct_intervals": (0.02, 3, 13), "adjust": (0.06, 2, 13), "credit": (0.04, 2, 13),
    "reverse_fee": (0.03, 6, 13), "write_off": (0.03, 5, 13), "dispute": (0.04, 3, 13),
    "return_payment": (0.02, 3, 13), "payment_plan": (0.02, 4, 12), "merge": (0.015, 11, 13),
    "exempt": (0.09, 4, 12),
}
CLASSES = ["residential"] * 5 + ["commercial", "commercial", "industrial", "public-authority",
                                 "street-lighting"]
ADJUSTED = ["VARIABLE_ENERGY", "FIXED", "MISC_SERVICE", "VARIABLE_DEMAND", "CREDIT"]
FERC = """kind: classification
classification: ferc
version: {version}
from: {begins}
lines:
  - {{ class: residential, ledger: 440 }}
  - {{ class: commercial, ledger: 442 }}
  - {{ class: industrial, ledger: 442 }}
  - {{ class: street-lighting, ledger: 444 }}
  - {{ class: public-authority, ledger: 445 }}
  - {{ revenue_class: LATE_FEE, ledger: 450 }}
  - {{ revenue_class: MISC_SERVICE, ledger: 451 }}
"""
ORDER = "  - { code: infrastructure, ledger: 241, reports_as: PASS_THROUGH }\n"
LATER = ORDER + """  - { code: service, class: commercial, ledger: 442.1, reports_as: MISC_SERVICE }
  - { code: US-ST/sales, ledger: 241.1 }
  - { code: ADJUSTMENT, ledger: 449 }
"""
DEMAND = """kind: tariff
plan: D1
version: 1
from: 2020-01-01
title: Plan D1
components:
  - code: energy
    type: energy
    title: Energy
    tiers:
      - {{ up_to: 300, price: {one} }}
      - {{ price: {two} }}
  - {{ code: demand, type: demand, title: Demand, price: {three} }}
  - {{ code: fuel, type: rider, title: Fuel, price: {four} }}
  - {{ code: service, type: fixed, title: Service, price: {five} }}
  - {{ code: infrastructure, type: fixed, title: infrastructure, price: 3.50 }}
  - {{ code: fund, type: percentage, title: Fund, rate: 1.5 %, base: [VARIABLE_ENERGY, FIXED],
      line_type: RIDER, revenue_class: VARIABLE_RIDER }}
  - {{ code: least, type: minimum, title: Minimum, price: {six} }}
  - {{ code: franchise, type: percentage, title: Franchise, rate: 3 % }}
"""
PAPER = "  - { code: paper, type: fixed, title: Paper, price: 1.25, revenue_class: MISC_SERVICE }\n"


class Program:
    """The command line, on one book."""

    def __init__(self, path, book):
        self.path, self.book, self.count = path, book, 0

    def ask(self, *words):
        """Runs a command; what it says, or None where it is refused."""
        self.count += 1
        command = [self.path, *map(str, words), "--book", str(self.book), "--json"]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode == 1:
            self.refusal = done.stderr.strip() or done.stdout.strip()
            return None
        if done.returncode != 0:
            raise RuntimeError(
                f"{' '.join(command)} exits with {done.returncode}: {done.stderr.strip()}")
        return json.loads(done.stdout)

    def run(self, *words):
        """Runs a command that may not be refused."""
        answer = self.ask(*words)
        if answer is None:
            raise RuntimeError(f"{' '.join(map(str, words))} is refused: {self.refusal[:600]}")
        return answer


class Meter:
    """A meter, and what it truly shows on each day."""

    def __init__(self, name, registers, installed):
        self.name, self.registers, self.installed = name, registers, installed
        self.removed = None

    def shown(self, register, day):
        it = self.registers[register]
        value = it["values"][day] % it["modulus"]
        number = exact_bill.Fraction(value, 10 ** it["decimals"])
        return exact_bill.decimal(number)


class Account:
    """An account as its customer knows it."""

    def __init__(self, id, zone, cycle_day, start, kind, plans):
        self.id, self.zone, self.cycle_day, self.start, self.kind = id, zone, cycle_day, start, kind
        self.plans = plans
        # The meter in service, and how many there were.
        self.meter, self.meters = None, 0
        self.is_open = False
        self.stopped = None
        self.enrolled = False
        self.home, self.exemptions = [], 0
        # (day, whether it will be misread) of readings to come; misreadings to be put right, as
        # (meter, day, register, time, what it showed); days on which no reader came.
        self.readings, self.misread, self.missed = [], [], []
        # The first day whose intervals are not imported yet.
        self.measured_to = start
        self.pays, self.gaps = True, False


class Life(random_cases.Case):
    """Everything made from one seed."""

    def __init__(self, program, seed, accounts, folder):
        self.random = random.Random(f"book {seed}")
        self.seed = seed
        self.program, self.folder = program, pathlib.Path(folder)
        year = self.random.choice([2025, 2026, 2027])
        self.begin = datetime.date(year, self.random.choice([1, 4, 7, 10]), 1)
        self.months = MONTHS
        self.end = self.add_months(self.begin, MONTHS)
        self.documents, self.flat, self.by_time, self.changes = [], [], [], []
        self.make_rules()
        self.documents = [d + PAPER if "\nplan: F2\n" in d else d for d in self.documents]
        self.documents.append(DEMAND.format(
            one=self.price(.05, .4), two=self.price(.05, .4), three=self.price(1, 9),
            four=self.price(.005, .03), five=self.price(0, 30), six=self.price(160, 300)))
        self.accounts = [self.make_one(f"{1_000_000_001 + i}", i) for i in range(accounts)]
        self.today = self.begin
        self.invoices = []
        self.refused = {}
        self.payments, self.paid = [], set()
        self.filed = None

    # Rules

    def make_policies(self):
        self.documents.append(
            "kind: policy\nversion: 1\nfrom: 2020-01-01\n"
            f"rounding: {self.random.choice(random_cases.ROUNDINGS)}\n"
            "proration: { full_month: 26-35, month_days: 30 }\ncycle_window_days: 5\n"
            "plausible_kwh_per_day: { default: 100000 }\n"
            "late_fee: { amount: 5.00, after_days: 15, grace_hours: 24 }\n"
            "estimation: { method: daily-average, days: 30, bills_in_a_row: 2 }\n"
            "promotions:\n"
            "  - { code: welcome, title: Welcome, waives: service, bills: 2 }\n"
            "  - { code: thanks, title: Thanks, waives: franchise, bills: 3 }\n")

    def publish(self, name, documents):
        path = self.folder / f"{name}.yaml"
        path.write_text("---\n".join(documents), encoding="utf-8")
        return path

    # Accounts

    def make_one(self, id, index):
        zone = self.random.choice(random_cases.ZONES[:7])
        kind = self.random.choices(["flat", "registers", "intervals"], [6, 3, .7])[0]
        # One of each kind is there whatever chance says, the last on the plan with demand.
        if index < 3:
            kind = ["flat", "registers", "intervals"][index]
        plans = {"flat": self.flat, "registers": self.flat + self.by_time[:3],
                 "intervals": self.flat + self.by_time + ["D1", "D1"]}[kind]
        cycle_day = self.random.randrange(1, 29)
        start = self.begin - DAY * self.random.randrange(0, 40)
        if index >= 3 and self.chance(0.12):
            start = self.begin + DAY * self.random.randrange(10, 150)
        if index == 2:
            plans = ["D1"]
        account = Account(id, zone, cycle_day, start, kind, plans)
        account.pays = not self.chance(0.2)
        account.plan = self.random.choice(plans)
        account.gaps = index != 2 and self.chance(0.2)
        if kind == "intervals":
            account.meter = self.interval_meter(account, start)
        else:
            names = ["on-peak", "off-peak"] if kind == "registers" else ["1"]
            account.meter = self.dial_meter(account, names, start)
            self.plan_readings(account)
        return account

    def dial_meter(self, account, names, installed):
        registers = {}
        for name in names:
            dials, decimals = self.random.choice([4, 5, 6]), self.random.choice([0, 0, 1, 2])
            modulus = 10 ** (dials + decimals)
            value = self.random.randrange(modulus)
            most = self.random.choice([3, 10, 30, 60])
            values = {}
            day = installed
            while day < self.end + 40 * DAY:
                values[day] = value
                value += self.random.randrange(most // 2, most) * 10**decimals
                value += self.random.randrange(10**decimals)
                day += DAY
            registers[name] = {
                "dials": dials, "decimals": decimals, "modulus": modulus, "values": values,
                "multiplier": self.random.choice([1, 1, 1, 10])}
        account.meters += 1
        return Meter(f"M-{account.id}-{account.meters}", registers, installed)

    def interval_meter(self, account, installed):
        account.kind = "intervals"
        account.measured_to = installed
        account.meters += 1
        return Meter(f"M-{account.id}-{account.meters}", {}, installed)

    def plan_readings(self, account):
        """The days on which a reader comes, who misreads some and misses some."""
        cycle = exact_bill.cycle_date_after(account.meter.installed + 6 * DAY, account.cycle_day)
        while cycle < self.end:
            if self.chance(0.06):
                account.missed.append(cycle)
            else:
                day = cycle + DAY * self.random.randrange(-2, 3)
                account.readings.append((day, self.chance(0.12)))
            if self.chance(0.1):
                account.readings.append((cycle + DAY * self.random.randrange(9, 16), False))
            cycle = exact_bill.cycle_date_after(cycle, account.cycle_day)

    # Files

    def file(self, name, rows):
        path = self.folder / f"{name}.csv"
        with open(path, "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        return path

    def take_in(self, kind, rows, everything=True):
        """Imports rows; unless some may wait for review, all must be taken."""
        if rows:
            report = self.program.run(
                "import", kind, self.file(kind, rows), *self.now, *self.who)
            if everything and report["accepted"] != len(rows):
                raise RuntimeError(f"{kind}: {report}")

    who = ("--actor", "check", "--reason", "life")

    def meter_rows(self, account, meter, at):
        common = {"meter": meter.name, "account": account.id, "unit": "kWh", "installed_at": at}
        if not meter.registers:
            return [common | {
                "register": "load", "dials": "", "decimals": "", "multiplier": "", "period": "",
                "interval_minutes": 60, "start_reading": ""}]
        return [
            common | {
                "register": name, "dials": it["dials"], "decimals": it["decimals"],
                "multiplier": it["multiplier"], "interval_minutes": "",
                "period": name if name != "1" else "",
                "start_reading": meter.shown(name, meter.installed)}
            for name, it in meter.registers.items()]

    def reading_rows(self, account, day, is_misread):
        time = self.moment(day, self.random.randrange(6, 20), 15, account.zone)
        rows = []
        for name, it in account.meter.registers.items():
            shown = account.meter.shown(name, day)
            if is_misread:
                off = self.random.randrange(1, 4 * 10 ** it["decimals"])
                value = (it["values"][day] + off) % it["modulus"]
                wrong = exact_bill.decimal(exact_bill.Fraction(value, 10 ** it["decimals"]))
                account.misread.append((account.meter, day, name, time, shown))
                shown = wrong
            rows.append({
                "meter": account.meter.name, "register": name if name != "1" else "", "time": time,
                "value": shown, "quality": ""})
        return rows

    def interval_rows(self, account, until):
        zone = ZoneInfo(account.zone)
        meter = account.meter

        def instant(day, hour=0):
            local = datetime.datetime(day.year, day.month, day.day, hour, tzinfo=zone)
            return local.astimezone(datetime.timezone.utc)

        first = account.measured_to
        # A meter that takes over from dials is installed at eleven.
        at = instant(first, 11 if account.meters > 1 and first == meter.installed else 0)
        rows = []
        while at < instant(until):
            # An hour that is missing keeps the account from being billed for ever.
            if not account.gaps or not self.chance(0.0005):
                rows.append({
                    "meter": meter.name, "start": at.isoformat(),
                    "kwh": f"0.{self.random.randrange(1000):03d}",
                    "quality": "estimated" if self.chance(0.01) else ""})
            at += datetime.timedelta(hours=1)
        account.measured_to = until
        return rows

    # What happens

    def live(self):
        """Writes the book, from its opening to the middle of the third quarter."""
        self.program.run("init", "--simulated", "--clock", f"{self.begin - 50 * DAY}T00:00:00Z")
        rules = self.documents + [FERC.format(version=1, begins="2020-01-01")]
        self.program.run("rules", "publish", self.publish("rules", rules), *self.who)
        chosen = {turn: [] for turn in range(14)}
        for name, (share, first, last) in LIFE.items():
            for _ in range(max(4, round(share * len(self.accounts)))):
                chosen[self.random.randrange(first, last + 1)].append(name)
        for turn in range(14):
            self.turn(turn, chosen[turn])

    def turn(self, turn, chosen):
        month = self.add_months(self.begin, turn // 2)
        self.today = month + DAY * (2 if turn % 2 == 0 else 17)
        if turn == 0:
            self.today = month + 5 * DAY
        self.now = ("--clock", f"{self.today}T15:00:00Z")
        self.open_accounts()
        self.measure()
        self.program.run("bill", "--through", self.today - 2 * DAY, *self.now, *self.who)
        self.invoices = self.program.run("invoice", "list", "--limit", 0)["invoices"]
        self.receive()
        self.random.shuffle(chosen)
        for name in chosen:
            self.try_several(name)
        self.program.run("late-fees", "run", *self.who)
        self.book_event(turn)

    def open_accounts(self):
        opened, meters = [], []
        for account in self.accounts:
            if account.is_open or account.start > self.today - 2 * DAY:
                continue
            account.is_open = True
            account.home = self.random.sample(
                ["US-ST", "US-ST-CO", "US-ST-CITY"], self.random.randrange(4))
            opened.append({
                "account": account.id, "class": self.random.choice(CLASSES), "zone": account.zone,
                "jurisdictions": ";".join(account.home), "cycle_day": account.cycle_day,
                "days_until_due": 14, "service_point": f"SP-{account.id}", "plan": account.plan,
                "service_start": account.start,
                "sector": self.random.choice(["private", "private", "agency", ""])})
            at = account.start
            if account.meter.registers:
                at = self.moment(account.start, self.random.randrange(6, 20), 30, account.zone)
            meters += self.meter_rows(account, account.meter, at)
        self.take_in("accounts", opened)
        self.take_in("meters", meters)

    def measure(self):
        readings, intervals = [], []
        for account in self.accounts:
            if not account.is_open or account.stopped:
                continue
            if account.kind == "intervals":
                intervals += self.interval_rows(account, self.today - DAY)
                continue
            due = [r for r in account.readings if r[0] <= self.today - 2 * DAY]
            account.readings = [r for r in account.readings if r[0] > self.today - 2 * DAY]
            for day, is_misread in sorted(due):
                if day > account.meter.installed:
                    readings += self.reading_rows(account, day, is_misread)
        self.take_in("readings", readings, everything=False)
        self.take_in("intervals", intervals, everything=False)

    def receive(self):
        """Payments of what was billed since, some in part, some of a month before."""
        rows = []
        for invoice in self.invoices:
            account = self.account(invoice["account"])
            if not account.pays or invoice["number"] in self.paid or self.chance(0.2):
                continue
            total = exact_bill.Fraction(invoice["total"])
            if total <= 0:
                continue
            self.paid.add(invoice["number"])
            amount = total if self.chance(0.8) else total / 2
            cents = max(1, int(amount * 100))
            back = self.random.choice([0, 0, 0, 1, 3, 20, 50])
            reference = f"P-{invoice['number']}"
            rows.append({
                "account": account.id, "amount": exact_bill.text(cents),
                "received": max(self.today - DAY * (1 + back), account.start),
                "reference": reference, "invoice": ""})
            self.payments.append((account.id, reference))
        self.take_in("payments", rows, everything=False)

    def account(self, id):
        return self.accounts[int(id) - 1_000_000_001]

    def try_several(self, name):
        for _ in range(8):
            self.program.refusal = "no account for it"
            if getattr(self, name)():
                return
        self.refused[name] = self.program.refusal

    def ask(self, *words):
        return self.program.ask(*words, *self.who) is not None

    def some(self, condition):
        """An account that is served, and for which `condition` holds; None if chance finds none."""
        for _ in range(40):
            account = self.random.choice(self.accounts)
            if account.is_open and not account.stopped and condition(account):
                return account
        return None

    def bill_of(self, condition=lambda invoice: True):
        """An invoice at random, as it was listed after the last bill run."""
        found = [i for i in self.random.sample(self.invoices, min(60, len(self.invoices)))
                 if condition(i)]
        return found[0] if found else None

    # What may happen to an account

    def plan_change(self):
        account = self.some(lambda a: len(a.plans) > 1)
        plan = self.random.choice([p for p in account.plans if p != account.plan])
        begins = self.today + DAY * self.random.randrange(1, 25)
        if self.ask("account", "plan", account.id, plan, "--from", begins):
            account.plan = plan
            return True
        return False

    def enrol(self):
        account = self.some(lambda a: not a.enrolled)
        account.enrolled = self.random.choice(["welcome", "welcome", "thanks"])
        return self.ask(
            "account", "enrol", account.id, account.enrolled, "--from",
            self.today - DAY * self.random.randrange(0, 40))

    def leave(self):
        account = self.some(lambda a: a.enrolled)
        return account and self.ask("account", "leave", account.id, account.enrolled)

    def exempt(self):
        """An exemption from a jurisdiction's taxes, often of bills that were made; or its end."""
        account = self.some(lambda a: a.home and a.exemptions < 2)
        if account.exemptions:
            words = ["--end", 1, "--on", self.today - DAY * 5]
        else:
            words = ["--jurisdiction", account.home[0], "--certificate", f"C-{account.id}", "--from",
                     self.today - DAY * self.random.randrange(20, 100)]
        if not self.ask("account", "exempt", account.id, *words):
            return False
        account.exemptions += 1
        return self.ask("rebill", account.id)

    def remove_meter(self, account, day, hour):
        words = []
        for name in account.meter.registers:
            shown = account.meter.shown(name, day)
            words += ["--reading", shown if name == "1" else f"{name}={shown}"]
        return self.ask(
            "meter", "remove", account.meter.name, "--at", f"{day}T{hour}:00", *words)

    def exchange(self):
        account = self.some(lambda a: a.kind != "intervals" and a.meter.installed < self.today - 9 * DAY)
        day = self.today - DAY
        if not account or not self.remove_meter(account, day, "10"):
            return False
        account.meter = self.dial_meter(account, list(account.meter.registers), day)
        rows = self.meter_rows(account, account.meter, f"{day}T11:00")
        self.take_in("meters", rows)
        account.readings = [r for r in account.readings if r[0] > day]
        return True

    def smart_meter(self):
        account = self.some(lambda a: a.kind == "flat" and a.meter.installed < self.today - 9 * DAY)
        day = self.today - DAY
        if not account or not self.remove_meter(account, day, "10"):
            return False
        account.meter = self.interval_meter(account, day)
        self.take_in("meters", self.meter_rows(account, account.meter, f"{day}T11:00"))
        return True

    def move_out(self):
        account = self.some(lambda a: a.start < self.today - 45 * DAY)
        if not account:
            return False
        day = self.today - DAY
        if account.kind == "intervals":
            day = account.measured_to
        elif not self.remove_meter(account, day, "12"):
            return False
        account.stopped = day
        return self.ask("account", "stop", account.id, "--day", day)

    def after_the_end(self):
        """A charge or credit for whom no bill follows: a statement of its own."""
        gone = [a for a in self.accounts if a.stopped]
        account = self.random.choice(gone) if gone else None
        if not account:
            return False
        if self.chance(0.3):
            self.ask("account", "close", account.id, "--day", self.today - DAY)
        return self.ask(
            "adjust", account.id, "--amount", self.amount(), "--class",
            self.random.choice(ADJUSTED), "--approver", "dana")

    def merge(self):
        gone = [a for a in self.accounts if a.stopped]
        if not gone:
            return False
        account, other = self.random.choice(gone), self.some(lambda a: True)
        merged = self.ask("account", "merge", account.id, "--into", other.id)
        if merged and self.chance(0.3):
            self.ask("account", "unmerge", account.id)
        return merged

    def correct(self):
        """A misread register is put right; the bills follow at once, or at the next occasion."""
        account = self.some(lambda a: a.misread)
        if not account:
            return False
        meter, day, name, time, shown = account.misread.pop(0)
        words = ["reading", "correct", meter.name, "--at", time, "--value", shown]
        if not self.ask(*words, *([] if name == "1" else ["--register", name])):
            return False
        if self.chance(0.3):
            for invoice in self.invoices:
                if invoice["account"] == account.id and invoice["period"]["end"] == str(day):
                    self.ask("write-off", invoice["number"], "--approver", "dana")
        return self.chance(0.15) or self.ask("rebill", account.id)

    def settle(self):
        """The actual reading of a day that was estimated, or just a bill by what is known now."""
        account = self.some(lambda a: a.kind != "intervals" and any(
            a.meter.installed < d < self.today - 12 * DAY for d in a.missed))
        if not account:
            return False
        day = account.missed.pop(0)
        if day > account.meter.installed and self.chance(0.5):
            rows = [
                {"meter": account.meter.name, "register": name if name != "1" else "", "time": day,
                 "value": account.meter.shown(name, day), "quality": "actual"}
                for name in account.meter.registers]
            self.take_in("readings", rows, everything=False)
        return self.ask("rebill", account.id)

    def correct_intervals(self):
        account = self.some(
            lambda a: a.kind == "intervals" and a.measured_to > a.meter.installed + 20 * DAY)
        if not account:
            return False
        day = account.measured_to - DAY * self.random.randrange(2, 18)
        rows = [
            {"meter": account.meter.name, "start": f"{day}T{hour:02d}:00",
             "kwh": f"0.{self.random.randrange(1000):03d}"} for hour in range(9, 14)]
        corrected = self.ask("intervals", "correct", self.file("correction", rows))
        return corrected and self.ask("rebill", account.id)

    def amount(self):
        cents = self.random.randrange(-4000, 4000) or 1
        return exact_bill.text(cents)

    def adjust(self):
        account = self.some(lambda a: True)
        invoice = self.bill_of(lambda i: i["account"] == account.id)
        about = ["--invoice", invoice["number"]] if invoice and self.chance(0.7) else []
        return self.ask(
            "adjust", account.id, "--amount", self.amount(), "--class",
            self.random.choice(ADJUSTED), "--approver", "dana", *about)

    def credit(self):
        account = self.some(lambda a: True)
        return self.ask("credit", account.id, "--amount", exact_bill.text(
            self.random.randrange(1, 3000)), "--approver", "dana")

    def reverse_fee(self):
        invoice = self.bill_of(lambda i: not self.account(i["account"]).pays)
        return invoice and self.ask("late-fees", "reverse", invoice["number"])

    def write_off(self):
        invoice = self.bill_of(lambda i: not self.account(i["account"]).pays)
        return invoice and self.ask("write-off", invoice["number"], "--approver", "dana")

    def dispute(self):
        invoice = self.bill_of(lambda i: not self.account(i["account"]).pays)
        if not invoice or not self.ask("dispute", "open", invoice["number"]):
            return False
        outcome = self.random.choice(["upheld", "upheld", "denied", "withdrawn"])
        words = ["dispute", "resolve", invoice["number"], "--as", outcome, "--approver", "dana"]
        if outcome == "upheld":
            words += ["--amount", "7.50", "--class", self.random.choice(ADJUSTED[:3])]
        return self.ask(*words)

    def return_payment(self):
        if not self.payments:
            return False
        account, reference = self.random.choice(self.payments)
        return self.ask(
            "payment", "return", reference, "--account", account, "--day", self.today - DAY,
            "--why", "insufficient funds")

    def payment_plan(self):
        account = self.some(lambda a: not a.pays)
        return account and self.ask(
            "plan", "start", account.id, f"{self.today + 20 * DAY}=10.00")

    # What happens to the book

    def book_event(self, turn):
        """Months are closed and a quarter is filed; rules turn out wrong; orders are published."""
        if turn == 7:
            for month in range(3):
                self.program.run(
                    "close", f"{self.add_months(self.begin, month):%Y-%m}", *self.who)
            name = f"{self.begin.year}Q{(self.begin.month + 2) // 3}"
            self.filed = self.program.run("file", "produce", name, *self.who)["filings"][0]
        elif turn == 8:
            self.rerate(self.commonest()[1], "adjustments")
        elif turn == 9:
            begins = self.add_months(self.begin, 4)
            self.program.run("rules", "publish", self.publish(
                "order", [FERC.format(version=2, begins=begins) + ORDER]), *self.who)
        elif turn == 10:
            self.rerate(self.commonest()[0], "rebills")
        elif turn == 11:
            self.program.run("rules", "publish", self.publish(
                "later", [FERC.format(version=3, begins=self.begin + 40 * DAY) + LATER]), *self.who)
            self.program.run("projection", "promote", "revenue@4", *self.who)
            if self.chance(0.5):
                self.program.run("projection", "promote", "revenue@3", *self.who)

    def commonest(self):
        """The plans without time of use, those of most accounts first."""
        on = [account.plan for account in self.accounts]
        return sorted(self.flat, key=lambda plan: (-on.count(plan), plan))

    def rerate(self, plan, how):
        """A plan's first version was wrong from its first day."""
        versions = [d for d in self.documents if f"\nplan: {plan}\n" in d]
        right = re.sub(r"version: \d+", f"version: {len(versions) + 1}", versions[0])
        right = re.sub(r"price: \d*\.\d+", lambda _: f"price: {self.price(.05, .4)}", right)
        self.documents.append(right)
        self.program.run(
            "rerate", "--rules", self.publish(f"right-{plan}", [right]), "--from", self.begin,
            "--to", self.today, "--post", "--as", how, *self.who)
