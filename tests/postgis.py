"""A private PostGIS cluster for the tests: made once a run, socket only, never the machine's own databases."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

import psycopg

_FAST = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c shared_buffers=256MB -c listen_addresses=''"


class Cluster:
    """One PostgreSQL server with PostGIS in a temporary folder; ``url(name)`` gives each test its own database."""

    def __init__(self) -> None:
        self.bin = find_binaries()
        self.user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        self.folder = Path(tempfile.mkdtemp(prefix="sanzhang-pg-"))
        self.folder.chmod(0o755)
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres", "postgres")
        self._run("initdb", "-D", str(self.folder / "data"), "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-l", str(self.folder / "log"),
                  "-o", f"{_FAST} -k {self.folder}", "start")  # fmt: skip
        self.count = 0
        self._run_sql("CREATE DATABASE shape_template")
        self._run_sql("CREATE EXTENSION postgis", "shape_template")

    def url(self, template: str = "shape_template") -> str:
        """Make a copy of a database, by default of an empty one with PostGIS, and return its SQLAlchemy URL."""
        self.count += 1
        name = f"t{os.getpid()}_{self.count}"
        self._run_sql(f"CREATE DATABASE {name} TEMPLATE {template}")
        return f"postgresql://{self.user}@/{name}?host={self.folder}"

    def stop(self) -> None:
        """Stop the server and remove its folder."""
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run_sql(self, statement: str, database: str = "postgres") -> None:
        with psycopg.connect(host=str(self.folder), user=self.user, dbname=database, autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[arg-type]

    def _run(self, program: str, *args: str) -> None:
        command = [str(self.bin / program), *args]
        if os.geteuid() == 0:
            command = ["runuser", "-u", "postgres", "--", *command]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=self.folder)
        if done.returncode:
            raise RuntimeError(f"{program} failed: {done.stderr or done.stdout}")


def find_binaries() -> Path:
    """Return the folder of the newest PostgreSQL that has PostGIS, or raise with what is missing."""
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        version = folder.parent.name
        if Path(f"/usr/share/postgresql/{version}/extension/postgis.control").exists() and (folder / "initdb").exists():
            return folder
    raise FileNotFoundError("PostgreSQL with PostGIS (package postgresql-15-postgis-3)")
