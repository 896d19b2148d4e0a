"""The reports of a real run on a broken shop, made through the command line."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import TYPE_CHECKING

from tests.browser import Chromium
from tests.end.conftest import Verified
from tests.faces.terminal import seamwright

if TYPE_CHECKING:
    from playwright.sync_api import Page


def _rendered(broken: Verified, name: str) -> str:
    done = seamwright("report", broken.run, "--format", name, "--out", "-", cwd=broken.shop.here)
    assert done.status == 0, done.err
    return done.out


def test_the_page_opens_in_a_browser_and_shows_it_all(broken: Verified, browser: Chromium, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    assert seamwright("report", broken.run, "--out", str(file), cwd=broken.shop.here).out.strip() == str(file)

    def seen(page: Page) -> list[tuple[str, int, int]]:
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        page.on("request", lambda request: complaints.append(request.url) if "http" in request.url else None)
        shown = []
        for width, height in ((1280, 900), (390, 844)):
            page.set_viewport_size({"width": width, "height": height})
            page.goto(file.as_uri())
            graphics = page.locator("svg").count()
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            shown.append((page.locator("body").text_content() or "", graphics, wide))
        assert complaints == []
        return shown

    for text, graphics, wide in browser.visit(seen):
        assert wide <= 0
        assert graphics >= 2  # the map, and latency
        for finding in broken.findings:
            assert finding["title"] in text
            assert finding["reproduce"] in text
        for words in ("orders", "payments", "createOrder", "load.latency-objective", broken.run):
            assert words in text


def test_junit_sarif_and_json_are_read_back(broken: Verified) -> None:
    suites = ET.fromstring(_rendered(broken, "junit"))
    failures = [case for case in suites.iter("testcase") if case.find("failure") is not None]
    assert failures
    sarif = json.loads(_rendered(broken, "sarif"))
    assert sarif["version"] == "2.1.0"
    found = [result for result in sarif["runs"][0]["results"] if result.get("kind", "fail") == "fail"]
    assert {result["ruleId"] for result in found} == {finding["check"] for finding in broken.findings}
    told = json.loads(_rendered(broken, "json"))
    assert told == broken.done.json
    assert "refuted" in _rendered(broken, "markdown")


def test_no_report_and_no_ledger_holds_a_secret_of_the_shop(broken: Verified) -> None:
    secrets = [value for name, value in broken.shop.secrets().items() if "_DB" not in name]
    assert len(secrets) >= 5
    texts = [_rendered(broken, name) for name in ("html", "json", "junit", "markdown", "sarif")]
    texts.append(seamwright("evidence", "--run", broken.run, "--exchanges", cwd=broken.shop.here).out)
    for secret in secrets:
        assert not [text for text in texts if secret in text]
    assert "Bearer ey" not in "".join(texts)
