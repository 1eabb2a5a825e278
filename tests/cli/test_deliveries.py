"""`voldaan withdraw` says what to do next as the message stands: printed, in the post, or never gone."""

from __future__ import annotations

import pytest

from tests.usecases.test_lowering import printed
from tests.usecases.test_notices import CONSUMER, FINAL, LETTER
from voldaan.cli.shell import REFUSED
from voldaan.records.messages import Message

REASON = ("--reason", "toch niet", "--today", "2026-04-28")


def test_a_printed_letter_is_to_be_thrown_away_and_nobody_is_told(typed):
    story = printed()
    answer = typed("withdraw", story.message(FINAL).public_id, *REASON)
    assert answer.stdout == "Withdrawn. Do not post it: throw the letter away. The customer knows nothing of it.\n"


def test_of_a_letter_that_left_the_customer_is_told(typed):
    story = printed()
    answer = typed("withdraw", story.message(LETTER).public_id, *REASON)
    assert answer.stdout.endswith("Tell the customer too: nothing is sent by this.\n")


@pytest.mark.parametrize(("state", "now"), [
    ("planned", "Skip it instead, or let it rest."),
    ("released", "Take it back instead, or skip it."),
    ("uncertain", "Say first whether it was sent."),
    ("failed", "Then there is nothing to write down of it."),
    ("withdrawn", "Then there is nothing to write down of it."),
])  # fmt: skip
def test_of_what_did_not_leave_it_says_what_can_be_done_instead(typed, state, now):
    story = CONSUMER.story()
    story.on("2026-03-16")
    Message.objects.of(story.books).update(state=state)
    answer = typed("withdraw", story.message("reminder").public_id, *REASON, exits=REFUSED)
    assert "did not reach the customer" in answer.stderr
    assert answer.stderr.endswith(f"{now}\n")


def test_a_trial_went_to_nobody_else(typed):
    story = CONSUMER.story()
    story.on("2026-03-16")
    Message.objects.of(story.books).update(is_trial=True)
    answer = typed("withdraw", story.message("reminder").public_id, *REASON, exits=REFUSED)
    assert "It was a trial" in answer.stderr
