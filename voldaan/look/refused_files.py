"""Why a file that came by itself was refused, as the text that is laid beside it."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext

from voldaan.look import words
from voldaan.usecases.files import Imported, wants_a_yes


def reason(answers: Sequence[Imported]) -> str:
    """Say it for each file of which nothing came in."""
    lines = [gettext("Voldaan took nothing in from here:"), ""]
    for answer in answers:
        if answer.result in {"imported", "known"}:
            continue
        lines.append(answer.file)
        if answer.result == "held":
            lines.append("  " + gettext("We are not certain what each column means."))
        has_button = bool(answer.held) and wants_a_yes(answer.problems)
        problems = (*answer.problems, *answer.questions)
        lines += ["  {}: {}".format(*words.problem(one, has_button=has_button)) for one in problems]
    lines += ["", gettext("Mend it and lay it in the folder again, or take it in on the page “Take in” of Voldaan.")]
    return "\n".join(lines) + "\n"
