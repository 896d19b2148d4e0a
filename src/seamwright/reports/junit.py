"""A run as JUnit XML, which every CI system shows.

One `testsuite` for each boundary, one `testcase` for each sentence:

- proved is a testcase that passed;
- refuted is a `failure`: the findings, each with the command that shows it again;
- unknown is an `error`, whosever fault it is (`type` says `target`, `usage` or `ours`, or `not-tried`), so that no CI
  system ever shows an undecided sentence as passed or merely skipped;
- only a check that says nothing about that boundary is `skipped`, with why.

A run in which nothing was tried has a testcase of its own that errs, because an empty file would be shown as passed.
"""

from __future__ import annotations

from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from seamwright.model.finding import Finding, Severity
from seamwright.model.plan import Skipped
from seamwright.model.report import Report
from seamwright.model.run import RunRecord
from seamwright.model.verdict import Verdict
from seamwright.reports._summary import Sentence, Summary
from seamwright.reports._words import amount, one_line, plural, visible

__all__ = ["REPORT"]


def render(record: RunRecord) -> bytes:
    """Give one XML document with the root `testsuites`."""

    summary, run = Summary(record), record.run
    root = Element("testsuites", name=visible(f"seamwright {run.system}"))
    skipped = [s for s in record.plan.skipped if not s.applicable]
    for boundary in dict.fromkeys((*summary.boundaries, *(s.boundary for s in skipped))):
        suite = SubElement(root, "testsuite", name=visible(boundary), timestamp=_timestamp(run.started))
        _properties(suite, record)
        for sentence in summary.sentences:
            if sentence.boundary == boundary:
                _testcase(suite, sentence)
        for item in skipped:
            if item.boundary == boundary:
                _skipped(suite, item)
        _count(suite)
    if summary.verdict is Verdict.UNKNOWN and (summary.nothing_tried or summary.tally.unknown == 0):
        suite = SubElement(root, "testsuite", name="the run itself", timestamp=_timestamp(run.started))
        case = SubElement(suite, "testcase", name="something was tried", classname="seamwright.run", time="0")
        error = SubElement(case, "error", type="not-tried", message=visible(summary.headline))
        error.text = visible("\n".join((f"{summary.headline} {summary.rest}", *record.notices)))
        _count(suite)
    _total(root)
    indent(root, " ")
    data: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return data + b"\n"


def _testcase(suite: Element, sentence: Sentence) -> None:

    row = sentence.evidence
    case = SubElement(
        suite,
        "testcase",
        name=visible(f"{sentence.check}: {one_line(sentence.proves)}"),
        classname=visible(f"{sentence.boundary}.{sentence.family}"),
        time=f"{row.seconds if row else 0:.3f}",
    )
    if sentence.verdict is Verdict.REFUTED:
        findings = row.findings if row else ()
        message = findings[0].title if findings else sentence.why or f"refuted: {sentence.proves}"
        if len(findings) > 1:
            message += f" (and {amount(len(findings) - 1)} more)"
        worst = max((f.severity for f in findings), key=[*Severity].index, default="refuted")
        failure = SubElement(case, "failure", type=str(worst), message=visible(one_line(message)))
        failure.text = visible("\n\n".join(_words(f) for f in findings) or sentence.why)
    elif sentence.verdict is Verdict.UNKNOWN:
        message = one_line(sentence.why) or "it could not be decided, and no reason was given"
        kind = str(sentence.cause) if sentence.cause else "not-tried"
        error = SubElement(case, "error", type=kind, message=f"unknown: {message}")
        lines = [f"unknown: {sentence.why or message}", f"Whose fault: {sentence.fault}."]
        lines += [f"{cell.cell}: {cell.why}" for cell in (row.cells if row else ()) if cell.why]
        lines += [row.traceback] if row and row.traceback else []
        error.text = visible("\n".join(lines))
    if row:
        out = SubElement(case, "system-out")
        out.text = f"{sentence.verdict}, {plural(row.tried, 'try', 'tries')}, {plural(row.exchanges, 'exchange')}"


def _words(finding: Finding) -> str:
    lines = [f"[{finding.severity}] {finding.title}"]
    if finding.operation:
        lines.append(f"Operation: {finding.operation}")
    if finding.detail:
        lines.append(finding.detail)
    if finding.exchanges:
        lines.append(f"Exchanges: {', '.join(map(str, finding.exchanges))}")
    if finding.reproduce:
        lines.append(f"Reproduce: {finding.reproduce}")
    if finding.by_hand:
        lines.append(f"By hand: {finding.by_hand}")
    return "\n".join(lines)


def _skipped(suite: Element, item: Skipped) -> None:

    family = item.check.partition(".")[0]
    case = SubElement(
        suite,
        "testcase",
        name=one_line(f"{item.check}: {item.proves}"),
        classname=one_line(f"{item.boundary}.{family}"),
        time="0",
    )
    SubElement(case, "skipped", message=one_line(f"does not apply: {item.why}"))


def _properties(suite: Element, record: RunRecord) -> None:

    run = record.run
    told = {
        "run": run.id,
        "environment": run.environment,
        "seed": str(run.seed),
        "manifest": run.manifest_digest,
        "contract": run.contract_digests.get(suite.get("name", ""), ""),
        "tree": run.tree,
    }
    properties = SubElement(suite, "properties")
    for name, value in told.items():
        if value:
            SubElement(properties, "property", name=name, value=visible(value))


def _count(suite: Element) -> None:
    cases = suite.findall("testcase")
    suite.set("tests", str(len(cases)))
    for many, one in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(many, str(sum(case.find(one) is not None for case in cases)))
    suite.set("time", f"{sum(float(case.get('time', '0')) for case in cases):.3f}")


def _total(root: Element) -> None:
    for name in ("tests", "failures", "errors", "skipped"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))
    root.set("time", f"{sum(float(suite.get('time', '0')) for suite in root):.3f}")


def _timestamp(epoch: float) -> str:
    return datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%dT%H:%M:%S")


REPORT = Report(
    name="junit",
    suffix=".xml",
    media_type="application/xml",
    says="JUnit XML for CI systems: refuted is a failure, unknown is an error, never a pass.",
    render=render,
)
