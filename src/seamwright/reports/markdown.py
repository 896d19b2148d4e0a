"""A run in Markdown, short enough for a comment on a pull request.

At most ten findings and ten unknown sentences are written out, the rest is counted. Other people's text cannot
become markup, pictures, links or mentions.
"""

from __future__ import annotations

import re

from seamwright.model.finding import Severity
from seamwright.model.problem import Problem, problems
from seamwright.model.report import Report
from seamwright.model.run import RunRecord
from seamwright.model.verdict import Verdict
from seamwright.reports._exercised import exercise_of
from seamwright.reports._summary import Summary
from seamwright.reports._words import (
    GLYPH,
    amount,
    clipped,
    duration,
    moment,
    one_line,
    plural,
    short,
    visible,
)

__all__ = ["REPORT"]

_SHOWN = 10
_BOUNDARIES = 30
_DETAIL = 400
_COMMAND = 1500
_MARKUP = re.compile(r"([\\`*_\[\]<>|~&#!$])")


def render(record: RunRecord) -> bytes:
    """Give GitHub-flavoured Markdown of at most some 40,000 characters."""
    summary, run = Summary(record), record.run
    took = f" · {duration(run.finished - run.started)}" if run.finished is not None else ""
    lines = [
        f"## {GLYPH[summary.verdict]} {_text(summary.headline)}",
        "",
        _text(summary.rest),
        "",
        f"**{_text(run.system, 120)}** ({_text(run.environment, 60)}) · run {_code(run.id)} · seed {run.seed}"
        f" · {moment(run.started)}{took}"
        + (f" · tree {_code(short(run.tree))}" if run.tree else "")
        + (f" · manifest {_code(short(run.manifest_digest))}" if run.manifest_digest else ""),
        "",
        *_boundaries(summary),
        *_exercised(record),
        *_findings(record),
        *_unknown(summary),
        *_rest(record),
    ]
    return "\n".join(lines).encode()


def _boundaries(summary: Summary) -> list[str]:
    if not summary.boundaries:
        return []
    rows = ["| boundary | verdict | proved | refuted | unknown |", "| --- | --- | ---: | ---: | ---: |"]
    order = [Verdict.REFUTED, Verdict.UNKNOWN, Verdict.PROVED]
    ranked = sorted(summary.boundaries.items(), key=lambda pair: order.index(pair[1].verdict))
    for name, tally in ranked[:_BOUNDARIES]:
        verdict = f"{GLYPH[tally.verdict]} {tally.verdict if tally.total else 'unknown (nothing tried)'}"
        rows.append(f"| {_text(name, 80)} | {verdict} | {tally.proved} | {tally.refuted} | {tally.unknown} |")
    if len(ranked) > _BOUNDARIES:
        rows.append(f"| and {len(ranked) - _BOUNDARIES} more | | | | |")
    return [*rows, ""]


def _exercised(record: RunRecord) -> list[str]:
    """What of the contracts was exercised, a row for each boundary, and what was never answered."""
    exercise = exercise_of(record)
    if not exercise.parts:
        return []
    kinds = exercise.kinds
    rows = [f"### Exercised: {exercise.words}", "", "| boundary | operations | points | " + " | ".join(kinds) + " |"]
    rows.append("| --- " + "| ---: " * (2 + len(kinds)) + "|")
    for part in exercise.parts[:_BOUNDARIES]:
        shares = dict(part.kinds)
        cells = [str(part.answered), f"{part.share} ({part.share.percent:g}%)"]
        cells += [str(shares[kind]) if kind in shares else "" for kind in kinds]
        rows.append(f"| {_text(part.boundary, 80)} | {' | '.join(cells)} |")
    if len(exercise.parts) > _BOUNDARIES:
        rows.append(f"| and {len(exercise.parts) - _BOUNDARIES} more |" + " |" * (2 + len(kinds)))
    never = [(part.boundary, each) for part in exercise.parts for each in part.operations if not each.answered]
    named = [f"{_code(each.name)} of {_text(boundary, 80)}" for boundary, each in never[:_SHOWN]]
    if len(never) > _SHOWN:
        named.append(f"{amount(len(never) - _SHOWN)} more")
    return [*rows, "", *([f"Never answered in its success class: {', '.join(named)}.", ""] if named else [])]


