"""`voldaan fetch` from an SFTP server as a real process: what it says, and kill -9 before a file is moved."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from tests.tools.files import PAYER, Movement, camt053
from tests.tools.processes import run
from tests.tools.sftp_server import SftpServer

# The real command, for which a file is whole at once; where it is told so, it dies just before it moves the first one.
COMMAND = """
import os, signal, sys
from voldaan.config.entry import Installation, main
Installation().prepare(None, "en")
from voldaan.outside.banks.sftp import place
from voldaan.usecases import fetching
place.SETTLED = 0
if "--dies" in sys.argv:
    sys.argv.remove("--dies")
    place.Sftp._rename = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
elif "--later" in sys.argv:
    sys.argv.remove("--later")
    fetching.Now = lambda now=fetching.Now: now() + 2 * fetching.HELD
main()
"""


def test_killed_before_a_file_is_moved_it_comes_in_once(tmp_path):
    drop = tmp_path / "served" / "bank" / "hart"
    drop.mkdir(parents=True)
    (drop / "a.xml").write_text(camt053([Movement(date(2025, 2, 1), 1000, PAYER, "Janssen", "F1", "E1")]))
    with SftpServer(tmp_path / "served") as server:
        where = {"VOLDAAN_DATA": str(tmp_path / "data"), **server.surroundings}
        run("init", "--name", "Hart", "--country", "NL", "--iban", "NL91ABNA0417164300", "--email", "a@hart.example",
            **where)  # fmt: skip
        assert run("fetch", "--dies", code=COMMAND, **where).returncode == -9
        assert (drop / "a.xml").exists()
        done = run("fetch", "--later", "--format", "json", code=COMMAND, **where)
        assert [(row["file"], row["result"]) for row in json.loads(done.stdout)] == [("a.xml", "known")]
    assert {path.name for path in Path(drop).iterdir()} == {"taken"}
