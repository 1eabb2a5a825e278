"""Pictures of the product for the README and the documents, made from the demo: `python -m workshop.pictures`.

It plays the demo in a folder that goes away, serves it, and has a browser look at it; the letter is drawn by Voldaan.
"""

from __future__ import annotations

import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import time
import zlib
from contextlib import closing
from datetime import date
from pathlib import Path
from urllib.request import urlopen  # noqa: TID251 - the workshop looks at our own page

import pypdfium2

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"
DAY, PORT = date(2026, 11, 20), "8765"
PAGE = f"http://127.0.0.1:{PORT}/tolbrug/"
VOLDAAN = str(Path(sys.executable).parent / "voldaan")
DARK = "--blink-settings=preferredColorScheme=0"
LIGHT = "--blink-settings=preferredColorScheme=1"


def main() -> int:
    """Make them all."""
    browser = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if browser is None:
        print("A browser is wanted: apt install chromium, or name it in CHROMIUM.")
        return 1
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        data = os.environ.get("VOLDAAN_DATA") or folder
        words = [VOLDAAN, "--data", data, "demo", "--until", DAY.isoformat(), "--port", PORT]
        served = subprocess.Popen(words)
        try:
            _wait(served)
            for name, size, theme in (
                ("overview-light", "1280,1500", LIGHT), ("overview-dark", "1280,1500", DARK),
                ("overview-phone", "500,1400", LIGHT),
            ):  # fmt: skip
                _look(browser, name, size, theme)
        finally:
            served.terminate()
            served.wait()
        _letter(data, folder)
    return 0


def _wait(served: subprocess.Popen[bytes]) -> None:
    while served.poll() is None:
        try:
            with urlopen(PAGE):
                return
        except OSError:
            time.sleep(1)
    raise SystemExit("The demo stopped before its page could be seen.")


def _look(browser: str, name: str, size: str, theme: str) -> None:
    words = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--window-size={size}", theme]
    subprocess.run([browser, *words, f"--screenshot={PICTURES / name}.png", PAGE], check=True, capture_output=True)


def _letter(data: str, folder: str) -> None:
    """Draw the first letter that was posted, and show its first page."""
    asked = [VOLDAAN, "--data", data, "--administration", "tolbrug"]
    rows = json.loads(subprocess.run([*asked, "report", "messages", "--json"], check=True, capture_output=True).stdout)
    letter = next(row["id"] for row in rows if row["channel"] == "letter" and row["state"] == "sent")
    said = subprocess.run([*asked, "message", letter, "--output", folder], check=True, capture_output=True, text=True)
    with closing(pypdfium2.PdfDocument(said.stdout.strip())) as letters:
        drawn = letters[0].render(scale=1.2, rev_byteorder=True)
        (PICTURES / "letter.png").write_bytes(_png(drawn.width, drawn.height, drawn.stride, bytes(drawn.buffer)))


def _png(width: int, height: int, stride: int, pixels: bytes) -> bytes:
    """Write rows of red, green and blue as a picture (PNG specification, chapters 5 and 11)."""
    rows = b"".join(b"\0" + pixels[at * stride : at * stride + 3 * width] for at in range(height))

    def part(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", zlib.compress(rows, 9)) + part(b"IEND", b"")


if __name__ == "__main__":
    sys.exit(main())
