"""The address of a mail server from its parts; how one is read is in tests/outside/test_email.py."""

from __future__ import annotations

import re
from typing import Any

import pytest

from voldaan.rules.mailboxes import (
    HALF_A_LOGIN,
    NO_HOST,
    NO_PLAIN_PASSWORD,
    NO_PORT,
    WRONG_PORT,
    Security,
    account,
    written,
)


@pytest.mark.parametrize(("parts", "url"), [
    (("mail.b.example", "", Security.TLS, "a@b", "p/w#"), "smtps://a%40b:p%2Fw%23@mail.b.example"),
    (("mail.b.example", "2525", Security.STARTTLS, "", ""), "smtp://mail.b.example:2525"),
    (("relay", "25", Security.PLAIN, "", ""), "smtp://relay:25?plain=yes"),
    (("127.0.0.1", "2525", Security.PLAIN, "", ""), "smtp://127.0.0.1:2525"),
    (("::1", "", Security.TLS, "", ""), "smtps://[::1]"),
])  # fmt: skip
def test_parts_make_the_address_that_reads_as_them(parts, url):
    host, port, security, user, password = parts
    made = written(host=host, port=port, security=security, user=user, password=password)
    assert made == url
    found = account(made)
    assert (found.host, found.security, found.user, found.password) == (host, security, user, password)


@pytest.mark.parametrize(("words", "why"), [
    ({"host": "a@mail.b.example"}, NO_HOST),
    ({"host": "mail.b.example/x"}, NO_HOST),
    ({"port": "x"}, NO_PORT),
    ({"port": "123456"}, NO_PORT),
    ({"password": ""}, HALF_A_LOGIN),
    ({"security": Security.PLAIN}, NO_PLAIN_PASSWORD),
    ({"security": Security.STARTTLS, "port": "465"}, WRONG_PORT),
])  # fmt: skip
def test_parts_that_make_no_address_are_refused(words, why):
    parts: dict[str, Any] = {"host": "mail.b.example", "port": "", "security": Security.TLS, "user": "a",
                             "password": "geheim"}  # fmt: skip
    with pytest.raises(ValueError, match=re.escape(why)) as refused:
        written(**parts | words)
    assert "geheim" not in str(refused.value)
