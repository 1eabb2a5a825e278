"""What all tests of a module begin with, played once: each goes on from there, and what it adds is forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from pytest_django import DjangoDbBlocker


@contextmanager
def standing(blocker: DjangoDbBlocker) -> Iterator[None]:
    """Keep what is written within until the end of it, below the transaction of each test.

    Only for modules in which every test with a database begins with it, and none of them commits.
    """
    with blocker.unblock():
        below = transaction.atomic()
        below._from_testcase = True  # type: ignore[attr-defined]  # as Django marks its own
        with below:
            yield
            transaction.set_rollback(True)
