#!/usr/bin/env python3
"""Loads made at random, the same here and in the tests of the target Application.

A load is given by a few whole numbers, so that no file of it needs to be kept:
`Tests/ApplicationTests/SyntheticLoad.swift` makes the same values by the same steps.
"""

import datetime
from fractions import Fraction

MASK = (1 << 64) - 1
# Use in tenths of a watt-hour an hour, by hour of the day; and the sun's share, by the same.
USE = [3000, 2500, 2300, 2200, 2200, 2600, 4200, 6100, 5600, 4700, 4500, 4600,
       4800, 4600, 4500, 4900, 6300, 8900, 11000, 11800, 10900, 8700, 6200, 4100]
SUN = [0, 0, 0, 0, 0, 0, 2, 9, 21, 36, 49, 58, 61, 58, 49, 36, 21, 9, 2, 0, 0, 0, 0, 0]
# Tenths of the use, by month.
SEASON = [11, 10, 8, 7, 8, 13, 17, 16, 12, 7, 9, 12]


class SplitMix:
    def __init__(self, seed):
        self.state = seed

    def next(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        mixed = self.state
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & MASK
        return mixed ^ (mixed >> 31)


def make(seed, minutes, size, solar, quiet):
    """A year from 2018-01-01: (local start, kWh) an interval, and the intervals an hour.

    `size` multiplies the use, in tenths; `solar` the sun; in the month `quiet` (0: none) nothing is
    used and nothing is made.
    """
    random = SplitMix(seed)
    rows = []
    moment = datetime.datetime(2018, 1, 1)
    while moment.year == 2018:
        use = USE[moment.hour] * SEASON[moment.month - 1] * size // 100 + random.next() % 2000
        made = solar * SUN[moment.hour] * (random.next() % 100)
        value = use * minutes // 60 - made * minutes // 60
        rows.append((moment, Fraction(0 if moment.month == quiet else value, 10_000)))
        moment += datetime.timedelta(minutes=minutes)
    return rows, Fraction(60, minutes)
