"""A second opinion on the quarterly report: what the events of a book come to, in whole cents.

Written from the description of the report, apart from the program. It reads the first entries of a
book (exported_book.py) and knows nothing else: rules are events too. What is served and not billed is
rated by exact_unbilled.py.
"""

import datetime
from collections import defaultdict
from dataclasses import dataclass, field

import exact_bill
import exact_rules
import exact_unbilled
import exported_book

POSTED, RESTATED = "posted", "restated"
# What a cell is of, and what is said of it: cents, mWh, mW and bills.
DIMENSIONS = (
    "jurisdiction", "sector", "customer_class", "rate_plan", "revenue_class", "ledger_account")
SUMS = (
    "gross_billed", "cancelled", "rebilled", "prior_period_rebilled", "waived", "unbilled_at_open",
    "unbilled_at_close", "kwh_billed", "kwh_unbilled", "kw_billed", "bills")
REASONS = {
    0: "reading-corrected", 2: "estimate-settled", 3: "rule-changed", 4: "earlier-invoice",
    5: "decided", 6: "exemption"}
PARTS = {
    "FIXED": "Fixed", "MINIMUM": "Fixed", "VARIABLE_ENERGY": "Variable",
    "VARIABLE_DEMAND": "Variable", "VARIABLE_RIDER": "Variable"}


class Contradiction(Exception):
    """The events of a book say something that their own history does not."""


def quarter(day):
    """As `2026Q1`."""
    return f"{day.year}Q{(day.month + 2) // 3}"


def first_day(name):
    return datetime.date(int(name[:4]), 3 * int(name[5]) - 2, 1)


def end(name):
    """The day after a quarter's last."""
    return (first_day(name) + datetime.timedelta(days=100)).replace(day=1)


@dataclass
class Line:
    """A line of an invoice that was issued, or, negated, of one that was cancelled."""

    code: str
    type: str
    revenue_class: str
    amount: int
    waived: int
    jurisdiction: str
    plan: str
    # mWh and mW, counted once a segment.
    energy: int = 0
    power: int = 0


@dataclass
class Movement:
    """An invoice issued or cancelled: of which day it is posted, and of which day restated."""

    position: int
    account: str
    how: str
    posted: datetime.date
    restated: datetime.date
    # The day issued, which picks the classification.
    issued: datetime.date
    invoice: object
    lines: list
    reason: str = ""


@dataclass
class Issued:
    """What the account's own history says of an invoice."""

    day: datetime.date
    first: datetime.date
    charges: list


def described(charge):
    """What a charge says in words, and its numbers, which a cancellation negates."""
    numbers = (charge.quantity, charge.thousandths, charge.amount, charge.waived)
    words = (
        charge.component, charge.tier, charge.period, charge.tax, charge.segment,
        charge.further_segments, charge.type, charge.waived_by, charge.reference, getattr(
            charge, "class"), charge.about)
    return words, numbers


