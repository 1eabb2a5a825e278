"""Whose word on a sender counts: only the receiving server's, and only where it leaves no doubt."""

from __future__ import annotations

import pytest

from voldaan.rules.mail_vouching import vouches

GMAIL = (
    'mx.google.com; dkim=pass header.i=@bank.example header.s=s1 header.b="a/b;c=="; '
    "spf=pass (google.com: domain of bounce@mail.example designates 1.2.3.4 as permitted sender) "
    "smtp.mailfrom=bounce@mail.example; dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=bank.example"
)


def asked(results: str, sender: str = "a@bank.example", server: str = "mx.google.com") -> bool:
    return vouches(results, server=server, sender=sender)


@pytest.mark.parametrize(
    "results",
    [
        GMAIL, GMAIL.upper(), "mx.google.com 1; dmarc=pass header.from=bank.example",
        "mx.google.com; dkim=pass header.d=bank.example",
        "mx.google.com; dkim=fail header.d=x.example; dkim/1=pass header.d=bank.example",
        "mx.google.com; dkim=pass (2048-bit key; (nested) \\) unsafe) header.d=bank.example header.i=@bank.example",
    ],
)  # fmt: skip
def test_it_is_vouched(results):
    assert asked(results)


def test_a_domain_vouches_for_what_lies_under_it_and_not_the_other_way():
    assert asked("mx.google.com; dkim=pass header.d=bank.example", sender="a@mail.bank.example")
    assert not asked("mx.google.com; dkim=pass header.d=mail.bank.example")
    assert not asked("mx.google.com; dkim=pass header.d=example")
    assert not asked("mx.google.com; dkim=pass header.d=bank.example", sender="a@otherbank.example")


@pytest.mark.parametrize(
    "results",
    [
        "", "mx.google.com; none", "mx.google.com", "x.mx.google.com; dmarc=pass header.from=bank.example",
        "evil.example; dmarc=pass header.from=bank.example", "dmarc=pass header.from=bank.example",
        "mx.google.com; dmarc=fail header.from=bank.example; dkim=pass header.d=bank.example",
        "mx.google.com; dmarc=pass header.from=evil.example; dkim=pass header.d=bank.example",
        "mx.google.com; dmarc=pass", "mx.google.com; spf=pass smtp.mailfrom=a@bank.example",
        "mx.google.com; dkim=pass header.d=evil.example", "mx.google.com; dkim=none header.d=bank.example",
        # Words of the stranger himself, in a remark, in quotes, or running out of them.
        "mx.google.com; spf=fail (a; dmarc=pass header.from=bank.example)",
        'mx.google.com; spf=fail smtp.mailfrom="a; dmarc=pass header.from=bank.example"@evil.example',
        "mx.google.com; spf=fail (of a) ; dmarc=pass header.from=bank.example (x; dmarc=fail header.from=bank.example",
        "mx.google.com; spf=fail (a) ; dmarc=pass header.from=bank.example (x) ; dmarc=fail header.from=bank.example",
        "mx.google.com; spf=fail x) ; dmarc=pass header.from=bank.example",
        'mx.google.com; spf=fail "x ; dmarc=pass header.from=bank.example',
        "mx.google.com;" + " " * 20_000 + "dmarc=pass header.from=bank.example",
    ],
)  # fmt: skip
def test_it_is_not_vouched(results):
    assert not asked(results)


def test_who_has_no_domain_is_vouched_for_by_nobody():
    assert not asked("mx.google.com; dmarc=pass header.from=", sender="")
