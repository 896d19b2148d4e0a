"""What every report says about a run: its sentences with their verdicts, the tallies, and the headline in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from seamwright.model.check import FAMILIES
from seamwright.model.evidence import Evidence
from seamwright.model.plan import Planned
from seamwright.model.problem import problems
from seamwright.model.run import RunRecord, RunState
from seamwright.model.verdict import Cause, Verdict, overall
from seamwright.reports._words import FAULT, amount, plural

__all__ = ["Sentence", "Summary", "Tally", "family_order"]

_NOT_REACHED = "It was planned, and the run ended before it was tried."
_NOTHING_BEHIND = "The check said proved, but tried nothing; that proves nothing."


@dataclass(frozen=True, slots=True)
class Sentence:
    """One check on one boundary, and what is known of it.

    Made from evidence; or, where there is none, from the plan: a check that was planned and not reached, or one that
    would say something there but was not allowed to. Those two are unknown.
    """

    boundary: str
    check: str
    proves: str
    verdict: Verdict
    why: str
    cause: Cause | None
    evidence: Evidence | None = None
    planned: Planned | None = None

    @property
    def family(self) -> str:
        """The part of the check's id before the first dot."""
        return self.check.partition(".")[0]

    @property
    def tried(self) -> int:
        """How often the sentence was tried."""
        return self.evidence.tried if self.evidence else 0

    @property
    def fault(self) -> str:
        """Whose fault it is that the sentence is unknown, in words."""
        return FAULT[self.cause]


@dataclass(frozen=True, slots=True)
class Tally:
    """How many sentences have which verdict."""

    proved: int = 0
    refuted: int = 0
    unknown: int = 0

    @staticmethod
    def of(verdicts: Iterable[Verdict]) -> Tally:
        """Count verdicts."""
        seen = list(verdicts)
        return Tally(*(seen.count(v) for v in (Verdict.PROVED, Verdict.REFUTED, Verdict.UNKNOWN)))

    @property
    def total(self) -> int:
        """All sentences."""
        return self.proved + self.refuted + self.unknown

    @property
    def verdict(self) -> Verdict:
        """The verdict of all together; of none it is unknown."""
        counts = ((Verdict.PROVED, self.proved), (Verdict.REFUTED, self.refuted), (Verdict.UNKNOWN, self.unknown))
        return overall(verdict for verdict, count in counts if count)

    @property
    def words(self) -> str:
        """The count that matters most, in a few words: `2 of 12 false`, `all 12 hold`, `nothing tried`."""
        match self.verdict:
            case Verdict.REFUTED:
                return f"{self.refuted} of {self.total} false"
            case Verdict.PROVED:
                return f"all {self.total} hold" if self.total > 1 else "1 holds"
            case Verdict.UNKNOWN:
                return f"{self.unknown} of {self.total} open" if self.total else "nothing tried"


