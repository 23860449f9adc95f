"""Rating the past again: what `tools/bench/run` measures and checks of `meterbook rerate`."""

import pathlib
import time

RULES = pathlib.Path(__file__).resolve().parent.parent.parent / "rules/demo/tariff-r1.yaml"


def dearer(folder):
    """A rule file: R1 from before the first bill on, its first tier dearer by .001 a kWh."""
    tariff = RULES.read_text().split("\n---\n")[0]
    changed = tariff.replace("version: 1\nfrom: 2010-01-01", "version: 7\nfrom: 2025-12-01")
    changed = changed.replace("price: .09850", "price: .09950")
    if changed.count("version: 7") != 1 or changed.count(".09950") != 1:
        raise ValueError(f"{RULES} is not as expected")
    path = folder / "dearer.yaml"
    path.write_text(changed)
    return path


def rate_again(meterbook, book, rules, last, *words, clock=None):
    """Rates all bills up to a day again: the report, and the seconds from start to exit."""
    began = time.monotonic()
    report = meterbook(book, "rerate", "--rules", rules, "--from", "2026-01-01", "--to", last,
                       *words, clock=clock)
    return report, time.monotonic() - began


def wrong(report, bills, touched, difference=None):
    """What a report says that cannot be; none if it can."""
    found = [f"{name} is {report[name]}, not {expected}"
             for name, expected in [("invoices", bills), ("invoices_touched", touched)]
             if report[name] != expected]
    if difference is not None and report["difference"] != difference:
        found.append(f"the difference is {report['difference']}, not {difference}")
    found += [f"{control['dimension']} does not tie" for control in report["controls"]
              if not control["agrees"]]
    return found


def post_twice(meterbook, book, rules, last, bills, clock):
    """Posts the differences, then again; what is wrong then. Nothing may be left to move."""
    words = ("--post", "--reason", "published too low")
    first, _ = rate_again(meterbook, book, rules, last, *words, clock=clock)
    head = meterbook(book, "status")["root"]
    second, _ = rate_again(meterbook, book, rules, last, *words, clock=clock)
    found = wrong(first, bills, bills) + wrong(second, bills, 0, "0.00")
    for rows in second["by"].values():
        found += [f"{row['key']} still moves by {row['difference']}" for row in rows
                  if row["difference"] != "0.00"]
    if meterbook(book, "status")["root"] != head:
        found.append("posting a second time wrote something")
    return found