class Book:
    """The first entries of a book, and what they come to."""

    def __init__(self, entries):
        self.entries = entries
        self.size = len(entries)
        self.rulebook = exact_rules.Rulebook.of(entries)
        self.root = exported_book.root([entry.leaf for entry in entries])
        self.moment = entries[-1].recorded_at if entries else 0
        self.accounts = exact_unbilled.accounts(entries, self.rulebook)
        # What was made once: tariffs and taxes of invoices, where lines rest, what was unbilled.
        self.frames = {}
        self.rests = {}
        self.served = {}
        self.movements = list(self.find_movements())

    # What was billed

    def find_movements(self):
        """Every invoice that was issued or cancelled, with its lines."""
        history = {}
        for entry in self.entries:
            if entry.kind != exported_book.ACCOUNT:
                continue
            charges = []
            cancelled = {}
            for kind, event in entry.events:
                if kind == "charge_recorded":
                    charges.append(event)
                elif kind == "invoice_issued":
                    key = (entry.stream, event.ordinal)
                    before = history.get((entry.stream, event.replaces))
                    first = before.first if before else entry.day
                    history[key] = Issued(entry.day, first, charges)
                    how = "rebilled" if event.replaces else "gross_billed"
                    yield Movement(
                        entry.position, entry.stream, how, entry.day, first, entry.day, event,
                        self.lines(event, charges), cancelled.get(event.replaces, ""))
                    charges = []
                elif kind == "invoice_cancelled":
                    it = history[(entry.stream, event.invoice.ordinal)]
                    self.check_cancellation(entry, event, charges, it)
                    reason = cancelled[event.invoice.ordinal] = REASONS[event.reason]
                    yield Movement(
                        entry.position, entry.stream, "cancelled", entry.day, it.first, it.day,
                        event.invoice, self.lines(event.invoice, charges), reason)
                    charges = []

    @staticmethod
    def check_cancellation(entry, event, charges, issued):
        """A cancellation says the days of its invoice's history, and negates its lines exactly."""
        said = (exported_book.date(event.issued_day), exported_book.date(event.first_day))
        if said != (issued.day, issued.first):
            raise Contradiction(
                f"entry {entry.position}: the invoice was issued on {issued.day}, first on "
                f"{issued.first}; the cancellation says {said}")
        was = [described(charge) for charge in issued.charges]
        negated = [(words, tuple(-n for n in numbers)) for words, numbers in map(described, charges)]
        if was != negated:
            raise Contradiction(f"entry {entry.position}: the cancellation is no exact negation")

    def frame(self, invoice):
        """The tariff of each segment of an invoice, and its taxes."""
        key = (
            invoice.rules, invoice.end_day, invoice.days, invoice.plan,
            tuple(invoice.earlier_plans), tuple(invoice.plan_days), tuple(invoice.jurisdictions))
        if key not in self.frames:
            rules = self.rulebook.rules(invoice.rules)
            stop = exported_book.date(invoice.end_day)
            start = stop - datetime.timedelta(days=invoice.days)
            begins = [start] + [start + datetime.timedelta(days=d) for d in invoice.plan_days]
            plans = list(zip(begins, [*invoice.earlier_plans, invoice.plan]))
            account = exact_unbilled.OnPlans(plans)
            try:
                segments = exact_bill.spans(rules, account, start, stop)
            except exact_bill.Unbillable:
                if not invoice.is_statement:
                    raise
                segments = []
            taxes = rules.taxes_on(
                list(invoice.jurisdictions), stop - datetime.timedelta(days=1))
            self.frames[key] = [segment.tariff for segment in segments], taxes
        return self.frames[key]

    def lines(self, invoice, charges):
        tariffs, taxes = self.frame(invoice)
        home = invoice.jurisdictions[0] if invoice.jurisdictions else ""
        made = []
        for charge in charges:
            line = Line("", "", "", charge.amount, charge.waived, home, invoice.plan)
            if charge.tax:
                tax = taxes[charge.tax - 1]
                line.code = f"{tax['jurisdiction']}/{tax['code']}"
                line.type, line.revenue_class = "TAX", "PASS_THROUGH"
                line.jurisdiction = tax["jurisdiction"]
            elif charge.type:
                line.type = exact_rules.LINE_TYPES[charge.type]
                line.revenue_class = exact_rules.CLASSES[getattr(charge, "class")]
            else:
                tariff = tariffs[charge.segment]
                component = tariff["components"][charge.component]
                line.code, line.type = component["code"], component["type"]
                line.revenue_class, line.plan = component["class"], tariff["plan"]
                quantity = 1000 * charge.quantity + charge.thousandths
                kind = component["kind"]
                firsts = [c for c in tariff["components"] if c["kind"] == kind]
                if component is firsts[0] and kind == "energy":
                    line.energy = quantity
                elif component is firsts[0] and kind == "demand":
                    line.power = quantity
            made.append(line)
        return made

    # What was served and not billed

    def unbilled(self, close, view, moment):
        """By account the bill over what was unbilled at the beginning of a day, and what cannot be
        rated; at the present, where that is earlier."""
        key = close, view, moment
        if key not in self.served:
            rules = self.rulebook.rules(self.rulebook.version)
            self.served[key] = [
                (account, day, exact_unbilled.bills(account, day, view == RESTATED, rules))
                for account in self.accounts.values()
                if account.details is not None
                for day in [close if moment is None else min(close, account.day(moment))]]
        return self.served[key]

    # The report

    def report(self, name, view, version, moment):
        """The cells of a quarter's report by `revenue@version`, and everything else it says.

        `moment`: the present, where the quarter may not be over; None where it is.
        """
        report = Report()
        for movement in self.movements:
            report.take(self, movement, name, view, version)
        for day, column in ((first_day(name), "unbilled_at_open"), (end(name), "unbilled_at_close")):
            for account, close, (bills, obstacle) in self.unbilled(day, view, moment):
                for bill in bills:
                    report.take_unbilled(self, account, close, bill, column, version)
                if obstacle and column == "unbilled_at_close":
                    report.obstacles[obstacle] += 1
        for account in self.accounts.values():
            report.count_meters(account, name, moment)
        return report

    def billed(self, movement, name, view, version):
        """By class, the cents that one movement bills in a quarter."""
        sums = defaultdict(int)
        if quarter(getattr(movement, view)) == name:
            for line in movement.lines:
                sums[self.rest_of(movement, line, version)[1]] += line.amount
        return sums

    def rest_of(self, movement, line, version):
        customer = getattr(movement.invoice, "class")
        return self.rest(
            movement.issued, line.code, line.type, line.revenue_class, customer, version)

    def rest(self, issued, code, line_type, revenue_class, customer, version):
        """The ledger account and the class that `revenue@version` has a line of a bill of a day in."""
        key = issued, code, line_type, revenue_class, customer, version
        if key not in self.rests:
            self.rests[key] = exact_rules.rest(
                self.rulebook.classification(issued, version - 1), code, line_type, revenue_class,
                exact_rules.CUSTOMERS[customer])
        return self.rests[key]


