"""Holds the program's wire coding against the stock protobuf implementation.

    proto_check.py SCHEMA SAMPLES OUT [--random N] [--seed S]

SAMPLES has a line `full|bare|other KIND HEX` for each event that the program wrote. Each must parse
as a message of KIND without unknown fields, and come out with the same bytes; a `full` one must have
every field of its schema set. Then N random events of every kind, made here, are written to OUT,
one `KIND HEX` a line, for the program to read and write again.

Needs `protobuf`, and `grpcio-tools` or the compiler `protoc`.
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.descriptor import FieldDescriptor as F


def load(schema, name="meterbook.billing.Event"):
    """The class of a message of a schema."""
    folder = os.path.dirname(os.path.abspath(schema))
    with tempfile.TemporaryDirectory() as scratch:
        out = os.path.join(scratch, "schema.pb")
        arguments = ["-I" + folder, "--descriptor_set_out=" + out, os.path.abspath(schema)]
        try:
            from grpc_tools import protoc

            status = protoc.main(["protoc"] + arguments)
        except ImportError:
            status = subprocess.call(["protoc"] + arguments)
        if status != 0:
            sys.exit(f"{schema} does not compile")
        files = descriptor_pb2.FileDescriptorSet()
        with open(out, "rb") as file:
            files.ParseFromString(file.read())
    pool = descriptor_pool.DescriptorPool()
    for file in files.file:
        pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(name))


def repeated(field):
    value = getattr(field, "is_repeated", None)
    return field.label == F.LABEL_REPEATED if value is None else value


def messages(message, field):
    """The submessages of a field."""
    value = getattr(message, field.name)
    return list(value) if repeated(field) else [value]


def unset(kind, found, path):
    """The fields of `kind` that none of the messages `found` sets; one of a oneof is enough."""
    missing = []
    for field in kind.fields:
        other = EITHER.get((kind.name, field.name))
        if other and any(getattr(m, other) for m in found):
            continue
        present = [m for m in found if field in [f for f, _ in m.ListFields()]]
        if not present:
            missing.append(path + "." + field.name)
        elif field.type == F.TYPE_MESSAGE:
            inner = [each for m in present for each in messages(m, field)]
            missing += unset(field.message_type, inner, path + "." + field.name)
    return missing


def kind_of(field):
    """The event's name, which need not be its message's: `filing_produced` is FilingProduced."""
    return "".join(word.capitalize() for word in field.split("_"))


def check_samples(event, path):
    """Checks every line of `path`; the number of lines."""
    seen = {}
    count = 0
    with open(path) as lines:
        for number, line in enumerate(lines, 1):
            label, kind, text = (line.rstrip("\n") + " ").split(" ")[:3]
            data = bytes.fromhex(text)
            message = event()
            message.ParseFromString(data)
            chosen = message.WhichOneof("kind")
            name = kind_of(chosen) if chosen else None
            if name != kind:
                sys.exit(f"line {number}: {kind} was read as {name}")
            message.DiscardUnknownFields()
            again = message.SerializeToString(deterministic=True)
            if again != data:
                sys.exit(f"line {number}: {kind} {data.hex()} comes out as {again.hex()}")
            if label == "full":
                inner = getattr(message, chosen)
                missing = unset(inner.DESCRIPTOR, [inner], kind)
                if missing:
                    sys.exit(f"line {number}: not set in the full sample: {', '.join(missing)}")
            seen.setdefault(label, set()).add(kind)
            count += 1
    kinds = {kind_of(field.name) for field in event.DESCRIPTOR.fields}
    for label in ("full", "bare"):
        missing = kinds - seen.get(label, set()) - (NEVER_BARE if label == "bare" else set())
        if missing:
            sys.exit(f"no {label} sample of: {', '.join(sorted(missing))}")
    return count


# Fields of which a message has one or the other.
EITHER = {("PaymentAllocated", "payment"): "credit", ("PaymentAllocated", "credit"): "payment"}

# What says nothing without a certain field.
NEVER_BARE = {"AdjustmentPosted", "InvoiceCancelled"}

# Messages in which an enum must say something.
SAYING = ("Component", "AdjustmentPosted", "ClassTotal")

# What the program's own types allow of an integer; everything else may be anything.
NARROW = {
    "component": 255, "tier": 255, "segment": 255, "further_segments": 255, "minutes": 255,
    "interval_minutes": 255, "dials": 255, "decimals": 255, "cycle_day": 255, "month": 255,
    "full_month_minimum": 255, "full_month_maximum": 255, "month_days": 255,
    "cycle_window_days": 255, "days_until_due": 65_535, "meter": 65_535, "register": 65_535,
    "start_minute": 32_767, "end_minute": 32_767, "days": 100_000, "due_after": 100_000,
    "end_day": 1_000_000, "ratchet_bills": 255, "year_end": 255, "nth": 255,
}
SMALL_PER_KIND = {("ChargeRecorded", "period"): 256, ("ChargeRecorded", "tax"): 256,
                  ("Season", "day"): 255, ("YearlyHoliday", "day"): 255,
                  ("BankedEnergy", "hour"): 256, ("KwhApplied", "period"): 255,
                  ("IntervalsRecorded", "decimals"): 3,
                  ("IntervalsCorrected", "decimals"): 3, ("TimeWindow", "months"): 0xFFE,
                  ("Component", "months"): 0xFFE,
                  ("EstimationPolicy", "bills_in_a_row"): 255, ("PromotionOffer", "bills"): 255}


def number(chance, field):
    """A random number that the field, and the program, can hold; often an extreme."""
    limit = SMALL_PER_KIND.get((field.containing_type.name, field.name), NARROW.get(field.name))
    signed = field.type in (F.TYPE_SINT32, F.TYPE_SINT64)
    if limit is None:
        bits = 32 if field.type in (F.TYPE_UINT32, F.TYPE_SINT32) else 64
        limit = 2 ** (bits - 1) - 1 if signed else 2**bits - 1
    low = -limit if signed else 0
    return chance.choice(
        [0, 1, low, limit, chance.randint(low, limit), chance.randint(0, min(limit, 300))])


def text(chance):
    """Random text, some of it beyond ASCII and long."""
    letters = "aZ09-/ \u00e9\u05d0\u20ac\U0001f4a1"
    return "".join(chance.choice(letters) for _ in range(chance.choice([0, 1, 3, 20, 200])))


def scalar(chance, field):
    if field.type == F.TYPE_STRING:
        return text(chance)
    if field.type == F.TYPE_BYTES:
        return chance.randbytes(chance.choice([0, 1, 32]))
    if field.type == F.TYPE_BOOL:
        return chance.random() < 0.5
    if field.type == F.TYPE_ENUM:
        values = [v.number for v in field.enum_type.values]
        mandatory = repeated(field) or field.containing_type.name in SAYING
        return chance.choice([v for v in values if v or not mandatory])
    return number(chance, field)


def fill(chance, message, density):
    """Sets fields of `message` at random."""
    kinds = list(message.DESCRIPTOR.fields)
    chosen = chance.choice([f for f in kinds if f.containing_oneof and f.type == F.TYPE_MESSAGE]
                           or [None])
    for field in kinds:
        if field.type == F.TYPE_MESSAGE and field.containing_oneof:
            if field is chosen:
                inner = getattr(message, field.name)
                inner.SetInParent()
                fill(chance, inner, density)
            continue
        mandatory = message.DESCRIPTOR.name in SAYING and field.type == F.TYPE_ENUM
        mandatory = mandatory or (message.DESCRIPTOR.name, field.name) == (
            "InvoiceCancelled", "invoice")
        if chance.random() > density and not mandatory:
            continue
        if repeated(field):
            target = getattr(message, field.name)
            for _ in range(chance.choice([0, 1, 2, 7])):
                if field.type == F.TYPE_MESSAGE:
                    fill(chance, target.add(), density)
                else:
                    target.append(scalar(chance, field))
        elif field.type == F.TYPE_MESSAGE:
            inner = getattr(message, field.name)
            inner.SetInParent()
            fill(chance, inner, density)
        else:
            setattr(message, field.name, scalar(chance, field))
    repair(chance, message)


def fitting(digits, decimals):
    """How many decimals a price of these digits is written with."""
    return 0 if digits % 10 == 0 else min(decimals, 18)


def repair(chance, message):
    """Makes lists that belong together fit."""
    name = message.DESCRIPTOR.name
    if name == "InvoiceIssued":
        for field, group in (("readings", 2), ("intervals", 3)):
            values = [v % 2**32 for v in getattr(message, field)]
            del getattr(message, field)[:]
            getattr(message, field).extend(values[: len(values) // group * group])
    if name == "ReadingEstimate":
        del message.history[:]
        message.history.extend(chance.randrange(2**32) for _ in range(4))
    if name in ("IntervalsRecorded", "IntervalsCorrected"):
        del message.qualities[:]
        if len(message.values) > 1 and chance.random() < 0.7:
            cut = chance.randint(1, len(message.values) - 1)
            message.qualities.extend([0, cut, chance.choice([2, 3, 4, 5])])
            message.qualities.append(len(message.values) - cut)
    if name in ("FixedComponent", "RiderComponent", "MinimumComponent", "DemandTier",
                "NetMeteringComponent"):
        if name == "NetMeteringComponent":
            hours = [h % 24 for h in message.hours]
            del message.hours[:]
            message.hours.extend(hours)
            if not message.settled:
                message.price = 0
        message.decimals = fitting(message.price, message.decimals)
    if name == "EnergyTier":
        del message.decimals[:]
        message.decimals.extend(fitting(p, chance.randint(0, 18)) for p in message.prices)
        if not message.HasField("limit"):
            message.basis = 0
    if name == "DemandComponent":
        if not message.by_period:
            del message.ladders[1:]
            if len(message.ladders) == 0:
                message.ladders.add()
        if not message.HasField("ratchet"):
            message.ratchet_bills = 0
    if name == "YearlyHoliday":
        if message.weekday:
            message.day = 0
            message.nth = max(1, message.nth)
        else:
            message.nth = 0
    if name == "PaymentAllocated" and message.payment:
        message.credit = 0
    if name == "BankedEnergy" and message.hour:
        message.period = ""
    if name == "ZoneRulesPinned":
        instants = sorted(set(message.transitions))
        del message.transitions[:], message.offsets[:]
        message.transitions.extend(instants)
        message.offsets.extend(chance.randint(-50_000, 50_000) for _ in instants)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("schema")
    parser.add_argument("samples")
    parser.add_argument("out")
    parser.add_argument("--random", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    event = load(options.schema)
    count = check_samples(event, options.samples)
    chance = random.Random(options.seed)
    made = 0
    with open(options.out, "w") as out:
        for field in event.DESCRIPTOR.fields:
            for turn in range(options.random):
                message = event()
                inner = getattr(message, field.name)
                inner.SetInParent()
                fill(chance, inner, turn / max(1, options.random - 1))
                data = message.SerializeToString(deterministic=True)
                out.write(f"{kind_of(field.name)} {data.hex()}\n")
                made += 1
    print(f"{count} samples agree; {made} random events written (seed {options.seed})")


if __name__ == "__main__":
    main()
