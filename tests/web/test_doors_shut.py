"""What keeps others out, and hostile words words: headers, names of hosts, texts of customers, and no way to write."""

from __future__ import annotations

import errno
import io
import logging
import re
from typing import Any

import pytest
from django.test import Client
from lxml import etree

from tests.tools.house import House
from tests.web.conftest import OWNER, SLUG, Browse, Page, signed_in
from voldaan.config.middleware import HEADERS
from voldaan.usecases import follow_up, runs

pytestmark = pytest.mark.one_engine  # what is refused before any question is asked

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'; DROP TABLE records_debtor; --",
    "{{ books }}{% debug %}",
    "{0.__class__}{on}%s%(n)s",
    "Bedrijf \u202egpj.exe\u2066",
    "مؤسسة الأفق",
    "W" * 300,
    "een\u0085regel",
]


@pytest.fixture
def hostile(house: House) -> House:
    for n, name in enumerate(HOSTILE):
        house.debtor(name, number=f"{n}", email=f"a{n}@b.example")
        house.invoice(f"{n}", f"<i>{n}</i>\u202e", "100.00", issued="2027-02-01", due="2027-02-10")
    follow_up.pause(invoice="<i>1</i>\u202e", until=house.today.replace(month=6), reason="<b>{on}</b> \u202e",
                    actor=house.actor, today=house.today)  # fmt: skip
    runs.run(actor=house.actor, today=house.today)
    return house


@pytest.fixture
def pages(browse: Browse, hostile: House) -> list[Page]:
    first = browse()
    links = sorted(set(first.tree.xpath("//main//a/@href")))
    assert len([link for link in links if "/klanten/" in link]) == len(HOSTILE)
    return [first, *(browse(link) for link in links if link.startswith("/"))]


ALLOWED = {
    "a", "article", "aside", "b", "bdi", "body", "button", "caption", "circle", "code", "datalist", "dd", "details",
    "dialog", "div", "dl", "dt", "footer", "form", "h1", "h2", "head", "header", "html", "iframe", "img", "input",
    "kbd", "label", "li", "line", "link", "main", "meta", "nav", "ol", "option", "p", "path", "polygon", "polyline",
    "pre", "rect", "script", "section", "select", "small", "span", "summary", "svg", "table", "tbody", "td", "tfoot",
    "th", "thead", "time", "title", "tr", "ul",
}  # fmt: skip


def test_nothing_that_a_customer_is_called_becomes_part_of_the_page(pages: list[Page]):
    for page in pages:
        assert {one.tag for one in page.tree.iter() if isinstance(one.tag, str)} <= ALLOWED
        for one in page.tree.iter():
            assert not [name for name in one.attrib if name.startswith("on") or name == "style"]
        assert not "".join(page.tree.xpath("//script/text()")).strip()


def test_every_name_is_shown_as_it_is_typed_but_for_hidden_signs(pages: list[Page]):
    text = "".join(pages[0].tree.xpath("//table[@class='aged']//text()"))
    for name in HOSTILE:
        assert re.sub("[\u202a-\u202e\u2066-\u2069\u0080-\u009f]", "\ufffd", name) in text


def test_no_sign_that_turns_the_text_around_leaves_its_place(pages: list[Page]):
    for page in pages:
        # What goes back with a form goes back as it was: it is the value of a field, and turns nothing else around.
        for field in page.tree.xpath("//input"):
            field.getparent().remove(field)
        body = etree.tostring(page.tree.find("body"), encoding="unicode")
        assert not re.search("[\u202a-\u202e\u2066-\u2069\u0080-\u009f]", body)
        assert all(
            one.xpath("ancestor-or-self::bdi") for one in page.tree.xpath("//main//*[text()[contains(., 'مؤسسة')]]")
        )


def test_nothing_comes_from_elsewhere_and_nothing_goes_there(pages: list[Page]):
    for page in pages:
        for address in page.tree.xpath("//@href | //@src | //@action"):
            assert address.startswith(("/", "#", "?"))
            assert not address.startswith("//")
        assert not page.tree.xpath("//style | //*[@style]")
        assert all(form.get("method") == "get" or form.xpath(".//input[@name='csrfmiddlewaretoken']")
                   for form in page.tree.xpath("//form"))  # fmt: skip


def test_cookies_are_kept_from_scripts_and_from_other_sites(pages: list[Page]):
    cookies = [cookie for page in pages for cookie in page.answer.cookies.values()]
    assert {cookie.key for cookie in cookies} == {"voldaan-csrf"}
    assert all(cookie["httponly"] and cookie["samesite"] == "Lax" for cookie in cookies)


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    from voldaan.queries import overview

    def breaks(**_: Any) -> None:
        raise RuntimeError("the secret of the cook")

    monkeypatch.setattr(overview, "overview", breaks)


