"""The steps of the loop: who may take each, from which state, what it must say, and what it changes (E01 to E12).

One table. What is illegal has a reason with a name, so that a page can say why a step cannot be taken now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from survey.rules.deadlines import Rest
from survey.rules.issue_case import OPEN, STATES, UNSOLVED, Case, Check, Event, Party, Whistle
from survey.rules.issue_fields import moment_of

CAPACITIES = ("raiser", "holder", "helper", "called", "told", "desk", "reader", "clock", "net")
"""As whom a step is taken: who raised it, who holds it, an office that helps, one that is called and has not signed in,
a chief beyond a near border (or who handed it up), the desk of the ground, whoever may read it; the clock and the net
are the system's own hands."""

Change = Callable[[Case, Event], Case]
Why = Callable[[Case, Event], str]


@dataclass(frozen=True)
class Step:
    """One kind of event.

    Parameters
    ----------
    by
        The capacities in which it may be taken.
    states
        From which it may be taken.
    fields
        What it says, by name (``survey.rules.issue_fields``); a name with ``?`` may be left out.
    change
        What it makes of the case.
    why_not
        What else speaks against it: the name of a reason, or "".
    """

    by: frozenset[str]
    states: frozenset[str]
    fields: tuple[str, ...]
    change: Change
    why_not: Why = lambda _case, _event: ""


def objection(case: Case, event: Event) -> str:
    """Return why an event does not count in the state it meets, by name, or "" where it does."""
    step = STEPS.get(event.kind)
    if step is None:
        return "unknown"
    if case.state not in step.states:
        return "state"
    return step.why_not(case, event)


def apply(case: Case, event: Event) -> Case:
    """Return the case after an event to which there is no objection."""
    return STEPS[event.kind].change(case, event)


def steps_for(case: Case, capacities: Iterable[str]) -> list[str]:
    """Return the steps that somebody with these capacities may take now, in the order of the table.

    What depends on the words of the step (which office signs in, which one is named) is only asked when it is taken.
    """
    held = frozenset(capacities)
    found = []
    for kind, step in STEPS.items():
        if held & step.by and case.state in step.states and not _never(case, kind):
            found.append(kind)
    return found


def _never(case: Case, kind: str) -> bool:
    """Tell whether a step cannot be taken now, whatever it says."""
    return {
        "refused": case.binding,
        "paused": case.is_paused,
        "resumed": not case.is_paused,
        "whistle_rated": not any(whistle.signed for whistle in case.whistles),
        "valid": case.valid is not None,
        "signed_in": not case.called(),
    }.get(kind, False)


def _accepted(case: Case, event: Event) -> Case:
    holder = Party("unit", str(event.detail["unit"])) if event.detail.get("unit") else case.holder
    told = tuple(one for one in case.told if one != holder)
    if holder != case.holder:
        told = (*told, case.holder)  # the chief on the other side of the border keeps sight of it
    first = case.accepted_at or event.at
    return replace(case, state="in_hand", holder=holder, told=told, accepted_at=first, level=event.level or case.level)


def _refused(case: Case, event: Event) -> Case:
    return replace(_handed(case, event), bounces=case.bounces + 1, told=_with(case.told, case.holder))


def _dispatched(case: Case, event: Event) -> Case:
    helpers = tuple(dict.fromkeys((*case.helpers, *map(str, event.detail.get("helpers", ())))))
    return replace(_handed(case, event), helpers=helpers, binding=bool(event.detail.get("binding")))


def _escalated(case: Case, event: Event) -> Case:
    return replace(_handed(case, event), told=_with(case.told, case.holder))


def _handed(case: Case, event: Event) -> Case:
    """Return the case in other hands, waiting for them; ``goes_to`` is where the server sent what was named."""
    to = Party.of(event.detail.get("goes_to") or event.detail["to"])
    return replace(
        case, state="waiting", holder=to, binding=False, level=str(event.detail.get("to_level", "")) or case.level
    )


def _handed_over(case: Case, event: Event) -> Case:
    """Return the case with the unit on whose ground it lies after a redraw; in hand stays in hand (B11)."""
    to = Party.of(event.detail["to"])
    told = tuple(one for one in case.told if one != to)
    return replace(case, holder=to, told=told, level=str(event.detail.get("to_level", "")) or case.level)


