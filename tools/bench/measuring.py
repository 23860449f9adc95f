"""What the benchmarks have in common: running Meterbook and the light, by the clock, and the table."""

import json
import os
import pathlib
import subprocess
import sys
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
METERBOOK = ROOT / ".build/release/meterbook"
BENCH = ROOT / ".build/release/bench"
LIGHT = ROOT / ".build/light"
SLICE = 8192
CORES = 2
HELD_FROM = 50_000


def fail(text):
    print(f"{os.path.relpath(sys.argv[0], ROOT)}: {text}", file=sys.stderr)
    sys.exit(2)


def output(*command):
    """What a command prints; its failure ends the benchmark."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode != 0:
        fail(f"{' '.join(str(word) for word in command)}\n{done.stdout}{done.stderr}")
    return done.stdout


def meterbook(book, *words, clock=None):
    """What a command of Meterbook reports, from its JSON."""
    return json.loads(output(*command(book, *words, clock=clock)))


def command(book, *words, clock=None):
    """The words of a command of Meterbook on a book."""
    words = [METERBOOK, *words, "--book", book, "--json"]
    if clock:
        words += ["--actor", "bench", "--clock", clock]
    return [str(word) for word in words]


def anonymous(pid):
    """The process's memory that no file backs, in bytes; 0 once it has ended."""
    try:
        with open(f"/proc/{pid}/status") as file:
            for line in file:
                if line.startswith("RssAnon:"):
                    return int(line.split()[1]) * 1024
    except (FileNotFoundError, ProcessLookupError):
        pass
    return 0


def watched(words):
    """A command's report, its seconds from start to exit, the peak of its own memory."""
    began = time.monotonic()
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    peaks = [0]

    def watch():
        while process.returncode is None:
            peaks.append(anonymous(process.pid))
            # Seldom enough to take nothing from what it watches.
            time.sleep(0.02)

    watcher = threading.Thread(target=watch)
    watcher.start()
    process.wait()
    seconds = time.monotonic() - began
    watcher.join()
    if process.returncode != 0:
        fail(f"{' '.join(words)} ended with {process.returncode}")
    return json.loads(process.stdout.read()), seconds, max(peaks)


def bill(book, through, clock):
    """One bill run: its report, its seconds from start to exit, the peak of its own memory."""
    return watched(command(book, "bill", "--through", through, "--slice", SLICE, clock=clock))


def compile_light():
    LIGHT.parent.mkdir(exist_ok=True)
    output("gcc", "-O2", "-o", LIGHT, HERE / "light/main.c", "-llmdb", "-lcrypto", "-lpthread")


def build():
    """Builds what is measured and what it is measured against, where it is not there."""
    if not METERBOOK.exists() or not BENCH.exists():
        output("swift", "build", "-c", "release", "--static-swift-stdlib", "--package-path", ROOT)
    compile_light()


class Table:
    """What is printed, and whether every limit holds."""

    def __init__(self, is_held, peer="light"):
        self.is_held = is_held
        self.broken = []
        print(f"\n{'':44} {'measured':>12} {peer:>10} {'ratio':>7} {'limit':>8}")

    def ratio(self, name, seconds, light, limit):
        ratio = seconds / light
        print(f"{name:44} {seconds:10.3f} s {light:8.3f} s {ratio:7.2f} {limit:7g}x"
              f"{self.verdict(name, ratio <= limit)}")

    def figure(self, name, value, unit="", limit=None):
        limits = "" if limit is None else f" {'':10} {'':7} {limit:8g}"
        verdict = "" if limit is None else self.verdict(name, value <= limit)
        print(f"{name:44} {value:12,.1f} {unit}{limits}{verdict}")

    def least(self, name, value, unit, limit):
        print(f"{name:44} {value:12,.1f} {unit} {'':10} {'':7} {limit:8g}"
              f"{self.verdict(name, value >= limit)}")

    def verdict(self, name, holds):
        if holds:
            return "  ok"
        if not self.is_held:
            return "  beyond (not held: start-up dominates)"
        self.broken.append(name)
        return "  BROKEN"

    def close(self):
        """Says which limits are broken, and ends with 1 if any is."""
        if not self.is_held:
            print(f"\nFewer than {HELD_FROM:,} accounts: the limits are shown, not held.")
        if self.broken:
            print(f"\nBeyond the limit: {', '.join(self.broken)}", file=sys.stderr)
            sys.exit(1)
