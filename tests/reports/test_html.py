"""The HTML report: what stands in it, and how it behaves in a real Chromium."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pytest

from seamwright.model.run import RunRecord
from seamwright.reports.html import REPORT
from tests.browser import Chromium
from tests.reports import records

if TYPE_CHECKING:
    from playwright.sync_api import Page

ALL = [records.empty, records.dead, records.healthy, records.broken, records.hostile, records.huge]
SIZES = [(1280, 900), (390, 844)]
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
_VOID = {"meta", "br", "link", "input", "img"}


class _Reader(HTMLParser):
    """Collects elements, ids and words, and holds that what opens is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in _VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open, f"</{tag}> closes nothing"
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self._open or self._open[-1] not in ("script", "style"):
            self.words.append(data)


@cache
def rendered(make: Callable[[], RunRecord]) -> bytes:
    return REPORT.render(make())


@cache
def page(make: Callable[[], RunRecord]) -> tuple[_Reader, str]:
    reader = _Reader()
    reader.feed(rendered(make).decode())
    reader.close()
    return reader, " ".join(" ".join(reader.words).split())


@pytest.mark.parametrize("make", ALL)
def test_is_well_formed_with_unique_ids_whole_links_and_ordered_headings(make: Callable[[], RunRecord]) -> None:
    reader, _ = page(make)
    ids = [attributes["id"] for _, attributes in reader.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = {(attributes.get("href") or "") for tag, attributes in reader.elements if tag == "a"}
    assert links
    assert all(link.startswith("#") and link[1:] in ids for link in links)
    levels = [int(tag[1]) for tag, _ in reader.elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels.count(1) == 1
    assert all(following - level <= 1 for level, following in pairwise(levels))


@pytest.mark.parametrize("make", ALL)
def test_names_nothing_to_load_and_no_style_or_handler_that_its_policy_forbids(make: Callable[[], RunRecord]) -> None:
    reader, _ = page(make)
    for tag, attributes in reader.elements:
        assert tag not in ("link", "img", "iframe", "object", "embed", "base", "form", "foreignobject")
        assert not {"src", "style", "srcset", "background"} & attributes.keys()
        assert not [name for name in attributes if name.startswith("on")]
    policies = [a["content"] for _, a in reader.elements if a.get("http-equiv") == "Content-Security-Policy"]
    assert len(policies) == 1
    assert "default-src 'none'" in str(policies[0])
    assert "unsafe" not in str(policies[0])


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (records.empty, "? Unknown: nothing was tried."),
        (records.dead, "? Unknown: nothing was tried."),
        (records.healthy, "✓ Proved: all 17 sentences hold."),
        (records.broken, "✗ Refuted: 4 of 19 sentences are false."),
        (records.huge, "✗ Refuted: 29 of 750 sentences are false."),
    ],
)
def test_says_the_verdict_in_words(make: Callable[[], RunRecord], words: str) -> None:
    assert words in page(make)[1]


def test_a_run_that_tried_nothing_has_nothing_green() -> None:
    reader, words = page(records.empty)
    proved = [a for _, a in reader.elements if "p" in (a.get("class") or "").split()]
    assert all(a.get("class") == "p" and a.get("id") == "head-p" for a in proved), "only the arrow head's definition"
    assert "No finding is not the same as no fault" in words
    assert "✓" not in words


def test_tells_what_was_found_proved_unknown_and_not_tried() -> None:
    record = records.broken()
    _, words = page(records.broken)
    for row in record.evidence:
        assert row.proves in words
        for finding in row.findings:
            assert finding.title in words
            assert finding.detail in words
            assert " ".join(finding.reproduce.split()) in words
    assert "curl -sS -H 'Authorization: Bearer '\"$BOB_TOKEN\"" in words
    assert "witnessed by exchange 118, 119, 121" in words
    assert words.index("critical") < words.index("A replayed key")
    assert "Whose fault: the system under test" in words
    assert "Whose fault: the manifest, the command line or the credentials" in words
    assert "Whose fault: Seamwright itself" in words
    assert "The run ended before its turn" in words
    assert "the manifest names no process that may be crashed" in words
    assert "no order could be put into a state that can be cancelled" in words
    assert "273 tries over 5 cells" in words
    assert "the manifest promises no rate for it" in words
    assert "the contract declares it open" in words
    assert "A redirect of orders to http://127.0.0.1:9999 was not followed" in words
    assert "8f0a3d2c9b7e-dirty" in words
    assert "2026-03-04 10:30:05 UTC, took 41.9 s" in words


def test_escapes_marks_that_would_make_a_command_read_otherwise_than_it_runs() -> None:
    data = rendered(records.hostile).decode()
    assert "a\\x00b\\x1b[31m\\u202eevil\\u2066\\ud800" in data
    assert not re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e\u2066-\u2069]", data)


def _opened(browser: Chromium, path: Path, act: Callable[[Page], Any], *, times: int = 1, **how: Any) -> Any:
    """Open the file, act on the page, and hold that nothing was said on its console and nothing else was asked for.

    What acts may load it again, which costs half of what a new window does, and says how many `times` it is loaded.
    """
    said: list[str] = []
    asked: list[str] = []

    def work(shown: Page) -> Any:
        shown.on("console", lambda message: said.append(message.text))
        shown.on("pageerror", lambda error: said.append(str(error)))
        shown.on("request", lambda request: asked.append(request.url))
        shown.goto(path.as_uri(), wait_until="load")
        return act(shown)

    found = browser.visit(work, **how)
    assert said == []
    assert asked == [path.as_uri()] * times
    return found


