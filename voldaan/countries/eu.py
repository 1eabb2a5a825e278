"""The European default, for a debtor in a country that has no file of its own."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from functools import cache

from voldaan.countries.rates import SHIPPED
from voldaan.rules.collection_costs import CostRule, FixedCompensation
from voldaan.rules.country import Country, Treatment
from voldaan.rules.days import easter
from voldaan.rules.imputation import ImputationRule
from voldaan.rules.interest import Agreed, InterestRule
from voldaan.rules.law import Article, Certainty
from voldaan.rules.rates import RateSchedule, Schedules
from voldaan.rules.references import ReferenceKind
from voldaan.rules.refusals import mark
from voldaan.rules.terms import Lawfulness, TermRule

DIRECTIVE = "OJ L 48, 23.2.2011, p. 1"
ELI = "https://eur-lex.europa.eu/eli/dir/"
IN_FORCE = date(2013, 3, 16)  # the day by which member states had to have the directive in their law

# In which the directive binds (ISO 3166-1); source: Treaty on European Union, art. 52, without the United Kingdom.
MEMBERS = frozenset(
    {"AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV",
     "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"}
)  # fmt: skip

# Of the European Economic Area. The directive is part of its agreement, but what it became there was not checked.
ECONOMIC_AREA = frozenset({"IS", "LI", "NO"})


def _directive(article: str, source: str = DIRECTIVE) -> Article:
    return Article(f"Directive 2011/7/EU art. {article}", IN_FORCE, source, address=f"{ELI}2011/7/oj")


@cache
def holidays(year: int) -> frozenset[date]:
    """Give the days on which the euro payment system is closed: all that is certain of a country we do not know.

    Source: ECB, long-term calendar of TARGET closing days, since 2002.
    """
    sunday = easter(year)
    return frozenset(
        {
            date(year, 1, 1),
            sunday - timedelta(days=2),  # Good Friday
            sunday + timedelta(days=1),
            date(year, 5, 1),
            date(year, 12, 25),
            date(year, 12, 26),
        }
    )


FIXED_COMPENSATION = FixedCompensation(4000, (_directive("6", f"{DIRECTIVE}; CJEU C-370/21 and C-78/22"),))
# The supplier's own deferral stays outside the rules of consumer credit up to 50 days. The law names no shorter term.
CONSUMER_TERM = TermRule(
    30, 50, Lawfulness.WARNED,
    (Article("Directive (EU) 2023/2225 art. 2", date(2026, 11, 20), "OJ L, 30.10.2023", Certainty.LOW,
             address=f"{ELI}2023/2225/oj"),),
)  # fmt: skip


def commercial(rates: Schedules) -> RateSchedule:
    """Give the least that a member state gives: the refinancing rate of each 1 January and 1 July, and eight points."""
    return rates["EU", "ecb_refi"].by_half_year(IN_FORCE).plus(Decimal(8), "commercial")


def business(rates: Schedules) -> Treatment:
    """Give the law towards a business."""
    return Treatment(
        term=TermRule(
            30, 60, Lawfulness.ONLY_EXPRESSLY, (_directive("3(3) and (5)"),)
        ),
        interest=InterestRule(
            commercial(rates), compounds=False, agreed=Agreed.REPLACES,
            articles=(_directive("3"),), agreed_articles=(),
        ),
        costs=CostRule(fixed=FIXED_COMPENSATION),
        presumes=(
            mark("The law of this country is not built in: this is the least that the European directive gives."),
        ),
    )  # fmt: skip


def generic(rates: Schedules) -> Country:
    """Give the law of a country that has no file of its own."""
    towards_business = business(rates)
    return Country(
        code="EU",
        name=mark("European Union"),
        languages=("en",),
        time_zone="Europe/Brussels",
        holidays=holidays,
        equated=frozenset(),
        reference=ReferenceKind.RF,
        consumer=Treatment(
            term=CONSUMER_TERM,
            asks_demand=True,
            presumes=(
                mark("Of a consumer in a country whose law is not built in, no interest and no costs are asked."),
            ),
        ),
        business=towards_business,
        public_body=Treatment(
            term=TermRule(
                30, 30, Lawfulness.ONLY_EXPRESSLY, (_directive("4(3)"),)
            ),
            interest=InterestRule(
                commercial(rates), compounds=False, agreed=Agreed.REPLACES_IF_HIGHER,
                articles=(_directive("4"),), agreed_articles=(),
            ),
            costs=towards_business.costs,
            presumes=towards_business.presumes,
        ),
        large_business=towards_business.term,
        # The directive leaves the order to each country; this is the one that all we know have.
        imputation=ImputationRule(()),
        limitations=(),
        bad_debt_vat=None,
    )  # fmt: skip


GENERIC = generic(SHIPPED)