PLACES = [("/", 302), (f"/{SLUG}/", 200), (f"/{SLUG}", 301), ("/nobody/", 404), ("/a/b/c", 404),
          (f"/{SLUG}/klanten/x/", 404), ("/static/voldaan/base.css", 200), ("/static/nothing.css", 404)]  # fmt: skip


@pytest.mark.parametrize(("path", "status"), PLACES)
def test_every_answer_has_the_headers(house: House, path, status):
    answer = signed_in(OWNER).get(path)
    assert answer.status_code == status
    assert {name: answer[name] for name in HEADERS} == HEADERS
    assert "Access-Control-Allow-Origin" not in answer
    assert answer["Cache-Control"] == ("max-age=60, public" if path.endswith("base.css") else "no-store")
    answer.close()


def test_the_policy_lets_nothing_in_but_our_own():
    policy = dict(part.strip().split(" ", 1) for part in HEADERS["Content-Security-Policy"].split(";"))
    assert policy == {
        "default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "img-src": "'self' data:",
        "connect-src": "'self'", "frame-src": "'self'", "form-action": "'self'", "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }  # fmt: skip


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "192.168.1.7", "evil.example:8000", "a b"])
def test_only_the_names_of_this_machine_are_answered(house: House, settings: Any, host):
    settings.ALLOWED_HOSTS = [name for name in settings.ALLOWED_HOSTS if name != "testserver"]
    for path in ("/", f"/{SLUG}/"):
        answer = Client().get(path, headers={"host": host})
        assert answer.status_code == 400
        assert {name: answer[name] for name in HEADERS} == HEADERS
        assert b"Bakkerij" not in answer.content


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8000", "[::1]:8000"])
def test_this_machine_is_answered_by_each_of_its_names(house: House, host):
    assert signed_in(OWNER).get(f"/{SLUG}/", headers={"host": host}).status_code == 200


def test_a_fault_of_ours_is_said_without_its_details(
    browse: Browse, house: House, broken: None, monkeypatch: pytest.MonkeyPatch
):
    said = io.StringIO()
    (window,) = [one for one in logging.getLogger("django.request").handlers if type(one) is logging.StreamHandler]
    monkeypatch.setattr(window, "stream", said)
    page = browse(status=500)
    assert "RuntimeError: the secret of the cook" in said.getvalue()
    assert page.one("//h1") == "Something is broken here"
    assert "secret" not in page.answer.content.decode()
    assert {name: page.answer[name] for name in HEADERS} == HEADERS


def test_what_the_machine_would_not_is_no_fault_of_ours(browse: Browse, house: House, monkeypatch: pytest.MonkeyPatch):
    from voldaan.queries import overview

    def breaks(**_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    said = io.StringIO()
    (window,) = [one for one in logging.getLogger("django.request").handlers if type(one) is logging.StreamHandler]
    monkeypatch.setattr(window, "stream", said)
    monkeypatch.setattr(overview, "overview", breaks)
    page = browse(status=503)
    assert page.one("//h1") == "The books cannot be read now"
    assert said.getvalue() == f"Service Unavailable: /{SLUG}/: No space left on device\n"
    assert {name: page.answer[name] for name in HEADERS} == HEADERS


def test_what_is_not_there_is_said_kindly_and_shows_no_books(browse: Browse, house: House):
    page = browse("/nobody/", status=404)
    assert page.one("//h1") == "This page is not here"
    assert "Bakkerij" not in page.text
    assert page.tree.xpath("//main//a/@href") == ["/"]


def test_what_no_keyboard_types_is_refused(house: House):
    client = signed_in(OWNER)
    for path in (f"/{SLUG}/klanten/?zoek=a%00b", f"/{SLUG}/facturen/?zoek=%00"):
        assert client.get(path).status_code == 400
    assert client.post(f"/{SLUG}/klanten/x/gegevens/", {"name": "a\0b"}).status_code == 400


def test_a_page_can_be_read_by_everybody(pages: list[Page]):
    for page in pages:
        assert page.tree.get("lang") == "en"
        assert len(page.tree.xpath("//h1")) == 1
        assert page.tree.xpath("string(//title)").strip()
        assert page.tree.xpath("//body/*[1][self::a][@class='skip']/@href") == ["#main"]
        assert len(page.tree.xpath("//main[@id='main']")) == 1
        for table in page.tree.xpath("//table"):
            assert "".join(table.xpath("./caption//text()")).strip()
            assert not table.xpath(".//th[not(@scope)]")
        for picture in page.tree.xpath("//svg"):
            assert picture.get("aria-hidden") == "true" or (picture.get("role"), bool(picture.get("aria-label"))) == (
                "img", True,
            )  # fmt: skip
        ids = page.tree.xpath("//@id")
        assert len(ids) == len(set(ids))
        for link in page.tree.xpath("//nav//@href[starts-with(., '#')]"):
            assert link[1:] in ids