class Summary:
    """The sentences of a run and what they come to."""

    def __init__(self, record: RunRecord) -> None:
        self.record = record

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """Every sentence that applies, in the order of the plan; what does not apply is not among them."""
        plan = self.record.plan
        planned = {(p.boundary, p.check): p for p in plan.planned}
        rows: dict[tuple[str, str], list[Evidence]] = {}
        for row in self.record.evidence:
            rows.setdefault((row.boundary, row.check), []).append(row)
        found = []
        for key in dict.fromkeys((*planned, *rows)):
            item = planned.get(key)
            if key in rows:
                found += [_of_evidence(row, item) for row in rows[key]]
            elif item is not None:
                found.append(Sentence(*key, item.proves, Verdict.UNKNOWN, _NOT_REACHED, None, None, item))
        for skipped in plan.skipped:
            if skipped.applicable:
                found.append(
                    Sentence(skipped.boundary, skipped.check, skipped.proves, Verdict.UNKNOWN, skipped.why, Cause.USAGE)
                )
        return tuple(found)

    @cached_property
    def tally(self) -> Tally:
        """Counts over the whole run."""
        return Tally.of(s.verdict for s in self.sentences)

    @cached_property
    def boundaries(self) -> dict[str, Tally]:
        """Counts for each boundary: those of the record in its order, then any other that has a sentence."""
        names = dict.fromkeys((*(s.name for s in self.record.seams), *(s.boundary for s in self.sentences)))
        return {name: Tally.of(s.verdict for s in self.sentences if s.boundary == name) for name in names}

    @cached_property
    def tried(self) -> int:
        """How much was tried, over all sentences."""
        return sum(s.tried for s in self.sentences)

    @cached_property
    def findings(self) -> int:
        """How many findings there are; those of one root cause are one, whichever checks have seen it."""
        return len(problems(self.record.evidence))

    @property
    def verdict(self) -> Verdict:
        """The verdict of the run; never better than the record's own."""
        return overall([self.record.verdict, self.tally.verdict])

    @property
    def nothing_tried(self) -> bool:
        """Whether the run decided nothing because nothing was exercised."""
        return self.tally.proved == 0 and self.tally.refuted == 0 and self.tried == 0

    @property
    def words(self) -> str:
        """What the verdict comes to, in one sentence: `2 of 31 sentences are false.`"""
        tally, total = self.tally, self.tally.total
        noun = "sentence" if total == 1 else "sentences"
        if self.verdict is Verdict.REFUTED:
            return f"{amount(tally.refuted)} of {amount(total)} {noun} {_is(tally.refuted)} false."
        if self.verdict is Verdict.PROVED:
            return f"all {amount(total)} sentences hold." if total > 1 else "the one sentence that was tried holds."
        if self.nothing_tried:
            return "nothing was tried."
        return f"{amount(tally.unknown)} of {amount(total)} {noun} could not be decided."

    @property
    def headline(self) -> str:
        """The verdict and what it comes to: `Refuted: 2 of 31 sentences are false.`"""
        return f"{self.verdict.capitalize()}: {self.words}"

    @property
    def rest(self) -> str:
        """What the headline leaves out: the other verdicts, how much was tried, and a run that did not end."""
        tally, parts = self.tally, []
        if self.verdict is Verdict.UNKNOWN and self.nothing_tried:
            parts.append(
                f"{_count(tally.unknown)} stayed open." if tally.total else "No check applied to anything in this run."
            )
            parts.append("Nothing is known of this system from this run.")
        else:
            others = []
            if self.verdict is not Verdict.PROVED:
                others.append(f"{amount(tally.proved)} {_is(tally.proved)} proved")
            if self.verdict is Verdict.REFUTED and tally.unknown:
                others.append(f"{amount(tally.unknown)} {_is(tally.unknown)} unknown")
            if self.verdict is Verdict.UNKNOWN:
                others.append("none is refuted")
            if others:
                parts.append(f"{' and '.join(others).capitalize()}.")
            parts.append(f"{plural(self.tried, 'try', 'tries')} in all.")
        if self.record.run.state is RunState.INTERRUPTED:
            parts.append("The run was interrupted before its end.")
        elif self.record.run.state is RunState.RUNNING:
            parts.append("The run had not ended when this was written.")
        return " ".join(parts)


def family_order(family: str) -> tuple[int, str]:
    """A sorting key: the families in the order of the model, then any other by name."""
    return (FAMILIES.index(family) if family in FAMILIES else len(FAMILIES), family)


def _of_evidence(row: Evidence, planned: Planned | None) -> Sentence:
    verdict, why, cause = row.verdict, row.why, row.cause
    if verdict is Verdict.PROVED and row.tried <= 0:
        verdict, why, cause = Verdict.UNKNOWN, _NOTHING_BEHIND, Cause.OURS
    if verdict is Verdict.UNKNOWN and cause is None:
        cause = Cause.TARGET
    return Sentence(row.boundary, row.check, row.proves, verdict, why, cause, row, planned)


def _is(count: int) -> str:
    return "is" if count == 1 else "are"


def _count(count: int) -> str:
    return f"{amount(count)} {'sentence' if count == 1 else 'sentences'}"
