"""Strategies: the ladders drawn, who follows which, what a version changed; one chosen, or its next version written."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext

from voldaan.look import ladders, words
from voldaan.queries import strategies as questions
from voldaan.queries import wordings
from voldaan.rules import notices
from voldaan.rules.ladders import BUSINESSES, CONSUMERS_BE, CONSUMERS_NL, BadStrategy, strategy_of, written
from voldaan.rules.permissions import Deed
from voldaan.rules.refusals import Refusal, mark
from voldaan.rules.strategy import Because, StepKind, Strategy
from voldaan.usecases import administrations, runs
from voldaan.usecases import strategies as verbs
from voldaan.web.entered import Entered
from voldaan.web.follow_up import next_day
from voldaan.web.toasts import Toast, leave
from voldaan.web.typed import number

MOST = 50  # customers named in one table
LEFT_OUT = {"term_days": 0, "prefers_post": False}  # of a step: what it is where it is not said


def page(request: Entered, slug: str) -> HttpResponse:  # noqa: ARG001 - the entrance has read it
    """Show every strategy as it is followed now."""
    followed = questions.followed(actor=request.actor)
    context = {
        "rows": [(one, ladders.ladder(one.newest.strategy)) for one in followed],
        "may_choose": request.actor.may(Deed.CHANGE_SETTINGS),
        "may_write": request.actor.may(Deed.CHANGE_STRATEGIES),
    }
    return render(request, "strategies/page.html", context)


def strategy(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002, ARG001 - the words of the address
    """Show one version of a strategy, whole, and what it changed in another one."""
    one = _found(request, id)
    shown = _version(one, request.GET.get("versie", "")) or one.newest
    older = [version for version in one.versions if version.number < shown.number]
    beside = _version(one, request.GET.get("naast", "")) or next(iter(older), None)
    rungs = ladders.ladder(shown.strategy)
    steps = [step.code for step in shown.strategy.steps if step.kind is StepKind.MESSAGE]
    texts = wordings.wordings(steps, request.books.language, actor=request.actor)
    context = {
        "one": one,
        "shown": shown,
        "beside": beside if beside != shown else None,
        "changes": ladders.changed(beside.strategy, shown.strategy) if beside and beside != shown else [],
        "rungs": [(rung, texts.get(rung.step.code)) for rung in rungs],
        "minimum": ladders.minimum(shown.strategy),
        "may_choose": request.actor.may(Deed.CHANGE_SETTINGS),
        "may_write": request.actor.may(Deed.CHANGE_STRATEGIES),
    }
    return render(request, "strategies/strategy.html", context)


def file(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002, ARG001
    """Give a version as the file from which the command line writes one."""
    one = _found(request, id)
    shown = _version(one, request.GET.get("versie", "")) or one.newest
    answer = HttpResponse(_text(shown), content_type="application/json")
    named = content_disposition_header(as_attachment=True, filename=f"{one.code}-{shown.number}.json")
    answer["Content-Disposition"] = named or "attachment"
    return answer


def follow(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002
    """Show what the next day would bring with another strategy; or choose it for everybody who has none of his own."""
    one = _found(request, id)
    if request.method == "POST":
        administrations.change(name="strategy", value=one.code, actor=request.actor, today=request.today)
        leave(request, Toast(gettext("Chosen. The next run decides by it; what was sent stays sent.")))
        return redirect("strategies", slug=slug)
    on = next_day(request)
    now = runs.run(dry_run=True, actor=request.actor, today=on)
    then = runs.run(dry_run=True, strategy=one.code, actor=request.actor, today=on)
    customers, others = (len({message.debtor_id for message in found.messages}) for found in (now, then))
    differs = _differs(now, then)
    context = {
        "one": one,
        "title": words.brings(words.own_tongue().long_day(on), others, len(then.tasks)),
        "on": on,
        "default": next(each for each in questions.followed(actor=request.actor) if each.is_default),
        "all": (customers, others),
        "tasks": (len(now.tasks), len(then.tasks)),
        "steps": _steps(one.newest.strategy, now, then),
        "differs": differs[:MOST],
        "differs_left": len(differs) > MOST,
        "is_stale": bool(then.counts[Because.BANK_STALE.value]),
    }
    return render(request, "strategies/follow.html", context)


def write(request: Entered, slug: str, id: str) -> HttpResponse:  # noqa: A002
    """Write the next version of a strategy, or a new one after its example; looked at first where that is asked."""
    one = _found(request, id)
    code = request.POST.get("code", one.code).strip()
    text = request.POST.get("content", _text(one.newest)).replace("\r\n", "\n")
    context: dict[str, Any] = {"one": one, "code": code, "text": text, "problem": "", "rungs": [], "changes": [],
                               "steps": ladders.LAW,
                               "version": request.POST.get("version", str(one.newest.number))}  # fmt: skip
    if request.method != "POST":
        return render(request, "strategies/write.html", context)
    try:
        content = _read(text)
        if "add" in request.POST:
            context["text"] = _with_step(content, request.POST.get("step", ""))
            return render(request, "strategies/write.html", context)
        said = strategy_of(code, content)
        notices.check(said)
        if "look" in request.POST:
            context |= {"rungs": ladders.ladder(said), "changes": ladders.changed(one.newest.strategy, said),
                        "is_looked": True}  # fmt: skip
            return render(request, "strategies/write.html", context)
        # A name of its own begins a new strategy, and does not write over one that is there.
        after = number(context["version"]) or 0 if code == one.code else 0
        written_as = verbs.define(code=code, content=content, after=after, actor=request.actor, today=request.today)
    except (BadStrategy, notices.UnlawfulStrategy, verbs.NewerVersion) as refusal:
        return _refused(request, refusal, context)
    leave(request, Toast(gettext("Version {number} is written.").format(number=written_as)))
    return redirect("strategy", slug=slug, id=code)


def _refused(request: Entered, refusal: Refusal, context: dict[str, Any]) -> HttpResponse:
    """Say what is wrong beside what was typed, which stays."""
    return render(request, "strategies/write.html", context | {"problem": words.refused(refusal)}, status=422)


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        place = gettext("line {line}, character {column}").format(line=error.lineno, column=error.colno)
        raise BadStrategy(place=place, why=ValueError(mark("it is no JSON"))) from None
    except (ValueError, RecursionError):
        raise BadStrategy(place=gettext("the text"), why=ValueError(mark("it is no JSON"))) from None


def _with_step(content: Any, code: str) -> str:
    """Add a step that weighs before the law as a preset has it, where its day puts it; one that is there stays so."""
    step = next((one for one in _steps_of(EXAMPLES) if one["code"] == code), None)
    if step is None or not isinstance(content, dict) or not isinstance(content.get("steps"), list):
        return _laid_out(content)
    steps = content["steps"]
    if any(isinstance(one, dict) and one.get("code") == code for one in steps):
        return _laid_out(content)
    place = next((at for at, one in enumerate(steps) if isinstance(one, dict) and _is_behind(one, step)), len(steps))
    return _laid_out(content | {"steps": [*steps[:place], step, *steps[place:]]})


EXAMPLES = CONSUMERS_NL, CONSUMERS_BE, BUSINESSES


def _steps_of(strategies: tuple[Strategy, ...]) -> Iterator[dict[str, Any]]:
    for one in strategies:
        yield from written(one)["steps"]


def _is_behind(one: dict[str, Any], step: dict[str, Any]) -> bool:
    """Tell whether a step comes after another one that counts from the same day; a hand-over always does."""
    days = one.get("days")
    later = one.get("anchor") == step["anchor"] and isinstance(days, int) and days >= step["days"]
    return later or one.get("kind") == StepKind.HAND_OVER.value


def _text(version: questions.Version) -> str:
    return _laid_out(written(version.strategy))


def _laid_out(content: Any) -> str:
    """Write a strategy as a file of which each step is one line, without what would be the same left out."""
    if not isinstance(content, dict) or not isinstance(content.get("steps"), list):
        return json.dumps(content, ensure_ascii=False, indent=2)
    content = dict(content)
    steps = [{name: value for name, value in step.items() if LEFT_OUT.get(name, ...) != value}
             if isinstance(step, dict) else step for step in content.pop("steps")]  # fmt: skip
    lines = ",\n".join(f"    {json.dumps(step, ensure_ascii=False)}" for step in steps)
    head = "".join(
        f"  {json.dumps(name)}: {json.dumps(value, ensure_ascii=False)},\n" for name, value in content.items()
    )
    return f'{{\n{head}  "steps": [\n{lines}\n  ]\n}}\n'


def _steps(strategy: Strategy, now: runs.Run, then: runs.Run) -> list[tuple[str, int, int]]:
    """Count what a day brings of each step both ways, in the order of the ladder."""
    counts = [Counter(step for _, _, step in _brought(found)) for found in (now, then)]
    order = dict.fromkeys([*(step.code for step in strategy.steps), *counts[0], *counts[1]])
    return [(step, counts[0][step], counts[1][step]) for step in order if counts[0][step] or counts[1][step]]


def _differs(now: runs.Run, then: runs.Run) -> list[tuple[str, str, list[str], list[str]]]:
    """Name the customers who would get something else, with what they get both ways."""
    of: dict[tuple[str, str], tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for way, found in enumerate((now, then)):
        for debtor, id_, step in _brought(found):
            of[debtor, id_][way].append(step)
    return [(*whose, *both) for whose, both in sorted(of.items()) if sorted(both[0]) != sorted(both[1])]


def _brought(found: runs.Run) -> Iterator[tuple[str, str, str]]:
    """Give the customer and the step of each message and task of a day."""
    yield from ((message.debtor, message.debtor_id, message.step) for message in found.messages)
    yield from ((task.debtor, task.debtor_id, task.kind) for task in found.tasks)


def _found(request: Entered, code: str) -> questions.Followed:
    found = next((one for one in questions.followed(actor=request.actor) if one.code == code), None)
    if found is None:
        raise Http404
    return found


def _version(one: questions.Followed, said: str) -> questions.Version | None:
    asked = number(said)
    return next((version for version in one.versions if version.number == asked), None)
