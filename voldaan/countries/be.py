"""Belgium."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import cache

from voldaan.countries import eu
from voldaan.countries.rates import SHIPPED
from voldaan.rules.collection_costs import CostRule, FixedCompensation, Ladder, Tier
from voldaan.rules.country import Country, Treatment
from voldaan.rules.days import add_working_days, easter
from voldaan.rules.imputation import ImputationRule
from voldaan.rules.interest import Agreed, InterestRule
from voldaan.rules.law import Article, Certainty
from voldaan.rules.limitation import Interruption, LimitationRule, Sells
from voldaan.rules.notice_dates import Delivery, NoticeDates, NoticeRule, from_first_day
from voldaan.rules.rates import Schedules
from voldaan.rules.references import ReferenceKind
from voldaan.rules.refusals import mark
from voldaan.rules.terms import Lawfulness, TermRule

LATE_PAYMENT_LAW = date(2002, 8, 7)  # the law of 2 August 2002 came into force
BOOK_XIX = date(2023, 9, 1)  # for new agreements; for older ones on 1 December 2023
GAZETTE = "Belgisch Staatsblad"
OLD_CODE = date(1804, 3, 21)
ECONOMIC_CODE = "https://www.ejustice.just.fgov.be/eli/wet/2013/02/28/2013A11134/justel"
LAW_OF_2002 = "https://www.ejustice.just.fgov.be/eli/wet/2002/08/02/2002009716/justel"


def _late_payment(article: str, since: date) -> Article:
    return Article(f"art. {article} wet van 2 augustus 2002", since, GAZETTE, address=LAW_OF_2002)


@cache
def holidays(year: int) -> frozenset[date]:
    """Give the ten legal holidays (law of 4 January 1974; royal decree of 18 April 1974, art. 1)."""
    sunday = easter(year)
    return frozenset(
        {
            date(year, 1, 1),
            sunday + timedelta(days=1),
            date(year, 5, 1),
            sunday + timedelta(days=39),  # Ascension
            sunday + timedelta(days=50),  # Whit Monday
            date(year, 7, 21),
            date(year, 8, 15),
            date(year, 11, 1),
            date(year, 11, 11),
            date(year, 12, 25),
        }
    )


def fourteen_days(sent: date, delivery: Delivery, _: date | None, term_days: int) -> NoticeDates:
    """Count from sending, whatever is known of receipt: day 1 is the day after, by post the third working day after.

    Saturday counts as no working day: the law can be read otherwise, but so it is never too early.
    """
    first = add_working_days(sent, 3, BELGIUM) if delivery is Delivery.POST else sent + timedelta(days=1)
    return from_first_day(sent, first, term_days)


# The balance of each debt decides; all of it only where the terms say so.
DAMAGES_CAP = Ladder(
    tiers=(Tier(0, 2_000, 0), Tier(15_000, 3_000, 1_000), Tier(50_000, 6_500, 500)),
    minimum_cents=2_000,
    maximum_cents=200_000,
    articles=(Article("art. XIX.4 WER", BOOK_XIX, f"wet van 4 mei 2023, {GAZETTE}", address=ECONOMIC_CODE),),
)
FIRST_REMINDER = NoticeRule(
    name="consumer_first_reminder", term_days=14, worded_days=14, dates=fourteen_days,
    articles=(Article("art. XIX.2 WER", BOOK_XIX, f"wet van 4 mei 2023, {GAZETTE}", address=ECONOMIC_CODE),),
)  # fmt: skip


def consumer(rates: Schedules) -> Treatment:
    """Give the law towards a consumer."""
    return Treatment(
        term=eu.CONSUMER_TERM,
        interest=InterestRule(
            rates["BE", "civil"], compounds=False, agreed=Agreed.UP_TO_THE_CAP,
            # Whether the cap may be rounded up to the half point, as between businesses, is not certain.
            cap=eu.commercial(rates),
            articles=(Article("art. 2 wet van 5 mei 1865", date(1996, 9, 1), GAZETTE),),
            agreed_articles=DAMAGES_CAP.articles,
        ),
        costs=CostRule(
            DAMAGES_CAP, adds_principals=False, only_if_agreed=True, may_be_agreed=False,
            agreed_articles=DAMAGES_CAP.articles,
        ),
        notice=FIRST_REMINDER,
        asks_demand=True,
        interest_awaits_notice=True,  # art. XIX.2 WER; of a small creditor it may run from the reminder itself
        presumes=(
            mark("A free first reminder was sent, its term has passed, and the due date is the day it was sent."),
            mark("Costs, and a rate above the civil one, are asked only where the terms say so."),
        ),
    )  # fmt: skip


def business(rates: Schedules) -> Treatment:
    """Give the law towards a business."""
    return Treatment(
        term=TermRule(
            30, 60, Lawfulness.VOID, (_late_payment("4", date(2022, 2, 1)),),
            says=mark(
                "An agreed term of more than 60 days is void: default begins 30 days after the invoice was received "
                "(art. 4 wet van 2 augustus 2002)."
            ),
        ),
        interest=InterestRule(
            rates["BE", "commercial"], compounds=False, agreed=Agreed.REPLACES,
            articles=(_late_payment("5", LATE_PAYMENT_LAW),), agreed_articles=(),
        ),
        costs=CostRule(
            fixed=FixedCompensation(4_000, (_late_payment("6", eu.IN_FORCE),))
        ),
    )  # fmt: skip


def _limitation(name: str, years: int, article: str, *sold: Sells, consumers_only: bool = False) -> LimitationRule:
    # A demand by the creditor himself interrupts nothing. A new term of one year by formal notice: old art. 2244(2).
    begun_anew = {Interruption.ACKNOWLEDGEMENT: years, Interruption.COURT_CLAIM: years, Interruption.FORMAL_NOTICE: 1}
    return LimitationRule(name, years, begun_anew, (Article(article, OLD_CODE, GAZETTE),), frozenset(sold),
                          consumers_only)  # fmt: skip


def belgium(rates: Schedules) -> Country:
    """Give the law of Belgium."""
    towards_business = business(rates)
    return replace(
        eu.generic(rates),
        code="BE",
        name=mark("Belgium"),
        languages=("nl", "fr", "de"),
        time_zone="Europe/Brussels",
        holidays=holidays,
        reference=ReferenceKind.OGM,
        consumer=consumer(rates),
        business=towards_business,
        public_body=replace(
            towards_business,
            term=TermRule(
                30, 30, Lawfulness.ONLY_EXPRESSLY, towards_business.term.articles,
                says=mark(
                    "A public body may have more than 30 days only where the agreement itself justifies it "
                    "(art. 4 wet van 2 augustus 2002). It is taken that it does; if not, interest runs sooner."
                ),
            ),
        ),
        large_business=towards_business.term,
        imputation=ImputationRule((Article("art. 1254 oud BW", OLD_CODE, GAZETTE, Certainty.MEDIUM),)),
        limitations=(
            _limitation("agreement", 10, "art. 2262bis oud BW", Sells.GOODS, Sells.SERVICES),
            _limitation("consumer_sale", 1, "art. 2272 oud BW", Sells.GOODS, consumers_only=True),
            _limitation("periodic", 5, "art. 2277 oud BW", Sells.UTILITIES, Sells.PERIODIC),  # also telecom
        ),
    )  # fmt: skip


BELGIUM = belgium(SHIPPED)
