"""Pictures of the product for the README and the documents: `python -m workshop.pictures`.

It plays the demo in a folder that goes away, serves it, and has a browser look around in it; the letter is drawn by
Voldaan. Then it begins anew as a newcomer does, and takes the road of the tutorial on the pages.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import IO, Any

from playwright.sync_api import Browser, sync_playwright

from voldaan.formats import pdf_picture

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"
DAY, FIRST_DAY, PORT = date(2026, 11, 20), date(2027, 3, 3), "8765"
FILES = Path(__file__).parents[1] / "docs" / "tutorial" / "files"
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
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=browser, args=["--no-sandbox", "--disable-gpu"])
        with tempfile.TemporaryDirectory() as folder:
            _demo(chromium, folder)
        with tempfile.TemporaryDirectory() as folder:
            _tutorial(chromium, folder)
    return 0


def _demo(chromium: Browser, folder: str) -> None:
    """Look around in the demo."""
    data = os.environ.get("VOLDAAN_DATA") or folder
    words = [VOLDAAN, "--data", data, "demo", "--until", DAY.isoformat()]
    subprocess.run([*words, "--no-serve"], check=False)  # refused where it was played before
    with _served(*words) as said:
        said.readline()  # it says where it is once it is there
        for window in WINDOWS:
            _look(chromium, *window)
    _letter(data, folder)


@contextmanager
def _served(*words: str) -> Iterator[IO[str]]:
    """Serve, and hear what is said."""
    served = subprocess.Popen([*words, "--port", PORT], stdout=subprocess.PIPE, text=True)
    assert served.stdout  # noqa: S101 - a pipe was asked for
    try:
        yield served.stdout
    finally:
        served.terminate()
        served.wait()


def _tutorial(chromium: Browser, folder: str) -> None:
    """Take the road of the tutorial on the pages, as it is written there, and make a picture of each stop."""
    with _served(VOLDAAN, "--data", folder, "--today", FIRST_DAY.isoformat(), "serve") as said:
        link = next(line.strip() for line in said if "/begin/" in line)
        page = chromium.new_context(viewport={"width": 1280, "height": 800}, locale="nl-NL").new_page()
        page.goto(link)
        page.get_by_label("Naam van uw bedrijf").fill("Drukkerij De Linde")
        page.get_by_label("Rekening waarop klanten betalen").fill("NL91 ABNA 0417 1643 00")
        page.get_by_label("Uw e-mailadres").fill("eigenaar@linde.example")
        page.screenshot(path=PICTURES / "begin.png")
        page.get_by_role("button", name="Open de administratie").click()
        page.get_by_label("Wachtwoord").fill("vier appels op een schaal")
        page.get_by_role("button", name="Beginnen").click()
        page.get_by_role("link", name="Lijst inlezen").click()
        page.locator("input[type=file]").set_input_files(
            [FILES / "openstaande-posten.csv", FILES / "afschrift-2027-03-02.xml"]
        )
        page.get_by_role("button", name="Inlezen").click()
        page.locator("article").first.wait_for()
        page.screenshot(path=PICTURES / "taken-in.png")
        page.get_by_role("link", name="Aan de slag").click()
        page.get_by_role("link", name="Wat zou morgen brengen?").click()
        page.set_viewport_size({"width": 1280, "height": 1100})
        page.evaluate("scrollTo(0, 0)")
        page.screenshot(path=PICTURES / "beginning.png")
        page.get_by_role("link", name="Inlezen").first.click()
        page.locator("input[type=file]").set_input_files(FILES / "klanten-uitvoer.csv")
        page.get_by_role("button", name="Inlezen").click()
        page.get_by_role("link", name="Zeg wat de kolommen zijn").click()
        page.get_by_label("Wie").select_option(label="naam van de klant")
        page.get_by_label("Gemaakt").select_option(label="factuurdatum")
        page.get_by_text("Hoe bedragen en datums zijn geschreven").click()
        page.get_by_label("Datums").select_option(label="maand, dag, jaar")
        page.get_by_text("8 jan 2027").wait_for()  # what would come in follows each choice
        page.screenshot(path=PICTURES / "columns.png", full_page=True)


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