def _findings(record: RunRecord) -> list[str]:
    found = sorted(problems(record.evidence), key=lambda problem: -[*Severity].index(problem.finding.severity))
    if not found:
        return []
    lines = [f"### {plural(len(found), 'finding')}", ""]
    for number, problem in enumerate(found[:_SHOWN], 1):
        lines += _finding(number, problem)
    if len(found) > _SHOWN:
        lines += [f"And {amount(len(found) - _SHOWN)} more; the HTML report shows all of them.", ""]
    return lines


def _finding(number: int, problem: Problem) -> list[str]:
    row, finding = problem.row, problem.finding
    where = f"{_text(row.boundary, 80)}{f', {_code(finding.operation)}' if finding.operation else ''}"
    checks = ", ".join(map(_code, (row.check, *problem.also)))
    lines = [f"{number}. **{finding.severity}** · {where} · {_text(finding.title, 240)} ({checks})"]
    if finding.detail:
        lines += ["", f"   {_text(finding.detail, _DETAIL)}"]
    command = finding.reproduce or finding.by_hand
    if command and len(command) <= _COMMAND:
        fence = "`" * max(3, 1 + max((len(run) for run in re.findall(r"`+", command)), default=0))
        lines += ["", f"   {fence}sh", *(f"   {line}" for line in visible(command).splitlines()), f"   {fence}"]
    elif command:
        lines += ["", "   The command that shows it is too long for this page; the HTML report has it."]
    return [*lines, ""]


def _unknown(summary: Summary) -> list[str]:
    unknown = [s for s in summary.sentences if s.verdict is Verdict.UNKNOWN]
    if not unknown:
        return []
    lines = [f"### {amount(len(unknown))} unknown", ""]
    for sentence in unknown[:_SHOWN]:
        why = _text(sentence.why, 240) or "no reason was given"
        lines.append(
            f"- {_text(sentence.boundary, 80)}, {_code(sentence.check)}: {why} (whose fault: {sentence.fault})"
        )
    if len(unknown) > _SHOWN:
        lines.append(f"- and {amount(len(unknown) - _SHOWN)} more")
    return [*lines, ""]


def _rest(record: RunRecord) -> list[str]:
    lines = [f"> {_text(notice, 300)}" for notice in record.notices[:_SHOWN]]
    if lines:
        lines = ["", *"\n>\n".join(lines).split("\n"), ""]
    skipped = [s for s in record.plan.skipped if not s.applicable]
    left_out = sum(len(p.left_out) for p in record.plan.planned)
    told = []
    if skipped:
        told.append(f"{plural(len(skipped), 'check does', 'checks do')} not apply")
    if left_out:
        told.append(f"{plural(left_out, 'cell was', 'cells were')} left out")
    if told:
        lines += [f"Not tried: {', '.join(told)}; the HTML report says why.", ""]
    return lines


def _text(text: str, limit: int = 1000) -> str:
    # A zero-width space after @ keeps a quoted answer from notifying people.
    return _MARKUP.sub(r"\\\1", clipped(one_line(text), limit)).replace("@", "@\u200b")


def _code(text: str) -> str:
    plain = clipped(one_line(text), 120).replace("|", "¦")
    fence = "`" * (1 + max((len(run) for run in re.findall(r"`+", plain)), default=0))
    pad = " " if plain.startswith("`") or plain.endswith("`") or not plain else ""
    return f"{fence}{pad}{plain}{pad}{fence}"


REPORT = Report(
    name="markdown",
    suffix=".md",
    media_type="text/markdown; charset=utf-8",
    says="A short page in Markdown, made for a comment on a pull request.",
    render=render,
)