@pytest.mark.parametrize("make", ALL)
def test_opens_from_a_file_and_fits_and_no_boundary_covers_another_on_the_map(
    browser: Chromium, tmp_path: Path, make: Callable[[], RunRecord]
) -> None:
    record = make()
    path = tmp_path / "report.html"
    path.write_bytes(rendered(make))
    script = "[...document.querySelectorAll('.node .box')].map(n => n.getBoundingClientRect().toJSON())"

    def fits(shown: Page, width: int) -> None:
        assert shown.evaluate("document.documentElement.scrollWidth") <= width
        assert shown.locator("#map svg .node").count() >= len(record.seams)
        arrows = {(s.name, d) for s in record.seams for d in s.depends_on if d != s.name}
        assert shown.locator("#map svg .arrow").count() == len(arrows)
        assert shown.locator(".overall").is_visible()
        assert not shown.evaluate("'owned' in window")
        boxes = shown.evaluate(script)
        assert len(boxes) >= len(record.seams)
        for number, a in enumerate(boxes):
            for b in boxes[:number]:
                apart = a["right"] <= b["left"] or b["right"] <= a["left"]
                assert apart or a["bottom"] <= b["top"] or b["bottom"] <= a["top"]

    def look(shown: Page) -> None:
        for width, height in SIZES:
            if shown.viewport_size != {"width": width, "height": height}:
                shown.set_viewport_size({"width": width, "height": height})
                shown.reload(wait_until="load")
            for scheme in SCHEMES:
                shown.emulate_media(color_scheme=scheme)
                assert shown.evaluate(f"matchMedia('(prefers-color-scheme: {scheme})').matches")
                fits(shown, width)

    _opened(browser, path, look, times=len(SIZES))


def test_text_has_enough_contrast(browser: Chromium, tmp_path: Path) -> None:
    """WCAG 2.2, success criterion 1.4.3: 4.5 to 1 for text."""
    path = tmp_path / "report.html"
    path.write_bytes(rendered(records.broken))
    script = """() => {
      const parse = text => (text.match(/[\\d.]+/g) || []).map(Number);
      const light = c => c.slice(0, 3).map(v => v / 255).map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
        .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
      const behind = node => {
        for (; node; node = node.parentElement) {
          const c = parse(getComputedStyle(node).backgroundColor);
          if (c.length === 3 || c[3] > 0) return c;
        }
        return [255, 255, 255];
      };
      const bad = [];
      const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      while (walk.nextNode()) {
        const node = walk.currentNode.parentElement;
        if (!walk.currentNode.data.trim() || node.closest("script, style, svg, .vh")) continue;
        const [a, b] = [light(parse(getComputedStyle(node).color)), light(behind(node))].sort((x, y) => y - x);
        if ((a + .05) / (b + .05) < 4.5) bad.push(node.className + ": " + walk.currentNode.data.trim());
      }
      return bad;
    }"""

    def bad(shown: Page) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for scheme in SCHEMES:
            shown.emulate_media(color_scheme=scheme)
            found[scheme] = shown.evaluate(script)
        return found

    assert _opened(browser, path, bad) == {"light": [], "dark": []}


def test_a_command_is_copied(browser: Chromium, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_bytes(rendered(records.broken))

    def copy(shown: Page) -> tuple[str, str]:
        shown.bring_to_front()  # the clipboard belongs to the page that has the focus
        shown.evaluate("window.copied = []; document.addEventListener('copy', () => copied.push('command'))")
        button = shown.locator("button.copy").first
        button.focus()
        shown.keyboard.press("Enter")
        # Not by wait_for_function: what it asks again and again is a string, which the page's policy forbids.
        shown.locator("button.copy", has_text="Copied").first.wait_for()
        return shown.evaluate("navigator.clipboard.readText()"), shown.locator("#said").inner_text()

    copied, said = _opened(browser, path, copy, permissions=["clipboard-read", "clipboard-write"])
    assert copied == records.broken().evidence[6].findings[0].reproduce
    assert said == "Copied"


@pytest.mark.parametrize("old", [True, False], ids=["the old way works", "nothing works"])
def test_without_a_clipboard_the_command_is_selected(browser: Chromium, tmp_path: Path, old: bool) -> None:
    path = tmp_path / "report.html"
    path.write_bytes(rendered(records.broken))

    def copy(shown: Page) -> tuple[str, str]:
        shown.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
        if not old:
            shown.evaluate("document.execCommand = () => false")
        button = shown.locator("button.copy").first
        button.click()
        shown.locator("button.copy", has_text=re.compile("Copied|Selected")).first.wait_for()
        return shown.evaluate("window.getSelection().toString()"), button.inner_text()

    selected, told = _opened(browser, path, copy)
    assert selected == records.broken().evidence[6].findings[0].reproduce
    assert told == ("Copied" if old else "Selected, press Ctrl+C")


def test_its_policy_stops_what_escaping_would_have_missed(browser: Chromium, tmp_path: Path) -> None:
    """Were a script to get in after all, the browser would refuse to run it."""
    path = tmp_path / "report.html"
    text = rendered(records.broken).decode()
    path.write_text(text.replace("<main>", "<main><script>window.owned=1</script><img src='http://127.0.0.1:9/x'>"))

    def look(shown: Page) -> bool:
        shown.goto(path.as_uri())
        return bool(shown.evaluate("'owned' in window"))

    assert not browser.visit(look)


def test_prints_every_part(browser: Chromium, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_bytes(rendered(records.huge))

    def look(shown: Page) -> tuple[int, int, bool]:
        before = shown.locator("details:not([open])").count()
        shown.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        after = shown.locator("details:not([open])").count()
        shown.emulate_media(media="print")
        return before, after, shown.locator("nav").is_visible()

    closed, still_closed, navigation = _opened(browser, path, look)
    assert closed > 0
    assert still_closed == 0
    assert not navigation
