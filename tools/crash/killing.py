"""What the tests that kill have in common: their options, their books, and the kill."""

import argparse
import json
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import time

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "tools" / "bench"))
import accounts  # noqa: E402

WHO = ("--actor", "crash")


class Book:
    """A book, and the program that writes it."""

    def __init__(self, program, path):
        self.program, self.path = program, path

    def command(self, *words):
        return [self.program, *map(str, words), "--book", str(self.path)]

    def run(self, *words):
        """What a command prints; it must succeed."""
        done = subprocess.run(self.command(*words), capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"FAILED: {' '.join(map(str, words))}: {done.stderr or done.stdout}")
        return done.stdout

    def ask(self, *words):
        """What a command says as JSON."""
        return json.loads(self.run(*words, "--json"))

    def ask_perhaps(self, *words):
        """The same, or None where it is refused."""
        done = subprocess.run(self.command(*words, "--json"), capture_output=True, text=True)
        return json.loads(done.stdout) if done.returncode == 0 else None

    def head(self):
        """How many entries the book has, and its Merkle root."""
        status = self.ask("status")
        return status["size"], status["root"]


def options(about, **numbers):
    """The options of a test: the program, a seed, and numbers with their defaults; `chance` goes by
    the seed, which is printed."""
    parser = argparse.ArgumentParser(description=about.splitlines()[0])
    parser.add_argument("--meterbook", required=True, help="the program")
    for name, usual in numbers.items():
        parser.add_argument(f"--{name}", type=int, default=usual)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    given = parser.parse_args()
    given.program = str(pathlib.Path(given.meterbook).resolve())
    given.chance = random.Random(given.seed)
    print(f"seed {given.seed}")
    return given


def prepare(program, folder, count):
    """A book of `count` accounts with the readings of January 2026, not billed yet."""
    book = Book(program, folder / "base.book")
    accounts.generate(folder / "input", count)
    at = "2026-02-02T06:00:00Z"
    book.run("init", "--simulated", "--clock", "2026-01-01T00:00:00Z")
    book.run("rules", "publish", REPOSITORY / "rules" / "demo", *WHO)
    for kind, file in (("accounts", "accounts"), ("meters", "meters"), ("readings", "readings-1")):
        book.run("import", kind, folder / "input" / f"{file}.csv", "--clock", at, *WHO)
    return book


def billed(program, folder, count):
    """The same, billed."""
    book = prepare(program, folder, count)
    book.run("bill", "--through", "2026-02-01", "--clock", "2026-02-02T07:00:00Z", *WHO)
    return book


def copy(book, path):
    shutil.rmtree(path, ignore_errors=True)
    shutil.copytree(book.path, path)
    return Book(book.program, path)


def kill(book, words, seconds):
    """Starts a command and kills it after a while; whether it was killed before its end."""
    child = subprocess.Popen(
        book.command(*words), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(seconds)
    child.send_signal(signal.SIGKILL)
    code = child.wait()
    if code not in (0, -signal.SIGKILL):
        sys.exit(f"FAILED: {' '.join(map(str, words))} exits with {code}")
    return code != 0