def _with(told: tuple[Party, ...], one: Party) -> tuple[Party, ...]:
    return told if one in told else (*told, one)


def _whistled(case: Case, event: Event) -> Case:
    called = tuple(dict.fromkeys(map(str, event.detail["offices"])))
    sign_by = moment_of(event.detail.get("sign_by"))
    made = Whistle(event.id, event.at, sign_by, str(event.detail.get("topic", "")), called)
    return replace(case, whistles=(*case.whistles, made))


def _signed_in(case: Case, event: Event) -> Case:
    office = str(event.detail["office"])
    whistles = tuple(
        replace(one, signed={**one.signed, office: event.at}) if office in one.missing() else one
        for one in case.whistles
    )
    helpers = case.helpers if office in case.helpers else (*case.helpers, office)
    return replace(case, whistles=whistles, helpers=helpers)


def _whistle_rated(case: Case, event: Event) -> Case:
    office, stars = str(event.detail["office"]), int(event.detail["stars"])
    whistles = tuple(
        replace(one, stars={**one.stars, office: stars}) if office in one.signed else one for one in case.whistles
    )
    return replace(case, whistles=whistles)


def _checked(case: Case, event: Event) -> Case:
    passed = bool(event.detail["passed"])
    made = Check(str(event.detail["level"]), passed, event.at, event.place)
    case = replace(case, checks=(*case.checks, made))
    if passed or case.state in UNSOLVED:
        return case
    return _again(case, event)


def _again(case: Case, event: Event) -> Case:
    """Return the case as not solved after all: in hand again, with a clock that begins anew."""
    return replace(
        case, state="in_hand", outcome="", solved_at=None, answered_at=None, closed_at=None, since=event.at,
        told_at=None, reopened=case.reopened + 1,
    )  # fmt: skip


def _solved(case: Case, event: Event, outcome: str = "solved") -> Case:
    remedy = tuple(map(str, event.detail.get("remedy", ())))
    level = event.level or case.level
    return replace(_resumed(case, event), state="solved", outcome=outcome, remedy=remedy, solved_at=event.at,
                   level=level, valid=outcome == "solved")  # fmt: skip


def _rated(case: Case, event: Event) -> Case:
    score = str(event.detail["score"])
    case = replace(case, rating=score)
    return _closed(case, event) if score == "solved" else _again(case, event)


def _closed(case: Case, event: Event) -> Case:
    return replace(_resumed(case, event), state="closed", closed_at=event.at)


def _resumed(case: Case, event: Event) -> Case:
    if not case.is_paused:
        return case
    return replace(case, rests=(*case.rests[:-1], replace(case.rests[-1], to_at=event.at)))


def _moved(case: Case, event: Event) -> Case:
    return replace(case, place=event.place or case.place)


def _same(case: Case, _event: Event) -> Case:
    return case


def _told(case: Case, event: Event) -> Case:
    return replace(case, told_at=event.at)


def _when(is_so: Callable[[Case, Event], bool], why: str) -> Why:
    return lambda case, event: why if is_so(case, event) else ""


def _not_called(case: Case, event: Event) -> str:
    office = str(event.detail.get("office", ""))
    if any(office in one.signed for one in case.whistles) and office not in case.called():
        return "signed"
    return "" if office in case.called() else "not_called"


def _set(**values: Any) -> Change:
    return lambda case, _event: replace(case, **values)


_WORKERS = frozenset({"holder", "helper", "desk"})
_ANYBODY = frozenset(CAPACITIES) - {"clock", "net"}
_OPEN, _IN_HAND, _EVER = frozenset(OPEN), frozenset({"in_hand"}), frozenset(STATES)

