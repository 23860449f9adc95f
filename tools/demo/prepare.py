#!/usr/bin/env python3
"""Prepares the demonstration's input: real homes, register accounts derived from them, neighbours.

    prepare.py --out DIR [--wheel EEMETER.whl] [--neighbours N]

The real homes are smart-meter samples that the package eemeter 4.1.1 (Apache-2.0, OpenEEmeter)
ships: two from Illinois, three from the United Kingdom. Without the wheel, generated homes of the
same kind stand in for them. Each home is written twice: as an interval account on R2, and as a
register account on R1 whose register turns as the home's energy does. The samples are left as dirty
as they are, but a missing interval is written with quality `substituted` and the value a week
before, as a utility's meter data system does before billing. The neighbours are synthetic register
accounts. Everything generated comes from a fixed seed.

Written to DIR: YEAR/accounts.csv, YEAR/meters.csv, YEAR/MONTH/{readings,intervals}.csv and
steps.tsv, a line a month: year, month, clock of the import, clock of the bill run, through-date.
"""

import argparse
import csv
import datetime as dt
import gzip
import io
import pathlib
import random
import zipfile
import zoneinfo

HOMES = [
    # sample, year billed, zone, minutes, zone of stamps that name none
    ("il-electricity-cdd-hdd-hourly", 2017, "America/Chicago", 60),
    ("il-electricity-cdd-only-hourly", 2017, "America/Chicago", 60),
    ("uk-electricity-hdd-only-hourly-sample-0", 2021, "Europe/London", 60),
    ("uk-electricity-hdd-only-hourly-sample-1", 2013, "Europe/London", 30),
    ("uk-electricity-hdd-only-hourly-sample-2", 2013, "Europe/London", 30),
]
UTC = dt.timezone.utc
WATT_HOURS = 1000


def samples(wheel, name):
    """The (instant, Wh) pairs of a sample; stamps that name no offset are UTC."""
    with zipfile.ZipFile(wheel) as archive:
        packed = archive.read(f"eemeter/eemeter/samples/{name}.csv.gz")
    for row in csv.DictReader(io.TextIOWrapper(gzip.GzipFile(fileobj=io.BytesIO(packed)))):
        if row["value"] == "":
            continue
        start = dt.datetime.fromisoformat(row["start"])
        start = start.replace(tzinfo=UTC) if start.tzinfo is None else start.astimezone(UTC)
        # The samples carry binary noise (0.028999999999999998 kWh); meters count whole Wh.
        yield start, round(float(row["value"]) * WATT_HOURS)


