"""A run as SARIF 2.1.0 (OASIS, 2020), which code hosts show beside the code.

Each finding is a result of kind `fail`; each unknown sentence is one of kind `open`, so that it is not taken for a
clean one. What was proved is counted in the run's properties and is no result: some readers show every result as a
problem. CWE and OWASP ids become tags of the rule where findings carry them in their facts (`cwe`, `owasp`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from seamwright.model.evidence import Evidence
from seamwright.model.finding import Finding, Severity
from seamwright.model.report import Report
from seamwright.model.run import RunRecord, RunState
from seamwright.model.verdict import Cause, Verdict
from seamwright.reports._summary import Sentence, Summary
from seamwright.reports._words import visible

__all__ = ["REPORT"]

_LEVEL = {Severity.CRITICAL: "error", Severity.HIGH: "error", Severity.MEDIUM: "warning", Severity.LOW: "note"}
# Code hosts sort security alerts by a CVSS-like number; these are the middles of the bands of CVSS 3.1, section 5.
_SCORE = {Severity.CRITICAL: "9.5", Severity.HIGH: "8.0", Severity.MEDIUM: "5.5", Severity.LOW: "2.0"}
_SECURITY = ("auth", "security")


def render(record: RunRecord) -> bytes:
    """Give one SARIF log with one run."""
    summary, run = Summary(record), record.run
    rules = _rules(summary)
    index = {rule["id"]: number for number, rule in enumerate(rules)}
    results: list[dict[str, Any]] = []
    for sentence in summary.sentences:
        if sentence.verdict is Verdict.REFUTED and sentence.evidence:
            row = sentence.evidence
            results += [_failed(row, finding, index) for finding in row.findings]
            if not row.findings:
                results.append(_result(sentence, index, "fail", "error", sentence.why or f"Refuted: {sentence.proves}"))
        elif sentence.verdict is Verdict.UNKNOWN:
            text = f"Unknown: {sentence.proves} ({sentence.why or 'no reason was given'})"
            results.append(_result(sentence, index, "open", "none", text))
    driver = {
        "name": "Seamwright",
        "rules": rules,
        **({"version": run.versions["seamwright"]} if "seamwright" in run.versions else {}),
    }
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": driver},
                "automationDetails": {"id": f"seamwright/{run.system}/{run.environment}/{run.id}"},
                "invocations": [_invocation(record, summary)],
                "columnKind": "utf16CodeUnits",
                "results": results,
                "properties": _properties(record, summary),
            }
        ],
    }
    text = json.dumps(_clean(log), ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False)
    return text.encode() + b"\n"


def _rules(summary: Summary) -> list[dict[str, Any]]:
    grouped: dict[str, list[Sentence]] = {}
    for sentence in summary.sentences:
        grouped.setdefault(sentence.check, []).append(sentence)
    return [_rule(check, grouped[check]) for check in sorted(grouped)]


def _rule(check: str, sentences: list[Sentence]) -> dict[str, Any]:
    findings = [finding for s in sentences if s.evidence for finding in s.evidence.findings]
    worst = max((finding.severity for finding in findings), key=[*Severity].index, default=None)
    family = sentences[0].family
    tags = [family]
    for finding in findings:
        tags += [f"external/cwe/{cwe.lower()}" for cwe in _ids(finding.facts.get("cwe"), "CWE-")]
        tags += [f"owasp/{owasp}" for owasp in _ids(finding.facts.get("owasp"), "")]
    security = family in _SECURITY or any(tag.startswith(("external/cwe/", "owasp/")) for tag in tags)
    properties: dict[str, Any] = {"tags": list(dict.fromkeys([*tags, *(["security"] if security else [])]))}
    if security and worst is not None:
        properties["security-severity"] = _SCORE[worst]
    rule: dict[str, Any] = {
        "id": check,
        "shortDescription": {"text": sentences[0].proves or check},
        "properties": properties,
    }
    if worst is not None:
        rule["defaultConfiguration"] = {"level": _LEVEL[worst]}
    return rule


def _ids(value: Any, prefix: str) -> Iterable[str]:
    """Ids as checks write them: one or several, `639` or `CWE-639`."""
    for one in value if isinstance(value, list | tuple) else [] if value is None else [value]:
        text = str(one).strip()
        if text:
            yield text if text.upper().startswith(prefix) else f"{prefix}{text}"


def _failed(row: Evidence, finding: Finding, index: dict[str, int]) -> dict[str, Any]:
    text = "\n\n".join(
        part
        for part in (
            finding.title,
            finding.detail,
            f"Reproduce: {finding.reproduce}" if finding.reproduce else "",
            f"By hand: {finding.by_hand}" if finding.by_hand else "",
        )
        if part
    )
    return {
        "ruleId": row.check,
        "ruleIndex": index[row.check],
        "kind": "fail",
        "level": _LEVEL[finding.severity],
        "message": {"text": text},
        "locations": [_location(row.boundary, finding.operation)],
        "partialFingerprints": {"seamwright/v1": _fingerprint(row.check, row.boundary, finding.operation, finding.key)},
        "occurrenceCount": max(1, finding.count),
        "properties": {
            "severity": finding.severity,
            "exchanges": list(finding.exchanges),
            "reproduce": finding.reproduce,
            "byHand": finding.by_hand,
            "evidence": row.hash,
        },
    }


def _result(sentence: Sentence, index: dict[str, int], kind: str, level: str, text: str) -> dict[str, Any]:
    return {
        "ruleId": sentence.check,
        "ruleIndex": index[sentence.check],
        "kind": kind,
        "level": level,
        "message": {"text": text},
        "locations": [_location(sentence.boundary, "")],
        "partialFingerprints": {"seamwright/v1": _fingerprint(sentence.check, sentence.boundary, kind)},
        "properties": {"cause": sentence.cause, "fault": sentence.fault},
    }


def _location(boundary: str, operation: str) -> dict[str, Any]:
    """A place: readers of code want a file, so the boundary is the folder and the operation the file in it."""
    logical: list[dict[str, Any]] = [{"name": boundary, "fullyQualifiedName": boundary, "kind": "module"}]
    if operation:
        full = f"{boundary}/{operation}"
        logical.insert(0, {"name": operation, "fullyQualifiedName": full, "kind": "function"})
    uri = "/".join(quote(visible(part), safe="") for part in (boundary, operation) if part) or "run"
    return {"physicalLocation": {"artifactLocation": {"uri": uri}}, "logicalLocations": logical}


def _fingerprint(*parts: str) -> str:
    """Stays the same from run to run for one root cause: it depends on no id, time or seed of the run."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _invocation(record: RunRecord, summary: Summary) -> dict[str, Any]:
    run = record.run
    executed: list[dict[str, Any]] = [{"level": "note", "message": {"text": notice}} for notice in record.notices]
    configured: list[dict[str, Any]] = []
    for sentence in summary.sentences:
        if sentence.verdict is not Verdict.UNKNOWN or sentence.cause not in (Cause.OURS, Cause.USAGE):
            continue
        told: dict[str, Any] = {
            "level": "error",
            "message": {"text": f"{sentence.boundary}: {sentence.check}: {sentence.why}"},
            "associatedRule": {"id": sentence.check},
        }
        if sentence.evidence and sentence.evidence.traceback:
            told["exception"] = {"kind": "traceback", "message": sentence.evidence.traceback}
        (executed if sentence.cause is Cause.OURS else configured).append(told)
    invocation: dict[str, Any] = {
        "executionSuccessful": run.state is RunState.FINISHED
        and not any(s.cause is Cause.OURS for s in summary.sentences if s.verdict is Verdict.UNKNOWN),
        "startTimeUtc": _utc(run.started),
        "arguments": list(run.arguments),
        "toolExecutionNotifications": executed,
        "toolConfigurationNotifications": configured,
    }
    if run.finished is not None:
        invocation["endTimeUtc"] = _utc(run.finished)
    return invocation


def _properties(record: RunRecord, summary: Summary) -> dict[str, Any]:
    run = record.run
    return {
        "verdict": summary.verdict,
        "headline": summary.headline,
        "proved": summary.tally.proved,
        "refuted": summary.tally.refuted,
        "unknown": summary.tally.unknown,
        "tried": summary.tried,
        "run": run.id,
        "system": run.system,
        "environment": run.environment,
        "seed": run.seed,
        "manifestDigest": run.manifest_digest,
        "contractDigests": dict(run.contract_digests),
        "tree": run.tree,
        "versions": dict(run.versions),
    }


def _utc(epoch: float) -> str:
    return datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, dict):
        return {visible(key): _clean(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_clean(inner) for inner in value]
    return value


REPORT = Report(
    name="sarif",
    suffix=".sarif",
    media_type="application/sarif+json",
    says="SARIF 2.1.0 for code scanning: findings as results, unknown sentences as open ones.",
    render=render,
)
