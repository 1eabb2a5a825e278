"""People: who may sign in, and what they may do in which administration."""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from voldaan.records.administrations import Administration
from voldaan.records.scope import Books
from voldaan.rules.permissions import Role


class User(AbstractBaseUser):
    """A person. Rights are held per administration, by a membership; nobody has rights by being staff."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200, blank=True)
    is_active = models.BooleanField(default=True)

    objects = BaseUserManager["User"]()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = []

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(email=Lower("email")), name="user_email_in_lower_case")]


class Membership(models.Model):
    """What a person may do in one administration: a role of `rules/permissions.py`."""

    administration = models.ForeignKey(Administration, models.PROTECT, related_name="+")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    role = models.CharField(max_length=20)

    objects = Books["Membership"]()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["administration", "user"], name="membership_once")]


def owns_all(user_id: int) -> bool:
    """Tell whether a person owns all books of this installation; invented ones are nobody's."""
    mine = Membership._base_manager.filter(user=user_id, role=Role.OWNER.value)  # noqa: SLF001 - of a person
    return not Administration.objects.filter(is_demo=False).exclude(pk__in=mine.values("administration")).exists()


class SignInLink(models.Model):
    """A link that lets one person in once, to choose a password. Only the hash of it is here."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    until = models.DateTimeField()  # by the clock of the machine
    used_at = models.DateTimeField(null=True)
