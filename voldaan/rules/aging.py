"""Ageing: in which bucket an open item falls, by the days since its due date. Due today is not overdue."""

from __future__ import annotations

from dataclasses import dataclass

from voldaan.rules.refusals import mark


@dataclass(frozen=True, slots=True)
class Bucket:
    """A range of days overdue, both ends included; None is without end."""

    name: str
    label: str
    first: int | None
    last: int | None

    @property
    def column(self) -> str:
        """Name the amount in this bucket in rows and reports, in cents."""
        return f"{self.name}_cents"


BUCKETS = (
    Bucket("not_due", mark("not due"), None, 0),
    Bucket("d1_30", mark("1–30 days"), 1, 30),
    Bucket("d31_60", mark("31–60 days"), 31, 60),
    Bucket("d61_90", mark("61–90 days"), 61, 90),
    Bucket("d91_120", mark("91–120 days"), 91, 120),
    Bucket("d120_plus", mark("over 120 days"), 121, None),
)


def bucket_of(days_overdue: int) -> Bucket:
    """Tell the bucket of an item that is so many days past its due date; negative is not yet due."""
    return next(bucket for bucket in BUCKETS if bucket.last is None or days_overdue <= bucket.last)
