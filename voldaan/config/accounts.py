"""How the sign-in behaves here: people come by a link that they were handed, and nobody signs himself up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

if TYPE_CHECKING:
    from voldaan.records.people import User


class ByInvitation(DefaultAccountAdapter):  # type: ignore[misc]  # it says no types
    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Keep the sign-up shut."""
        return False


def shown(user: User) -> str:
    """Name a person on the pages of the sign-in."""
    return user.name or user.email
