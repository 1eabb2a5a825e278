"""Pictures of the product for the README and the documents, made from the demo: `python -m workshop.pictures`.

It plays the demo in a folder that goes away, serves it, and has a browser look around in it; the letter is drawn by
Voldaan.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from voldaan.formats import pdf_picture

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"
DAY, PORT = date(2026, 11, 20), "8765"
SITE = f"http://127.0.0.1:{PORT}"
VOLDAAN = str(Path(sys.executable).parent / "voldaan")

# The name of each picture, the page, the size of the window, and how else the reader looks at it.
WINDOWS: list[tuple[str, str, tuple[int, int], dict[str, Any]]] = [
    ("today-light", "/tolbrug/", (1280, 1240), {}),
    ("today-dark", "/tolbrug/", (1280, 1240), {"color_scheme": "dark"}),
    ("today-phone", "/tolbrug/", (400, 860), {"device_scale_factor": 2}),
    ("approve-light", "/tolbrug/goedkeuren/", (1280, 860), {}),
    ("receipts-light", "/tolbrug/ontvangsten/", (1280, 760), {}),
]


def main() -> int:
    """Make them all."""
    browser = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if browser is None:
        print("A browser is wanted: apt install chromium, or name it in CHROMIUM.")
        return 1
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        data = os.environ.get("VOLDAAN_DATA") or folder
        words = [VOLDAAN, "--data", data, "demo", "--until", DAY.isoformat()]
        subprocess.run([*words, "--no-serve"], check=False)  # refused where it was played before
        served = subprocess.Popen([*words, "--port", PORT], stdout=subprocess.PIPE)
        assert served.stdout  # noqa: S101 - a pipe was asked for
        served.stdout.readline()  # it says where it is once it is there
        try:
            with sync_playwright() as driver:
                chromium = driver.chromium.launch(executable_path=browser, args=["--no-sandbox", "--disable-gpu"])
                for window in WINDOWS:
                    _look(chromium, *window)
        finally:
            served.terminate()
            served.wait()
        _letter(data, folder)
    return 0


def _look(browser: Browser, name: str, path: str, size: tuple[int, int], words: dict[str, Any]) -> None:
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, locale="nl-NL", **words)
    page = context.new_page()
    page.goto(f"{SITE}/account/login/")
    page.locator("form[action='/demo/'] button").click()
    page.goto(f"{SITE}{path}", wait_until="networkidle")
    page.screenshot(path=PICTURES / f"{name}.png")
    context.close()


def _letter(data: str, folder: str) -> None:
    """Draw the first letter that was posted, and show its first page."""
    asked = [VOLDAAN, "--data", data, "--administration", "tolbrug"]
    rows = json.loads(subprocess.run([*asked, "report", "messages", "--json"], check=True, capture_output=True).stdout)
    letter = next(row["id"] for row in rows if row["channel"] == "letter" and row["state"] == "sent")
    said = subprocess.run([*asked, "message", letter, "--output", folder], check=True, capture_output=True, text=True)
    drawn = pdf_picture.draw(Path(said.stdout.strip()).read_bytes(), 0)
    assert drawn  # noqa: S101 - a letter has a first page
    (PICTURES / "letter.png").write_bytes(drawn)


if __name__ == "__main__":
    sys.exit(main())
