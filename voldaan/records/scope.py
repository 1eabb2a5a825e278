"""The one way into a table of the books: `.of(administration_id)`. A manager used without it raises."""

from __future__ import annotations

from typing import NoReturn, TypeVar

from django.db import models

Row_co = TypeVar("Row_co", bound=models.Model, covariant=True)


class Unscoped(AssertionError):  # noqa: N818 - our own mistake, never caught
    """A query was begun without saying whose books it reads."""


class Books(models.Manager[Row_co]):
    """The manager of every table that belongs to an administration."""

    def of(self, administration_id: int) -> models.QuerySet[Row_co]:
        """Begin a query in the books of one administration."""
        return models.QuerySet(self.model, using=self._db).filter(administration_id=administration_id)

    def get_queryset(self) -> NoReturn:
        """Refuse: without an administration there is nothing to ask."""
        raise Unscoped(f"{self.model.__name__}.objects needs .of(administration_id)")
