#!/usr/bin/env python3
"""Writes synthetic register accounts on R1 whose bills have seven lines: two tiers of energy,
service, franchise fee, infrastructure, state tax, city tax.

    accounts.py --out DIR --accounts N [--months M]

Written to DIR: accounts.csv, meters.csv, readings-1.csv ... readings-M.csv, from a fixed seed.
"""

import argparse
import pathlib
import random

JURISDICTIONS = "US-ST;US-ST-CITY"


def month(index):
    """The first day of the month `index` months after January 2026."""
    return f"{2026 + index // 12}-{index % 12 + 1:02}-01"


def generate(out, accounts, months=1):
    out.mkdir(parents=True, exist_ok=True)
    chance = random.Random(42)
    numbers = [f"{1000000001 + index}" for index in range(accounts)]
    values = [chance.randrange(10000, 50000) for _ in numbers]
    with open(out / "accounts.csv", "w") as file:
        file.write("account,class,zone,jurisdictions,cycle_day,days_until_due,service_point,plan,"
                   "service_start\n")
        for number in numbers:
            file.write(f"{number},residential,America/Chicago,{JURISDICTIONS},1,21,SP{number},R1,"
                       f"{month(0)}\n")
    with open(out / "meters.csv", "w") as file:
        file.write("meter,account,register,unit,dials,installed_at,start_reading\n")
        for number, value in zip(numbers, values):
            file.write(f"M{number},{number},kwh,kWh,6,{month(0)},{value}\n")
    for index in range(1, months + 1):
        with open(out / f"readings-{index}.csv", "w") as file:
            file.write("meter,time,value\n")
            for at, number in enumerate(numbers):
                values[at] = (values[at] + chance.randrange(501, 1000)) % 1000000
                file.write(f"M{number},{month(index)},{values[at]}\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--accounts", type=int, required=True)
    parser.add_argument("--months", type=int, default=1)
    arguments = parser.parse_args()
    generate(arguments.out, arguments.accounts, arguments.months)


if __name__ == "__main__":
    main()
