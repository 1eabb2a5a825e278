"""The Netherlands."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import cache

from voldaan.countries import eu
from voldaan.countries.rates import SHIPPED
from voldaan.rules.bad_debt_vat import BadDebtVatRule
from voldaan.rules.collection_costs import CostRule, FixedCompensation, InstalmentRule, Ladder, Tier, VatSurcharge
from voldaan.rules.country import Country, Treatment
from voldaan.rules.days import easter, first_day
from voldaan.rules.imputation import ImputationRule
from voldaan.rules.interest import Agreed, InterestRule
from voldaan.rules.law import Article, Certainty
from voldaan.rules.limitation import Interruption, LimitationRule, Sells
from voldaan.rules.notice_dates import Delivery, NoticeDates, NoticeRule, after_receipt
from voldaan.rules.rates import Schedules
from voldaan.rules.references import ReferenceKind
from voldaan.rules.refusals import mark
from voldaan.rules.terms import Lawfulness, TermRule

MONDAY, SUNDAY = 0, 6  # as date.weekday() counts
DAY = timedelta(days=1)
CIVIL_CODE = "Burgerlijk Wetboek, wetten.overheid.nl"
NEW_CODE = date(1992, 1, 1)  # book 6 and title 3.11 came into force
LAWS = "https://wetten.overheid.nl/"
BOOKS = {"3": "BWBR0005291", "6": "BWBR0005289", "7": "BWBR0005290", "8": "BWBR0005034"}  # of the civil code

# Algemene termijnenwet art. 3(3): days put on a par with the holidays by decree. They move the end of a term, and
# nothing is sent on them; the presumed day of delivery of a letter does not move. A year is added as it is decreed.
EQUATED = frozenset(
    {
        date(2023, 4, 28),
        date(2023, 5, 19),
        date(2024, 5, 10),
        date(2024, 12, 27),
        date(2025, 5, 30),
        date(2026, 1, 2),
        date(2026, 5, 15),
        date(2027, 5, 7),
        date(2028, 4, 28),
        date(2028, 5, 26),
    }
)


def _civil_code(article: str, since: date, source: str = CIVIL_CODE, certainty: Certainty = Certainty.HIGH) -> Article:
    """Name an article of the civil code by its book and number, and where it is read."""
    book, _, place = article.partition(":")
    address = f"{LAWS}jci1.3:c:{BOOKS[book]}&artikel={place.partition('(')[0]}"
    return Article(f"art. {article} BW", since, source, certainty, address=address)


def _costs_decree(
    name: str, since: date = date(2012, 7, 1), source: str = "Stb. 2012, 141", certainty: Certainty = Certainty.HIGH
) -> Article:
    return Article(name, since, source, certainty, address=f"{LAWS}BWBR0031432/")


@cache
def holidays(year: int) -> frozenset[date]:
    """Give the generally recognised holidays of a year since 2014 (Algemene termijnenwet art. 3(1) and (2)).

    Good Friday and 5 May count in every year, though many people work on them.
    """
    sunday = easter(year)
    kings_day = date(year, 4, 27)
    return frozenset(
        {
            date(year, 1, 1),
            sunday - timedelta(days=2),  # Good Friday
            sunday,
            sunday + timedelta(days=1),
            date(year, 4, 26) if kings_day.weekday() == SUNDAY else kings_day,
            date(year, 5, 5),
            sunday + timedelta(days=39),  # Ascension
            sunday + timedelta(days=49),  # Whit Sunday
            sunday + timedelta(days=50),
            date(year, 12, 25),
            date(year, 12, 26),
        }
    )


def end_of_term(last_day: date) -> date:
    """Give the day on which a term set by law ends: not on a Saturday, Sunday, holiday or day equated with one.

    Source: Algemene termijnenwet art. 1(1) and 3.
    """
    return first_day(last_day, lambda day: NETHERLANDS.is_working_day(day) and day not in EQUATED)


def delivered_by_post(sent: date) -> date:
    """Give the presumed day of delivery: the second day after sending; Sunday, Monday and holidays do not count."""
    day = sent
    for _ in range(2):
        day = first_day(day + DAY, lambda on: on.weekday() not in (SUNDAY, MONDAY) and on not in holidays(on.year))
    return day


def fourteen_days(sent: date, delivery: Delivery, proven: date | None, term_days: int) -> NoticeDates:
    """Count from receipt: the day that is proven, else the presumed one; an e-mail arrives on the day it is sent."""
    presumed = delivered_by_post(sent) if delivery is Delivery.POST else sent
    return after_receipt(proven or presumed, term_days, end_of_term)


LADDER = Ladder(
    tiers=(
        Tier(0, 0, 1_500),
        Tier(250_000, 37_500, 1_000),
        Tier(500_000, 62_500, 500),
        Tier(1_000_000, 87_500, 100),
        Tier(20_000_000, 277_500, 50),
    ),
    minimum_cents=4_000,
    maximum_cents=677_500,
    articles=(
        _civil_code("6:96(2)(c)", date(2012, 7, 1)),
        _costs_decree("Besluit vergoeding voor buitengerechtelijke incassokosten"),
    ),
)
FOURTEEN_DAY_LETTER = NoticeRule(
    name="fourteen_day_letter", term_days=14, worded_days=15, dates=fourteen_days,
    counts_from_receipt=True,
    words=(
        "Wij vragen u het bedrag te betalen binnen vijftien dagen nadat deze brief bij u is bezorgd. Doet u dat niet, "
        "dan moet u ook {costs} aan incassokosten betalen (artikel 6:96 van het Burgerlijk Wetboek)."
    ),
    articles=(_civil_code("6:96(6)", date(2012, 7, 1), "ECLI:NL:HR:2016:2704, ECLI:NL:HR:2014:1405"),),
)  # fmt: skip
CUMULATION = InstalmentRule(
    largest_cents=26_667, months=6,
    articles=(_costs_decree("Besluit BIK, instalments", date(2024, 10, 1), "Stb. 2024, 44", Certainty.LOW),),
)  # fmt: skip


def surcharge(rates: Schedules) -> VatSurcharge:
    """Give the VAT that may come on top of costs."""
    article = _costs_decree("Besluit vergoeding voor buitengerechtelijke incassokosten, art. 2(3)")
    return VatSurcharge(rates["NL", "vat_general"], (article,))


def consumer(rates: Schedules) -> Treatment:
    """Give the law towards a consumer."""
    return Treatment(
        term=eu.CONSUMER_TERM,
        interest=InterestRule(
            rates["NL", "consumer"], compounds=True, agreed=Agreed.REPLACES_IF_HIGHER,
            articles=(
                _civil_code("6:119", NEW_CODE),
                _civil_code("6:120(1)", NEW_CODE, "Besluit wettelijke rente, by decree"),
            ),
            agreed_articles=(_civil_code("6:119(3)", NEW_CODE),),
        ),
        costs=CostRule(
            LADDER, may_be_agreed=False, agreed_articles=(_civil_code("6:96(5)", date(2012, 7, 1)),),
            instalments=CUMULATION, surcharge=surcharge(rates),
        ),
        notice=FOURTEEN_DAY_LETTER,
        asks_demand=True,  # art. 6:82 BW
        presumes=(mark("The due date was agreed, or a notice of default ended on it."),),
        costs_presume=(mark("A fourteen-day letter named these costs, and its term has passed."),),
    )  # fmt: skip


def business(rates: Schedules) -> Treatment:
    """Give the law towards a business."""
    return Treatment(
        term=TermRule(
            30, 60, Lawfulness.ONLY_EXPRESSLY, (_civil_code("6:119a(2) and (5)", eu.IN_FORCE),),
            says=mark(
                "A term of more than 60 days binds only where it was agreed expressly and is not grossly unfair "
                "(art. 6:119a(5) BW). It is taken that it was; if not, interest runs sooner."
            ),
        ),
        interest=InterestRule(
            rates["NL", "commercial"], compounds=True, agreed=Agreed.REPLACES,
            articles=(
                _civil_code("6:119a", date(2002, 12, 1)),
                _civil_code("6:120(2)", date(2002, 12, 1)),
            ),
            agreed_articles=(_civil_code("6:119a(8)", date(2002, 12, 1)),),
        ),
        costs=CostRule(
            LADDER,
            fixed=FixedCompensation(4_000, (_civil_code("6:96(4)", eu.IN_FORCE, "CJEU C-370/21 and C-78/22"),)),
            surcharge=surcharge(rates),
        ),
        costs_presume=(
            mark("At least one demand was sent; without one, € 40 for each late invoice is due and no more."),
        ),
    )  # fmt: skip


def public_body(rates: Schedules) -> Treatment:
    """Give the law towards a public body."""
    return replace(
        business(rates),
        term=TermRule(
            30, 30, Lawfulness.ONLY_EXPRESSLY, (_civil_code("6:119b", eu.IN_FORCE),),
            says=mark(
                "A public body may have more than 30 days only where the agreement itself justifies it "
                "(art. 6:119b BW). It is taken that it does; if not, interest runs sooner."
            ),
        ),
        interest=InterestRule(
            rates["NL", "commercial"], compounds=True, agreed=Agreed.REPLACES_IF_HIGHER,
            articles=(
                _civil_code("6:119b", eu.IN_FORCE),
                _civil_code("6:120(2)", date(2002, 12, 1)),
            ),
            agreed_articles=(_civil_code("6:119b(8)", eu.IN_FORCE),),
        ),
    )  # fmt: skip


# Art. 3:316, 3:317(1), 3:318 and 3:319 BW: a new equal term, five years at most.
INTERRUPTIONS = dict.fromkeys(Interruption, 5)
RENEWAL = (_civil_code("3:317", NEW_CODE), _civil_code("3:319", NEW_CODE))


def _limitation(name: str, years: int, article: str, certainty: Certainty = Certainty.MEDIUM, *,
                sold: frozenset[Sells] = frozenset(), consumers_only: bool = False) -> LimitationRule:  # fmt: skip
    articles = (_civil_code(article, NEW_CODE, certainty=certainty), *RENEWAL)
    return LimitationRule(name, years, INTERRUPTIONS, articles, sold, consumers_only)


LIMITATIONS = (
    _limitation("agreement", 5, "3:307", Certainty.HIGH,
                sold=frozenset({Sells.GOODS, Sells.SERVICES, Sells.UTILITIES})),
    # A service lapses after five years. Water, gas, power and heat are a consumer sale too (7:5(4), not re-read).
    _limitation("consumer_sale", 2, "7:28", Certainty.HIGH, sold=frozenset({Sells.GOODS, Sells.UTILITIES}),
                consumers_only=True),
    _limitation("carriage", 1, "8:1711", sold=frozenset({Sells.CARRIAGE})),
    # Also interest, which never outlives its principal (3:312).
    _limitation("periodic", 5, "3:308", sold=frozenset({Sells.PERIODIC})),
    _limitation("damages", 5, "3:310"),  # from the day the damage is known
    _limitation("judgment", 20, "3:324", Certainty.HIGH),
)  # fmt: skip


def netherlands(rates: Schedules) -> Country:
    """Give the law of the Netherlands."""
    return replace(
        eu.generic(rates),
        code="NL",
        name=mark("Netherlands"),
        languages=("nl",),
        time_zone="Europe/Amsterdam",
        holidays=holidays,
        equated=EQUATED,
        reference=ReferenceKind.BETALINGSKENMERK,
        consumer=consumer(rates),
        business=business(rates),
        public_body=public_body(rates),
        large_business=TermRule(
            30, 30, Lawfulness.VOID, (_civil_code("6:119a(6)", date(2022, 7, 1)),)
        ),
        imputation=ImputationRule(
            (_civil_code("6:43", NEW_CODE), _civil_code("6:44", NEW_CODE))
        ),
        limitations=LIMITATIONS,
        bad_debt_vat=BadDebtVatRule(
            12, 30, (Article("art. 29 Wet OB 1968", date(2017, 1, 1), "wetten.overheid.nl",
                            address=f"{LAWS}jci1.3:c:BWBR0002629&artikel=29"),)
        ),
    )  # fmt: skip


NETHERLANDS = netherlands(SHIPPED)
