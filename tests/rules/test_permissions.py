"""Who may do what: the matrix against a table written on its own, and a refusal that says why."""

from __future__ import annotations

import dataclasses

import pytest

from voldaan.rules.permissions import GRANTABLE, JOB, MATRIX, Actor, Deed, NotAllowed, Role, actor_as
from voldaan.rules.refusals import Kind

# The security page of the manual, row by row: x may, . may not, g only when granted.
COLUMNS = (Role.OWNER, Role.CONTROLLER, Role.CALLER, Role.ACCOUNTANT, Role.AUDITOR)
TABLE = """
read_assigned      x x x x x
read_books         x x . x x
read_settings      x x . x x
export             x x . x x
import             x x . x .
change_debtors     x x . x .
allocate           x x . x .
record_payment     x x . x .
write_off          x x . x .
write_off_any      x . . . .
record_calls       x x x x .
pause              x x . x .
prepare_run        x x . x .
release_run        x x . g .
send               x x . g .
change_strategies  x . . . .
change_settings    x . . . .
change_rates       x . . . .
change_sender      x . . . .
manage_users       x . . . .
close_period       x . . x .
"""
ROWS = [line.split() for line in TABLE.strip().splitlines()]
CELLS = [(Deed(deed), role, may) for deed, *row in ROWS for role, may in zip(COLUMNS, row, strict=True)]


def actor(role, granted=frozenset()):
    return actor_as(role, administration_id=1, user_id=2, via="web", granted=granted)


def test_the_table_knows_every_deed_and_role_once():
    assert sorted(row[0] for row in ROWS) == sorted(deed.value for deed in Deed)
    assert set(COLUMNS) == set(Role) == set(MATRIX)


@pytest.mark.parametrize(("deed", "role", "may"), CELLS)
def test_each_role_may_what_the_table_says(deed, role, may):
    assert actor(role).may(deed) is (may == "x")
    assert (deed in GRANTABLE.get(role, frozenset())) is (may == "g")


def test_a_deed_outside_the_role_is_refused_with_its_name():
    with pytest.raises(NotAllowed) as refused:
        actor(Role.CALLER).must(Deed.RELEASE_RUN)
    assert refused.value.code == "not_allowed"
    assert refused.value.kind is Kind.FORBIDDEN
    assert refused.value.facts == {"deed": "release_run"}
    assert "release_run" in str(refused.value)


def test_a_deed_of_the_role_goes_on():
    actor(Role.OWNER).must(Deed.MANAGE_USERS)
    actor(Role.CALLER).must(Deed.RECORD_CALLS)


def test_an_accountant_may_be_granted_the_release_and_nothing_else():
    granted = actor(Role.ACCOUNTANT, granted=frozenset({Deed.RELEASE_RUN}))
    granted.must(Deed.RELEASE_RUN)
    assert granted.deeds == MATRIX[Role.ACCOUNTANT] | {Deed.RELEASE_RUN}
    with pytest.raises(AssertionError):
        actor(Role.ACCOUNTANT, granted=frozenset({Deed.MANAGE_USERS}))
    with pytest.raises(AssertionError):
        actor(Role.AUDITOR, granted=frozenset({Deed.RELEASE_RUN}))


def test_an_auditor_changes_nothing():
    assert {deed for deed in MATRIX[Role.AUDITOR] if not deed.value.startswith("read")} == {Deed.EXPORT}


def test_a_job_releases_nothing_and_changes_no_settings():
    assert JOB.isdisjoint({Deed.RELEASE_RUN, Deed.CHANGE_SENDER, Deed.MANAGE_USERS, Deed.WRITE_OFF, Deed.CLOSE_PERIOD})


def test_an_actor_without_deeds_may_nothing():
    nobody = Actor(administration_id=1, user_id=None, via="job", deeds=frozenset())
    for deed in Deed:
        with pytest.raises(NotAllowed):
            nobody.must(deed)


def test_an_actor_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        actor(Role.CALLER).deeds = frozenset(Deed)
