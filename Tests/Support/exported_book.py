"""A book's entries as `meterbook export entries` writes them, read by stock protobuf.

Nothing of the program is used but the two schemas: `Entry` of book.proto, and `Event` of events.proto
for the events of every stream but the book's own.
"""

import datetime
import hashlib
import pathlib
from dataclasses import dataclass

SOURCES = pathlib.Path(__file__).resolve().parents[2] / "Sources"
BOOK, RULEBOOK, RUN, ACCOUNT, METER, REVIEW, CALENDAR, FILING = range(1, 9)
EPOCH = datetime.date(1970, 1, 1)


@dataclass
class Entry:
    """One entry: `day` is its accounting day, `events` pairs of a kind and its message."""

    position: int
    kind: int
    stream: str
    version: int
    recorded_at: int
    day: datetime.date
    original: datetime.date
    events: list
    leaf: bytes


def date(days):
    """The day that is so many days after 1970-01-01."""
    return EPOCH + datetime.timedelta(days=days)


def messages(data):
    """The bytes of each message, which is preceded by its length as a varint."""
    place = 0
    while place < len(data):
        length = shift = 0
        while True:
            byte = data[place]
            place += 1
            length |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                break
        yield data[place : place + length]
        place += length


def read(path):
    """Every entry of an export, in order."""
    import proto_check

    book = SOURCES / "EventSourcing" / "book.proto"
    entry_class = proto_check.load(book, "meterbook.book.Entry")
    control = proto_check.load(book, "meterbook.book.ControlEvent")
    billing = proto_check.load(SOURCES / "Billing" / "events.proto")
    entries = []
    for data in messages(pathlib.Path(path).read_bytes()):
        message = entry_class.FromString(data)
        events = []
        for each in message.events:
            event = (control if message.stream_kind == BOOK else billing).FromString(each)
            kind = event.WhichOneof("kind")
            events.append((kind, getattr(event, kind)))
        entries.append(
            Entry(
                len(entries), message.stream_kind, message.stream_id, message.stream_version,
                message.recorded_at,
                date(message.effective_day) if message.HasField("effective_day") else None,
                date(message.original_day) if message.HasField("original_day") else None,
                events, hashlib.sha256(b"\0" + data).digest()))
    return entries


def root(leaves):
    """The Merkle tree hash of RFC 6962 over the hashes of leaves."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    size = 1
    while 2 * size < len(leaves):
        size *= 2
    return hashlib.sha256(b"\1" + root(leaves[:size]) + root(leaves[size:])).digest()
