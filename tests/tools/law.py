"""The rules of a country that a test knows to be there."""

from __future__ import annotations

from voldaan.countries import COUNTRIES
from voldaan.rules.bad_debt_vat import BadDebtVatRule
from voldaan.rules.collection_costs import CostRule
from voldaan.rules.interest import InterestRule
from voldaan.rules.law import DebtorKind
from voldaan.rules.notice_dates import NoticeRule


def costs(country: str, kind: str) -> CostRule:
    rule = COUNTRIES[country].towards(DebtorKind(kind)).costs
    assert rule is not None
    return rule


def interest(country: str, kind: DebtorKind) -> InterestRule:
    rule = COUNTRIES[country].towards(kind).interest
    assert rule is not None
    return rule


def notice(country: str) -> NoticeRule:
    rule = COUNTRIES[country].consumer.notice
    assert rule is not None
    return rule


def bad_debt_vat(country: str) -> BadDebtVatRule:
    rule = COUNTRIES[country].bad_debt_vat
    assert rule is not None
    return rule