@dataclass
class Report:
    """The report of a quarter: its cells, bills and customers, and whose days cannot be rated."""

    cells: dict = field(default_factory=lambda: defaultdict(lambda: dict.fromkeys(SUMS, 0)))
    bills: dict = field(default_factory=lambda: defaultdict(int))
    meters: dict = field(default_factory=lambda: defaultdict(int))
    obstacles: dict = field(default_factory=lambda: defaultdict(int))

    def take(self, book, movement, name, view, version):
        """Adds an invoice that was issued or cancelled, if the view has it in the quarter."""
        if quarter(getattr(movement, view)) != name:
            return
        invoice = movement.invoice
        customer = exact_rules.CUSTOMERS[getattr(invoice, "class")]
        is_prior = quarter(movement.posted) != quarter(movement.restated)
        counted = set()
        for line in movement.lines:
            ledger, revenue_class = book.rest_of(movement, line, version)
            key = (line.jurisdiction, invoice.sector, customer, line.plan, revenue_class, ledger)
            cell = self.cells[key]
            cell[movement.how] += line.amount
            if movement.how == "rebilled" and is_prior and view == POSTED:
                cell["prior_period_rebilled"] += line.amount
            cell["waived"] += line.waived
            cell["kwh_billed"] += line.energy
            cell["kw_billed"] += line.power
            if key not in counted:
                cell["bills"] += -1 if movement.how == "cancelled" else 1
            counted.add(key)
        if not invoice.is_statement:
            home = invoice.jurisdictions[0] if invoice.jurisdictions else ""
            key = home, invoice.sector, customer, invoice.plan
            self.bills[key] += -1 if movement.how == "cancelled" else 1

    def take_unbilled(self, book, account, close, bill, column, version):
        """Adds a bill that is never issued: what is collected for others is no revenue."""
        last = close - datetime.timedelta(days=1)
        customer = exact_rules.CUSTOMERS[getattr(account.details, "class")]
        for line in bill.lines:
            ledger, revenue_class = book.rest(
                last, line.component, line.type, line.revenue_class,
                getattr(account.details, "class"), version)
            if revenue_class == "PASS_THROUGH":
                continue
            tariff = bill.segments[line.first].tariff
            key = (account.home, account.details.sector, customer, tariff["plan"], revenue_class,
                   ledger)
            cell = self.cells[key]
            cell[column] += line.amount
            energies = [c["code"] for c in tariff["components"] if c["kind"] == "energy"]
            if column == "unbilled_at_close" and energies[:1] == [line.component]:
                cell["kwh_unbilled"] += 1000 * line.energy

    def count_meters(self, account, name, moment):
        """Counts an account at the end of each month at which a meter serves it."""
        month = first_day(name)
        while month < end(name):
            month = (month + datetime.timedelta(days=32)).replace(day=1)
            last = month - datetime.timedelta(days=1)
            is_past = moment is None or last < account.day(moment) if account.details else False
            if is_past and account.is_metered(last):
                customer = exact_rules.CUSTOMERS[getattr(account.details, "class")]
                key = account.home, account.details.sector, customer, account.plan(last)
                self.meters[key] += 1


def net(cell):
    return cell["gross_billed"] + cell["cancelled"] + cell["rebilled"]


def earned(cell):
    return net(cell) - cell["unbilled_at_open"] + cell["unbilled_at_close"]


def by_class(report, amount):
    """The sum of an amount over the cells of each class."""
    sums = defaultdict(int)
    for key, cell in report.cells.items():
        sums[key[4]] += amount(cell)
    return sums


def bridge(book, name, filed, version, live):
    """What each cause moves, by class, from a filing to what is known now.

    `filed`: the filing's size and view; `version`: of revenue, that it was filed by; `live`: the one
    that answers now.
    """
    size, view = filed
    steps = defaultdict(lambda: defaultdict(int))

    def add(cause, sign, movement, view, version):
        for revenue_class, cents in book.billed(movement, name, view, version).items():
            steps[cause][revenue_class] += sign * cents

    for movement in book.movements:
        is_since = movement.position >= size
        cause = movement.reason or ("issued-since" if is_since else "")
        if cause:
            add(cause, 1, movement, RESTATED, version)
            if not is_since:
                add(cause, -1, movement, view, version)
        add("reclassified", 1, movement, RESTATED, live)
        add("reclassified", -1, movement, RESTATED, version)
    return steps
