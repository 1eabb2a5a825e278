"""A demo that begins anew each night: the next one is ready before the last one goes, and nothing is left behind."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from pathlib import Path

import pytest

from tests.tools.processes import Process, fetched, free_port, run, until
from voldaan.cli.nights import left_of_the_day

# The real command would play two years; here the books of a night are one empty firm, opened by the real command.
NIGHTS = """
import subprocess, sys
from pathlib import Path
from voldaan.cli import nights

seconds = iter([0.0, 0.0, 3600.0])

def play(folder):
    words = ["init", "--name", f"Nacht {folder.name}", "--country", "NL", "--iban", "NL91ABNA0417164300"]
    subprocess.run([sys.executable, "-m", "voldaan", "--data", str(folder), *words], check=True, stdout=-3)

sys.exit(nights.serve(Path(sys.argv[1]), play=play, port=int(sys.argv[2]), left=lambda: next(seconds)))
"""


@pytest.mark.parametrize(
    ("now", "seconds"), [("2027-03-01T03:59:59", 1), ("2027-03-01T04:00:00", 86_400), ("2027-03-01T16:00:00", 43_200)]
)
def test_the_night_ends_at_four(now, seconds):
    assert left_of_the_day(datetime.fromisoformat(now)) == seconds


def test_each_night_is_served_at_the_same_place_and_the_one_before_is_gone(tmp_path):
    folder, port = tmp_path / "nights", free_port()
    (folder / "7").mkdir(parents=True)
    (folder / "7" / "rest").write_text("of a process that was killed")
    with Process(tmp_path / "log", str(folder), port, code=NIGHTS) as process:
        until(lambda: [one.name for one in folder.glob("*")] == ["3"], 60)

        def is_open() -> bool:
            try:
                return fetched(f"http://127.0.0.1:{port}/account/login/") == HTTPStatus.OK
            except OSError:
                return False

        until(is_open, 60)
        assert process.stop(within=20) == 0
        assert not is_open(), "its server ended with it"


def test_it_goes_by_the_clock(tmp_path: Path):
    refused = run("--data", str(tmp_path), "demo", "--nightly", "--no-serve")
    assert refused.returncode == 2
    assert "--nightly goes by the clock" in refused.stderr
