"""The SARIF report, held against what the 2.1.0 schema and its text require."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

import pytest

from seamwright.model.run import RunRecord
from seamwright.reports.sarif import REPORT
from tests.reports import records


def log(record: RunRecord) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(REPORT.render(record))
    return found


@pytest.mark.parametrize(
    "make", [records.empty, records.dead, records.healthy, records.broken, records.hostile, records.huge]
)
def test_has_the_structure_of_sarif_2_1_0(make: Callable[[], RunRecord]) -> None:
    document = log(make())
    assert document.keys() <= {"$schema", "version", "runs", "properties"}
    assert document["version"] == "2.1.0"
    (run,) = document["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"] == "Seamwright"
    ids = [rule["id"] for rule in driver["rules"]]
    assert len(set(ids)) == len(ids)
    for rule in driver["rules"]:
        assert rule["shortDescription"]["text"]
        assert len(set(rule["properties"]["tags"])) == len(rule["properties"]["tags"])
        assert rule.get("defaultConfiguration", {"level": "none"})["level"] in ("none", "note", "warning", "error")
    for result in run["results"]:
        assert result["message"]["text"]
        assert ids[result["ruleIndex"]] == result["ruleId"]
        assert result["kind"] in ("fail", "open")
        # 3.27.10: a result that is no failure has the level "none".
        assert result["level"] in (("note", "warning", "error") if result["kind"] == "fail" else ("none",))
        assert result.get("occurrenceCount", 1) >= 1
        assert all(isinstance(value, str) and value for value in result["partialFingerprints"].values())
        for location in result["locations"]:
            uri = location["physicalLocation"]["artifactLocation"]["uri"]
            assert re.fullmatch(r"[A-Za-z0-9%._~/-]+", uri), "a URI reference without any special character"
            assert all(logical["fullyQualifiedName"] for logical in location["logicalLocations"])
    for invocation in run["invocations"]:
        assert isinstance(invocation["executionSuccessful"], bool)
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", invocation["startTimeUtc"])
        for told in (*invocation["toolExecutionNotifications"], *invocation["toolConfigurationNotifications"]):
            assert told["level"] in ("note", "error")
            assert told["message"]["text"]
    assert run["columnKind"] in ("utf16CodeUnits", "unicodeCodePoints")


def test_findings_are_results_with_level_place_tags_and_fingerprint() -> None:
    (run,) = log(records.broken())["runs"]
    failed = [r for r in run["results"] if r["kind"] == "fail"]
    assert len(failed) == 5
    result = next(r for r in failed if r["ruleId"] == "security.other-owner")
    assert result["level"] == "error"
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "orders/getOrder"
    assert result["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] == "orders/getOrder"
    assert "Reproduce: seamwright verify orders" in result["message"]["text"]
    assert result["properties"]["exchanges"] == [118, 119, 121]
    rule = run["tool"]["driver"]["rules"][result["ruleIndex"]]
    assert rule["properties"]["tags"] == ["security", "external/cwe/cwe-639", "owasp/API1:2023"]
    assert rule["properties"]["security-severity"] == "9.5"
    assert len({r["partialFingerprints"]["seamwright/v1"] for r in failed}) == 5


def test_unknown_sentences_are_open_results_and_proved_ones_are_none() -> None:
    (run,) = log(records.broken())["runs"]
    assert len([r for r in run["results"] if r["kind"] == "open"]) == 5
    assert run["properties"]["proved"] == 10
    assert run["invocations"][0]["executionSuccessful"] is False, "a bug of ours happened"
    (healthy,) = log(records.healthy())["runs"]
    assert healthy["results"] == []
    assert healthy["invocations"][0]["executionSuccessful"] is True


def test_fingerprints_hold_from_run_to_run() -> None:
    record = records.broken()
    later = replace(
        record,
        run=replace(record.run, id="another", seed=8),
        evidence=tuple(replace(row, run="another", seed=8, hash="", started=1.0) for row in record.evidence),
    )
    first, second = ([r["partialFingerprints"] for r in log(known)["runs"][0]["results"]] for known in (record, later))
    assert first == second


def test_hostile_names_stay_inside_their_place() -> None:
    (run,) = log(records.hostile())["runs"]
    uris = [r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for r in run["results"]]
    assert unquote(uris[0]) == records.HOSTILE[0]
    assert all(not re.match(r"[a-z]+:|/", uri) for uri in uris)