def generated(index, year, minutes):
    """A generated home of the same kind: a base load, an evening peak, and some noise."""
    chance = random.Random(f"home {index} {year}")
    start = dt.datetime(year - 1, 12, 31, tzinfo=UTC)
    for slot in range(367 * 24 * 60 // minutes + 48):
        at = start + dt.timedelta(minutes=minutes * slot)
        evening = 900 if 17 <= at.hour < 22 else 0
        yield at, (250 + evening + chance.randrange(400)) * minutes // 60


def completed(values, year, local, minutes):
    """The (instant, Wh, quality) of a local year: as found, with the missing slots substituted."""
    first = dt.datetime(year, 1, 1, tzinfo=local).astimezone(UTC)
    end = dt.datetime(year + 1, 1, 1, tzinfo=local).astimezone(UTC)
    step, week = dt.timedelta(minutes=minutes), dt.timedelta(days=7)
    found = list(values)
    known = dict(reversed(found))
    rows = [(start, value, "actual") for start, value in found if first <= start < end]
    slot = first
    while slot < end:
        if slot not in known:
            known[slot] = known.get(slot - week, 0)
            rows.append((slot, known[slot], "substituted"))
        slot += step
    return sorted(rows, key=lambda row: row[0])


def write(path, header, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)


def months(year):
    """(month, first day, first day of the next month)."""
    for month in range(1, 13):
        yield month, dt.date(year, month, 1), dt.date(year + month // 12, month % 12 + 1, 1)


class Year:
    """The files of one billed year."""

    def __init__(self, year):
        self.year = year
        self.accounts, self.meters = [], []
        self.readings = {month: [] for month in range(1, 13)}
        self.intervals = {month: [] for month in range(1, 13)}

    def account(self, number, zone, jurisdictions, plan):
        start = f"{self.year}-01-01"
        self.accounts.append(
            [number, "residential", zone, jurisdictions, 1, 21, f"SP{number}", plan, start])

    def register(self, number, start):
        self.meters.append(
            [f"R{number}", number, f"SP{number}", "kwh", "kWh", 6, 0, 1, "import", "",
             f"{self.year}-01-01", start])

    def channel(self, number, minutes):
        self.meters.append(
            [f"I{number}", number, f"SP{number}", "import", "Wh", "", "", "", "import", minutes,
             f"{self.year}-01-01", ""])

    def write(self, out):
        folder = out / str(self.year)
        write(folder / "accounts.csv",
              ["account", "class", "zone", "jurisdictions", "cycle_day", "days_until_due",
               "service_point", "plan", "service_start"], self.accounts)
        write(folder / "meters.csv",
              ["meter", "account", "service_point", "register", "unit", "dials", "decimals",
               "multiplier", "direction", "interval_minutes", "installed_at", "start_reading"],
              self.meters)
        for month in range(1, 13):
            at = folder / f"{month:02}"
            if self.readings[month]:
                write(at / "readings.csv", ["meter", "time", "value", "quality"],
                      self.readings[month])
            if self.intervals[month]:
                write(at / "intervals.csv", ["meter", "start", "minutes", "kwh", "quality"],
                      self.intervals[month])


def add_home(year, index, name, zone, minutes, values):
    """One home, twice: intervals on R2, and a register on R1."""
    local = zoneinfo.ZoneInfo(zone)
    interval_account, register_account = f"20000000{index:02}", f"30000000{index:02}"
    jurisdictions = "US-ST;US-ST-CITY" if zone.startswith("America") else ""
    year.account(interval_account, zone, jurisdictions, "R2")
    year.channel(interval_account, minutes)
    year.account(register_account, zone, jurisdictions, "R1")
    year.register(register_account, 0)
    total = substituted = 0
    by_month = {month: 0 for month in range(1, 13)}
    for start, watt_hours, quality in completed(values, year.year, local, minutes):
        day = start.astimezone(local)
        total += watt_hours
        substituted += quality == "substituted"
        by_month[day.month] += watt_hours
        year.intervals[day.month].append(
            [f"I{interval_account}", start.strftime("%Y-%m-%dT%H:%M:%SZ"), minutes,
             f"{watt_hours / WATT_HOURS:.3f}", quality])
    turned = 0
    for month, _, after in months(year.year):
        turned += by_month[month]
        year.readings[month].append(
            [f"R{register_account}", after.isoformat(), turned // WATT_HOURS, "actual"])
    return name, total, substituted


def add_neighbours(year, count):
    """Synthetic register accounts on R1, with a seasonal use of their own."""
    for index in range(count):
        number = f"10{index + 1:08}"
        chance = random.Random(number)
        year.account(number, "America/Chicago", "US-ST;US-ST-CITY", "R1")
        value = chance.randrange(1000, 90000)
        year.register(number, value)
        size = chance.uniform(0.4, 1.9)
        for month, first, after in months(year.year):
            season = 1.35 if month in (6, 7, 8) else 1.15 if month in (12, 1, 2) else 0.85
            daily = 22 * size * season * chance.uniform(0.85, 1.15)
            value += round(daily * (after - first).days)
            year.readings[month].append([f"R{number}", after.isoformat(), value, "actual"])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--wheel", type=pathlib.Path)
    parser.add_argument("--neighbours", type=int, default=3000)
    arguments = parser.parse_args()

    years = {year: Year(year) for year in sorted({home[1] for home in HOMES})}
    for index, (name, year, zone, minutes) in enumerate(HOMES, 1):
        values = (samples(arguments.wheel, name) if arguments.wheel
                  else generated(index, year, minutes))
        label, total, filled = add_home(years[year], index, name, zone, minutes, values)
        source = label if arguments.wheel else f"generated home {index}"
        note = f", {filled} missing intervals substituted" if filled else ""
        print(f"  {source}: {year}, {total / WATT_HOURS:,.1f} kWh{note}")
    last = years[max(years)]
    add_neighbours(last, arguments.neighbours)
    print(f"  {arguments.neighbours:,} synthetic neighbours: {last.year}")
    steps = []
    for year in years.values():
        year.write(arguments.out)
        for month, _, after in months(year.year):
            day = after + dt.timedelta(days=1)
            steps.append([year.year, f"{month:02}", f"{day}T05:00:00Z", f"{day}T06:00:00Z", after])
    with open(arguments.out / "steps.tsv", "w") as file:
        file.writelines("\t".join(map(str, step)) + "\n" for step in steps)


if __name__ == "__main__":
    main()
