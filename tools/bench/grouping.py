"""DuckDB and PostgreSQL grouping the lines of a book, as `tools/bench/projections` asks them to.

They get every line with its ledger account and its class, which Meterbook finds while it rebuilds, and
are not asked to count bills.
"""

import os
import pathlib
import pwd
import shutil
import statistics
import subprocess
import tempfile

from measuring import BENCH, CORES, ROOT, output

TOOLS = ROOT / ".build-tools/duckdb"
PYTHON = TOOLS / "bin/python"
DUCKDB = "duckdb==2.0.1"
POSTGRESQL = pathlib.Path("/usr/lib/postgresql/15/bin")
COLUMNS = ["month", "jurisdiction", "ledger", "sector", "class", "plan", "revenue_class"]
SUMS = ["cents", "milliwatt_hours", "milliwatts"]
QUERY = (f"SELECT {', '.join(COLUMNS)}, {', '.join(f'sum({name})' for name in SUMS)}, count(*) "
         f"FROM %s GROUP BY {', '.join(COLUMNS)} ORDER BY {', '.join(COLUMNS)}")

ASK_DUCKDB = """
import duckdb, sys, time
lines, parquet, query, cores, rounds = sys.argv[1:6]
base = duckdb.connect(config={"threads": int(cores)})
base.execute("SET enable_progress_bar = false")
base.execute(f"COPY (FROM read_csv('{lines}')) TO '{parquet}' (FORMAT parquet)")
for _ in range(int(rounds)):
    began = time.monotonic()
    rows = base.execute(query % f"read_parquet('{parquet}')").fetchall()
    print(time.monotonic() - began, len(rows), sum(row[7] for row in rows))
"""


def install():
    """Installs what is lacking."""
    output(ROOT / "tools/needs", "postgresql-15", "python3-venv")
    if not PYTHON.exists():
        output("python3", "-m", "venv", TOOLS)
    if subprocess.run([PYTHON, "-c", "import duckdb"], capture_output=True).returncode != 0:
        output(PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", DUCKDB)


class Lines:
    """The lines of a book, out in a file, for others to group."""

    def __init__(self, book, folder):
        self.folder = folder
        self.path = folder / "lines.csv"
        _, lines, cents = output(BENCH, "lines", book, self.path).split()
        self.count, self.cents = int(lines), int(cents)

    def duckdb(self, rounds):
        """The median of the seconds in which DuckDB groups them from Parquet, on as many cores."""
        answers = output(
            PYTHON, "-c", ASK_DUCKDB, self.path, self.folder / "lines.parquet", QUERY, CORES, rounds)
        seconds = []
        for answer in answers.splitlines():
            took, _, cents = answer.split()
            if int(cents) != self.cents:
                raise ValueError(f"DuckDB finds {cents} cents, not {self.cents}")
            seconds.append(float(took))
        return statistics.median(seconds)

    def postgresql(self, rounds):
        """The median of the seconds in which PostgreSQL groups them from a table, on as many cores."""
        # The cluster's user has no business elsewhere.
        with tempfile.TemporaryDirectory(prefix="meterbook-postgresql-") as folder:
            return Cluster(pathlib.Path(folder)).group(self, rounds)


class Cluster:
    """A cluster of PostgreSQL in a folder of its own, without a port, of the user `postgres`."""

    def __init__(self, folder):
        self.folder = folder
        self.user = pwd.getpwnam("postgres")
        os.chown(folder, self.user.pw_uid, self.user.pw_gid)
        self.data = folder / "data"

    def run(self, program, *words):
        done = subprocess.run(
            [str(POSTGRESQL / program), *(str(word) for word in words)], cwd=self.folder,
            capture_output=True, text=True, user=self.user.pw_uid, group=self.user.pw_gid,
            extra_groups=[], env={"LC_ALL": "C", "PATH": os.environ["PATH"]})
        if done.returncode != 0:
            raise RuntimeError(f"{program}: {done.stdout}{done.stderr}")
        return done.stdout

    def ask(self, *commands):
        words = [word for each in commands for word in ("-c", each)]
        return self.run("psql", "-h", self.folder, "-d", "postgres", "-X", "-q", "-A", "-t",
                        "-v", "ON_ERROR_STOP=1", *words)

    def group(self, lines, rounds):
        self.run("initdb", "-D", self.data, "-A", "trust", "--no-sync")
        settings = {
            "listen_addresses": "", "unix_socket_directories": self.folder, "fsync": "off",
            "shared_buffers": "2GB", "work_mem": "256MB", "max_wal_size": "8GB",
            "max_parallel_workers_per_gather": CORES - 1, "max_parallel_workers": CORES,
        }
        options = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
        self.run("pg_ctl", "-D", self.data, "-l", self.folder / "log", "-w", "-o", options, "start")
        try:
            file = self.folder / "lines.csv"
            shutil.copyfile(lines.path, file)
            columns = [f"{name} integer" if name == "month" else f"{name} text" for name in COLUMNS]
            columns += [f"{name} bigint" for name in SUMS]
            self.ask(f"CREATE UNLOGGED TABLE lines ({', '.join(columns)})",
                     f"COPY lines FROM '{file}' (FORMAT csv, HEADER)")
            file.unlink()
            self.ask("VACUUM (ANALYZE) lines")
            self.ask("SELECT count(*) FROM lines")
            seconds = []
            for _ in range(rounds):
                answer = self.ask("\\timing on", QUERY % "lines").splitlines()
                cents = sum(int(row.split("|")[7]) for row in answer[:-1] if "|" in row)
                if cents != lines.cents:
                    raise ValueError(f"PostgreSQL finds {cents} cents, not {lines.cents}")
                seconds.append(float(answer[-1].split()[1]) / 1000)
            return statistics.median(seconds)
        finally:
            self.run("pg_ctl", "-D", self.data, "-w", "-m", "immediate", "stop")