STEPS: Mapping[str, Step] = {
    "accepted": Step(frozenset({"holder", "told", "desk"}), frozenset({"waiting"}), (), _accepted),
    "refused": Step(
        frozenset({"holder"}), frozenset({"waiting"}), ("reason", "to"), _refused,
        _when(lambda case, _e: case.binding, "binding"),
    ),
    "progress": Step(_WORKERS, _IN_HAND, ("text",), _told),
    "mediated": Step(
        _WORKERS, _IN_HAND, ("parties", "result", "text?", "line?"),
        lambda case, event: replace(_told(case, event), sessions=case.sessions + 1),
    ),
    "solved": Step(frozenset({"holder", "desk"}), _IN_HAND, ("remedy", "text"), _solved),
    "answered": Step(
        frozenset({"holder", "desk"}), frozenset({"solved"}), ("how", "text"),
        lambda case, event: replace(case, state="answered", answered_at=event.at),
    ),
    "rated": Step(
        frozenset({"raiser", "holder", "desk"}), frozenset({"answered"}), ("score", "text?", "read_out?"), _rated,
    ),
    "closed": Step(frozenset({"holder", "desk"}), frozenset({"answered"}), ("note?",), _closed),
    "reopened": Step(frozenset({"raiser", "desk"}), frozenset({"answered", "closed"}), ("reason",), _again),
    "valid": Step(
        frozenset({"holder", "desk"}), UNSOLVED, ("note?",), _set(valid=True),
        _when(lambda case, _e: case.valid is not None, "decided"),
    ),
    "not_valid": Step(
        frozenset({"holder", "desk"}), UNSOLVED, ("reason",),
        lambda case, event: _solved(case, event, "not_valid"),
    ),
    "dispatched": Step(
        frozenset({"desk"}), UNSOLVED, ("to", "helpers?", "note?", "binding?"), _dispatched,
    ),
    "escalated": Step(frozenset({"holder", "desk", "clock"}), UNSOLVED, ("reason",), _escalated),
    "whistled": Step(frozenset({"desk"}), UNSOLVED, ("offices", "sign_by", "topic"), _whistled),
    "signed_in": Step(frozenset({"called", "desk"}), UNSOLVED, ("office",), _signed_in, _not_called),
    "whistle_rated": Step(
        frozenset({"desk", "holder"}), _EVER - {"merged", "withdrawn"}, ("office", "stars", "note?"), _whistle_rated,
        _when(lambda case, e: not any(str(e.detail.get("office")) in w.signed for w in case.whistles), "not_signed"),
    ),
    "checked": Step(frozenset({"desk"}), _OPEN, ("level", "passed", "text?"), _checked),
    "merged": Step(
        frozenset({"desk"}), UNSOLVED, ("into",),
        lambda case, event: replace(
            _closed(case, event), state="merged", outcome="merged", merged_into=str(event.detail["into"])
        ),
    ),
    "urged": Step(frozenset({"raiser", "desk"}), _OPEN, ("text?",), _same),
    "paused": Step(
        frozenset({"desk"}), UNSOLVED, ("reason", "until?"),
        lambda case, event: replace(case, rests=(*case.rests, Rest(event.at))),
        _when(lambda case, _e: case.is_paused, "paused"),
    ),
    "resumed": Step(
        frozenset({"desk", "clock"}), UNSOLVED, (), _resumed,
        _when(lambda case, _e: not case.is_paused, "not_paused"),
    ),
    "regraded": Step(
        frozenset({"desk"}), UNSOLVED, ("grade", "reason"),
        lambda case, event: replace(case, grade=str(event.detail["grade"])),
    ),
    "recategorised": Step(
        frozenset({"desk", "holder"}), UNSOLVED, ("category_id", "reason"),
        lambda case, event: replace(case, category_id=str(event.detail["category_id"])),
    ),
    "moved": Step(
        frozenset({"raiser", "holder", "desk"}), UNSOLVED, ("reason",), _moved,
        _when(lambda _case, e: e.place is None, "no_place"),
    ),
    "voiced": Step(
        _ANYBODY, _OPEN, ("text?",),
        lambda case, event: replace(case, voices=case.voices + int(event.detail.get("voices", 1))),
    ),
    "noted": Step(_ANYBODY, _EVER, ("text",), _same),
    "withdrawn": Step(
        frozenset({"raiser", "desk"}), UNSOLVED, ("reason",),
        lambda case, event: replace(_closed(case, event), state="withdrawn", outcome="withdrawn"),
    ),
    "handed_over": Step(frozenset({"net"}), _OPEN, ("to",), _handed_over),
}  # fmt: skip
"""By kind, the commonest first; ``reported`` opens a case and is no step."""
