"""Makes the plan of a run. Pure: nothing is sent, nothing is read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from seamwright.model.check import Applies, Check, DoesNotApply
from seamwright.model.errors import UsageError
from seamwright.model.operation import Operation
from seamwright.model.plan import Plan, Planned, Skipped
from seamwright.model.subject import Subject
from seamwright.run.scope import ALLOWED

__all__ = ["Selection", "plan"]


@dataclass(frozen=True, slots=True)
class Selection:
    """What was asked for; an empty part means all."""

    boundaries: tuple[str, ...] = ()
    families: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()

    def takes(self, check: Check) -> bool:
        """Whether a check was asked for, by its family or by its id."""
        return self.names(check.id)

    def names(self, ident: str) -> bool:
        """Whether the check of this id was asked for, which its family begins."""
        if not self.families and not self.checks:
            return True
        return ident.partition(".")[0] in self.families or ident in self.checks


def plan(
    subjects: Mapping[str, Subject],
    checks: Mapping[str, Check],
    selection: Selection,
    unreadable: Mapping[str, str] | None = None,
) -> Plan:
    """Ask every selected check about every selected boundary.

    The urgent ones come first; those that run alone last, so that load and faults do not meet the others. Raises
    UsageError for a name in the selection that does not exist.
    """
    _known("boundary", selection.boundaries, subjects)
    _known("check", selection.checks, checks)
    _known("family", selection.families, {check.family for check in checks.values()})
    _known("operation", selection.operations, {o.id for s in subjects.values() for o in _callable(s)})
    planned: list[Planned] = []
    skipped: list[Skipped] = []
    for name, subject in subjects.items():
        if selection.boundaries and name not in selection.boundaries:
            continue
        for check in checks.values():
            if not selection.takes(check):
                continue
            item = _item(subject, check, selection, (unreadable or {}).get(name))
            if isinstance(item, Planned):
                planned.append(item)
            else:
                skipped.append(item)
    planned.sort(key=lambda item: (checks[item.check].alone, checks[item.check].urgency))
    return Plan(tuple(planned), tuple(skipped))


def _item(subject: Subject, check: Check, selection: Selection, unreadable: str | None) -> Planned | Skipped:
    name = subject.boundary.name

    def skip(why: str, *, applicable: bool = False, forbidden: bool = False) -> Skipped:
        return Skipped(name, check.id, check.proves, why, applicable, forbidden)

    if subject.boundary.kind not in check.kinds:
        return skip(f"speaks about boundaries of kind {', '.join(check.kinds)}, and this is {subject.boundary.kind}")
    if unreadable is not None:
        return skip(f"the contract could not be read: {unreadable}", applicable=True)
    try:
        answer = check.applies(subject)
    except Exception as error:  # noqa: BLE001 - a check of the user may do anything; the plan goes on and says it
        return skip(f"its applies() failed: {type(error).__name__}: {error}", applicable=True)
    if isinstance(answer, DoesNotApply):
        return skip(answer.why)
    return _planned(subject, check, answer, selection, skip)


def _planned(
    subject: Subject, check: Check, answer: Applies, selection: Selection, skip: Callable[..., Skipped]
) -> Planned | Skipped:
    cells, left_out = answer.cells, dict(answer.left_out)
    operations = {o.id for o in _callable(subject)}
    if selection.operations and set(cells) & operations:
        cells = tuple(cell for cell in cells if cell in selection.operations)
    if set(answer.cells) & operations:
        left_out |= {name: why for name, why in subject.kept_back.items() if name not in cells}
    if not cells:
        why = "; ".join(sorted(set(left_out.values()))) or "there is nothing here that it speaks about"
        return skip(why)
    environment = subject.manifest.environment
    if check.dares not in ALLOWED[environment]:
        return skip(f"environment is {environment}, which does not allow {check.dares}", forbidden=True)
    if environment == "production":
        unsafe = {o.id for o in subject.operations if not o.safe}
        left_out |= {
            cell: "environment is production, and the operation is not safe" for cell in cells if cell in unsafe
        }
        cells = tuple(cell for cell in cells if cell not in unsafe)
        if not cells:
            return skip("environment is production, and none of its operations is safe", forbidden=True)
    return Planned(subject.boundary.name, check.id, check.proves, check.dares, cells, left_out)


def _callable(subject: Subject) -> tuple[Operation, ...]:
    """The operations that checks may call, be it with accounts of their own alone."""
    return (*subject.operations, *subject.account_operations)


def _known(what: str, wanted: Iterable[str], known: Collection[str]) -> None:
    from difflib import get_close_matches

    for name in wanted:
        if name not in known:
            near = get_close_matches(name, sorted(known), n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(sorted(known)) or 'none'}"
            raise UsageError(f"there is no {what} {name!r}; {hint}")
