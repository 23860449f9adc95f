"""What accounts were served and had not been billed at a close, in exact fractions.

An account is folded from its own events; its unbilled days are rated by exact_bill.py, as a bill over
just them. What a register shows at the close is, unless it was read that day, its last reading and its
last measured daily average times the days since, half a unit of its last decimal counting as one;
intervals count as far as they were measured.
"""

import bisect
import datetime
from dataclasses import dataclass, field
from fractions import Fraction

import exact_bill
import exact_rules
import exported_book

DAY = datetime.timedelta(days=1)
ESTIMATED, SUBSTITUTED = 3, 4


@dataclass
class Bill:
    """A bill that is never issued, without taxes."""

    segments: list
    lines: list


@dataclass
class OnPlans:
    """What exact_bill.spans reads of an account: the plans by their first days."""

    plans: list


@dataclass
class Reading:
    at: int
    value: int
    quality: int
    is_questioned: bool = False

    @property
    def is_measured(self):
        return self.quality not in (ESTIMATED, SUBSTITUTED) and not self.is_questioned


class Register:
    """A register or an interval channel, as its meter's installation describes it."""

    def __init__(self, spec):
        self.period = spec.tou_period or None
        self.minutes = spec.interval_minutes if spec.HasField("interval_minutes") else 0
        self.is_import = not spec.direction
        self.modulus = 10 ** (spec.dials + spec.decimals)
        scale = 1 if spec.unit else 1000
        self.unit = Fraction(scale * spec.multiplier, 10**spec.decimals)
        self.readings = []
        # By the first instant of each event: the Wh and the quality of each of its intervals.
        self.blocks = {}
        self.sorted = None

    def usage(self, start, finish):
        """Wh between two values, of which the second may have rolled over."""
        return int((finish - start) % self.modulus * self.unit)

    def last(self, before):
        """The last reading before an instant that may be billed; None if there is none."""
        found = None
        for reading in self.readings:
            if reading.at < before and not reading.is_questioned:
                found = reading
        return found

    def between(self, start, finish):
        """Wh between two readings; what lies below an estimate settles it, and is no rollover."""
        if finish.value < start.value and start.quality in (ESTIMATED, SUBSTITUTED):
            measured = [r for r in self.readings if r.at < start.at and r.is_measured]
            if measured:
                actual = measured[-1].value
                return self.usage(actual, finish.value) - self.usage(actual, start.value)
        return self.usage(start.value, finish.value)

    def estimate(self, day, moment, zone):
        """What it would show at the beginning of a day, at its last measured daily average."""
        last = self.last(moment)
        if last is None:
            return None
        value = last.value
        measured = [r for r in self.readings if r.at <= last.at and r.is_measured]
        if measured:
            latest = zone.day(measured[-1].at)
            earlier = [r for r in measured if zone.day(r.at) <= latest - DAY]
            first = earlier[-1] if earlier else measured[0]
            length = (latest - zone.day(first.at)).days
            if length > 0:
                span = measured[measured.index(first) :]
                used = sum((b.value - a.value) % self.modulus for a, b in zip(span, span[1:]))
                days = (day - zone.day(last.at)).days
                more = Fraction(used * days, length) + Fraction(1, 2)
                value = (last.value + more.numerator // more.denominator) % self.modulus
        return Reading(moment, value, ESTIMATED)

    def intervals(self, low, high):
        """(begin, Wh, quality) of the intervals that begin between two instants, by time."""
        if self.sorted is None:
            self.sorted = sorted(
                (begin + index * self.minutes * 60, value, quality)
                for begin, (values, qualities) in self.blocks.items()
                for index, (value, quality) in enumerate(zip(values, qualities)))
        begins = [bisect.bisect_left(self.sorted, (at,)) for at in (low, high)]
        return self.sorted[begins[0] : begins[1]]


class Meter:
    def __init__(self, event):
        self.installed = event.at
        self.removed = None
        self.registers = [Register(spec) for spec in event.registers]
        self.is_by_intervals = any(r.minutes and r.is_import for r in self.registers)
        self.is_by_dials = not self.is_by_intervals and any(
            not r.minutes and r.is_import for r in self.registers)

    def dials(self):
        return [r for r in self.registers if not r.minutes and r.is_import]

    def channels(self):
        return [r for r in self.registers if r.minutes and r.is_import]


@dataclass
class Invoice:
    start: datetime.date
    end: datetime.date
    posted: datetime.date
    # The day the first of those that replaced one another was posted.
    first: datetime.date
    root: int
    is_statement: bool
    cancelled: datetime.date = None

    def counts(self, close, is_restated):
        """Whether it bills its days at a close, as posted or restated."""
        if self.is_statement:
            return False
        if is_restated:
            return self.cancelled is None and self.first < close
        return self.posted < close and not (self.cancelled and self.cancelled < close)


@dataclass
class Promotion:
    component: str
    bills: int
    begins: datetime.date
    ended: datetime.date = None
    # The first of each bill that has a slot: its replacements keep it.
    slots: list = field(default_factory=list)

    def takes(self, end):
        return self.ended is None and len(self.slots) < self.bills and end > self.begins


@dataclass
class Account:
    """The fold of an account's events, as far as what is unbilled depends on it."""

    zones: dict
    details: object = None
    served: datetime.date = None
    stopped: datetime.date = None
    plans: dict = field(default_factory=dict)
    meters: list = field(default_factory=list)
    invoices: dict = field(default_factory=dict)
    promotions: list = field(default_factory=list)

    @property
    def zone(self):
        return self.zones[self.details.zone]

    @property
    def home(self):
        """The first jurisdiction, whose commission the report goes to."""
        return self.details.jurisdictions[0] if self.details.jurisdictions else ""

    def day(self, moment):
        """The local date of a moment, in microseconds since 1970."""
        return self.zone.day(moment // 1_000_000)

    def plan(self, day):
        begun = [begins for begins in self.plans if begins <= day]
        return self.plans[max(begun)] if begun else ""

    def is_metered(self, day):
        """Whether the account is served by a meter at the end of a day."""
        if self.served is None or self.served > day:
            return False
        if self.stopped is not None and self.stopped <= day:
            return False
        end = self.zone.midnight(day + DAY)
        return any(m.installed < end and (m.removed is None or m.removed >= end) for m in self.meters)

    # Folding

    def register(self, event):
        return self.meters[event.meter].registers[event.register]

    def apply(self, kind, event, entry):
        apply = getattr(self, "apply_" + kind, None)
        if apply:
            apply(event, entry)

    def apply_account_opened(self, event, _):
        self.details = event

    def apply_service_started(self, event, _):
        self.served = exported_book.date(event.day)

    def apply_service_stopped(self, event, _):
        self.stopped = exported_book.date(event.day)

    def apply_rate_plan_assigned(self, event, _):
        self.plans[exported_book.date(event.from_day)] = event.plan

    def apply_meter_installed(self, event, _):
        self.meters.append(Meter(event))

    def apply_meter_removed(self, event, _):
        self.meters[event.meter].removed = event.at

    def apply_reading_recorded(self, event, _):
        readings = self.register(event).readings
        place = bisect.bisect_right([r.at for r in readings], event.at)
        readings.insert(place, Reading(event.at, event.value, event.quality))

    def apply_reading_corrected(self, event, _):
        readings = self.register(event).readings
        place = max(i for i, r in enumerate(readings) if r.at == event.at)
        readings[place] = Reading(event.at, event.value, event.quality)

    def question(self, event, is_questioned):
        readings = self.register(event).readings
        place = max(i for i, r in enumerate(readings) if r.at == event.at)
        readings[place].is_questioned = is_questioned

    def apply_reading_questioned(self, event, _):
        self.question(event, True)

    def apply_reading_accepted(self, event, _):
        self.question(event, False)

    def apply_intervals_recorded(self, event, _):
        qualities = []
        for quality, count in zip(event.qualities[::2], event.qualities[1::2]):
            qualities += [quality] * count
        scale = Fraction(1, 10**event.decimals)
        self.register(event).sorted = None
        self.register(event).blocks[event.start] = (
            [value * scale for value in event.values], qualities or [0] * len(event.values))

    def apply_intervals_corrected(self, event, entry):
        if event.start not in self.register(event).blocks:
            raise ValueError(f"entry {entry.position} corrects intervals that were not recorded")
        self.apply_intervals_recorded(event, entry)

    def apply_invoice_issued(self, event, entry):
        end = exported_book.date(event.end_day)
        before = self.invoices.get(event.replaces)
        self.invoices[event.ordinal] = Invoice(
            end - DAY * event.days, end, entry.day, before.first if before else entry.day,
            before.root if before else event.ordinal, event.is_statement)
        for promotion in self.promotions:
            if not event.is_statement and not before and promotion.takes(end):
                promotion.slots.append(event.ordinal)

    def apply_invoice_cancelled(self, event, entry):
        self.invoices[event.invoice.ordinal].cancelled = entry.day

    def apply_promotion_enrolled(self, event, _):
        self.promotions.append(
            Promotion(event.component, event.bills, exported_book.date(event.from_day)))

    def apply_promotion_ended(self, event, _):
        self.promotions[event.promotion - 1].ended = exported_book.date(event.day)


def accounts(entries, rulebook):
    """Every account, by its name."""
    found = {}
    for entry in entries:
        if entry.kind == exported_book.ACCOUNT:
            account = found.setdefault(entry.stream, Account(rulebook.zones))
            for kind, event in entry.events:
                account.apply(kind, event, entry)
    return found


# Which days


def uncovered(account, close, is_restated):
    """The stretches of days before a close that were served and are on no invoice that counts."""
    if account.served is None:
        return
    zone = account.zone
    last = close if account.stopped is None else min(account.stopped, close)
    start = account.served
    if account.meters:
        meter = min(account.meters, key=lambda m: m.installed)
        installed = zone.day(meter.installed)
        start = installed if meter.is_by_dials else max(start, installed)
    billed = sorted(
        (i.start, i.end) for i in account.invoices.values() if i.counts(close, is_restated))
    for begin, end in billed + [(last, last)]:
        until = min(begin, last)
        while start < until:
            is_by_intervals = any(
                m.is_by_intervals and zone.day(m.installed) <= start
                and not (m.removed is not None and zone.day(m.removed) <= start)
                for m in account.meters)
            # A meter of the other kind takes over.
            changes = [
                zone.day(m.installed) for m in account.meters
                if (m.is_by_dials if is_by_intervals else m.is_by_intervals)
                and start < zone.day(m.installed) < until]
            stop = min(changes, default=until)
            yield start, stop, is_by_intervals
            start = stop
        start = max(start, end)


def bills(account, close, is_restated, rules):
    """The bills over the unbilled days, and why some days cannot be rated, or None."""
    made, obstacle = [], None
    for start, end, is_by_intervals in uncovered(account, close, is_restated):
        try:
            if is_by_intervals:
                while end > start and not is_measured(account, end - DAY):
                    end -= DAY
                if end == start:
                    continue
                segments = interval_segments(account, start, end, rules)
            else:
                segments = dial_segments(account, start, end, rules)
        except exact_bill.Unbillable as reason:
            obstacle = str(reason)
            continue
        policy = exact_rules.policies(rules, end - DAY)
        waived = waivers(account, end, close, is_restated)
        made.append(Bill(segments, exact_bill.rate(segments, [], policy, waived)))
    return made, obstacle


def waivers(account, end, close, is_restated):
    """The components that promotions waive on a bill of days up to `end`, were it made at the close: of
    its bills a promotion has used up those that count then."""
    found = set()
    for promotion in account.promotions:
        used = {
            i.root for i in account.invoices.values()
            if i.root in promotion.slots and i.counts(close, is_restated)}
        is_running = promotion.ended is None or promotion.ended >= close
        if is_running and len(used) < promotion.bills and end > promotion.begins:
            found.add(promotion.component)
    return found


# How much energy


def spans(account, start, end, rules):
    return exact_bill.spans(rules, OnPlans(sorted(account.plans.items())), start, end)


def dial_segments(account, start, end, rules):
    """The segments of a bill by dials, with what they show at its end."""
    zone = account.zone
    segments = spans(account, start, end, rules)
    needs_periods = any(s.tariff["periods"] for s in segments)
    if any(c["kind"] == "demand" for s in segments for c in s.tariff["components"]):
        raise exact_bill.Unbillable("no-demand")
    midnight, morrow = zone.midnight(end), zone.midnight(end + DAY)
    pieces = []
    for meter in account.meters:
        if not meter.is_by_dials or meter.installed >= midnight:
            continue
        dials = meter.dials()
        wanted = [r for r in dials if (r.period is not None) == needs_periods] or dials
        for register in wanted:
            opening = register.last(zone.midnight(start + DAY)) or register.readings[0]
            closing = register.last(morrow) or opening
            is_served = meter.removed is None or meter.removed >= morrow
            if is_served and closing.at < midnight:
                closing = register.estimate(end, midnight, zone) or opening
            if closing is not opening:
                pieces += measured(register, opening, closing, segments, zone)
    if not pieces:
        raise exact_bill.Unbillable("no-meter")
    if any(energy < 0 for _, _, energy, _ in pieces):
        raise exact_bill.Unbillable("below-estimate")
    place(pieces, segments)
    for segment in segments:
        counted = {period for _, _, _, period in pieces}
        if any(p["name"] not in counted for p in segment.tariff["periods"]):
            raise exact_bill.Unbillable("no-register")
    return segments


def measured(register, opening, closing, segments, zone):
    """(first day, day after the last, Wh, period) between the readings that a bill goes by: those on
    days on which another tariff begins count too."""
    begins = {s.start for s in segments}
    used = [opening] + [
        r for r in register.readings
        if opening.at < r.at < closing.at and not r.is_questioned and zone.day(r.at) in begins]
    first = zone.day(opening.at)
    kept = [opening]
    for reading in used[1:]:
        if zone.day(reading.at) > max(first, zone.day(kept[-1].at)):
            kept.append(reading)
    kept.append(closing)
    stop = segments[-1].end
    for start, finish in zip(kept, kept[1:]):
        begin, end = zone.day(start.at), zone.day(finish.at)
        if begin == end:
            begin = min(begin, stop - DAY)
            end = begin + DAY
        if len(segments) == 1:
            begin, end = segments[0].start, segments[0].end
        yield begin, end, register.between(start, finish), register.period


def place(pieces, segments):
    """Splits each piece of energy by days over the segments that it covers."""
    for begin, end, energy, period in pieces:
        shares = [
            (segment, (min(end, segment.end) - max(begin, segment.start)).days)
            for segment in segments]
        shares = [(segment, days) for segment, days in shares if days > 0]
        parts = exact_bill.split(energy, [days for _, days in shares])
        for (segment, _), part in zip(shares, parts):
            names = [p["name"] for p in segment.tariff["periods"]]
            if not names:
                segment.usage[0] += part
            elif period in names:
                segment.usage[names.index(period)] += part
            else:
                raise exact_bill.Unbillable("no-register" if period is None else "unknown-period")


def channels(account, start, end):
    """The channels in service between two days: (channel, from, until), in seconds since 1970."""
    begin, finish = account.zone.midnight(start), account.zone.midnight(end)
    for meter in account.meters:
        if meter.is_by_intervals:
            low = max(begin, meter.installed)
            high = finish if meter.removed is None else min(finish, meter.removed)
            if low < high:
                for channel in meter.channels():
                    yield channel, low, high


def has_gap(channel, low, high):
    """Whether an interval is missing; a hole shorter than one is none."""
    step = channel.minutes * 60
    covered = low
    for begin, _, _ in channel.intervals(low - step + 1, high):
        if begin - covered >= step:
            return True
        covered = max(covered, begin + step)
    return high - covered >= step


def is_measured(account, day):
    return not any(has_gap(*served) for served in channels(account, day, day + DAY))


def interval_segments(account, start, end, rules):
    """The segments of a bill by intervals: each belongs to the wall-clock time it begins at."""
    zone = account.zone
    segments = spans(account, start, end, rules)
    served = list(channels(account, start, end))
    for each in served:
        if has_gap(*each):
            raise exact_bill.Unbillable("gap")
    last = max((high for _, _, high in served), default=None)
    if last is None or last != zone.midnight(end) and (
            account.stopped is None or zone.day(last) < account.stopped - DAY):
        raise exact_bill.Unbillable("no-meter")
    for segment in segments:
        low, high = zone.midnight(segment.start), zone.midnight(segment.end)
        for channel, _, _ in served:
            for begin, energy, quality in channel.intervals(low, high):
                index = 0
                if segment.tariff["periods"]:
                    index = exact_bill.period_at(segment.tariff, rules, zone.local(begin))
                segment.usage[index] += int(energy)
                if quality not in (ESTIMATED, SUBSTITUTED):
                    power = Fraction(energy * 60, channel.minutes * 1000)
                    segment.peak = max(segment.peak, power)
    return segments
