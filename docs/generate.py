"""Makes the generated pages of the docs: tables of what is discovered, and the manifest's keys. `make docs`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from seamwright.checks import checks
from seamwright.contracts import diff, lint
from seamwright.demo.defects import DEFECTS
from seamwright.demo.drifts import DRIFTS
from seamwright.drivers import drivers
from seamwright.faces.workbench import Workbench
from seamwright.model.manifest import manifest_schema

HERE = Path(__file__).parent
HINT = "<!-- Made by docs/generate.py; do not edit. -->\n"


def checks_page() -> str:
    """Every check, by family."""
    found = checks()
    families = sorted({check.family for check in found.values()})
    lines = [
        HINT,
        "# The checks\n",
        f"{len(found)} checks in {len(families)} families. `seamwright checks` lists them too.\n",
    ]
    lines.append("*Dares* is what a check does to the system: `environment` in the manifest decides what is allowed.\n")
    for family in families:
        lines.append(f"## {family}\n")
        lines.append("| check | proves | refuted when | dares | ids |\n| --- | --- | --- | --- | --- |")
        for check in found.values():
            if check.family == family:
                ids = ", ".join((*check.owasp, *check.cwe))
                lines.append(
                    f"| `{check.id}` | {_cell(check.proves)} | {_cell(check.oracle)} | {check.dares} | {ids} |"
                )
        lines.append("")
    lines.append("## Drivers\n\n| kind | speaks |\n| --- | --- |")
    lines += [f"| `{driver.kind}` | {driver.speaks} |" for driver in drivers().values()]
    lines.append("\n## Reports\n\n| format | what it is |\n| --- | --- |")
    lines += [f"| `{report.name}` | {_cell(report.says)} |" for report in Workbench().reports().values()]
    return "\n".join(lines) + "\n"


def demo_page() -> str:
    """Every defect of the demo, and the check that finds it."""
    lines = [HINT, "# The demo's defects\n"]
    lines.append(
        "`seamwright demo up --defect NAME` plants one, `seamwright demo verify` shows that each is found. "
        "The healthy shop is the default.\n"
    )
    lines.append("| defect | service | the mistake | found by |\n| --- | --- | --- | --- |")
    lines += [
        f"| `{defect.name}` | {defect.service} | {_cell(defect.mistake)} | `{defect.check}` |"
        for defect in sorted(DEFECTS.values(), key=lambda d: (d.family, d.name))
    ]
    lines.append(
        "\n## Drifted contracts\n\n`seamwright demo drift` holds each of these against the healthy shop. "
        "It must be refuted, and the true contracts must not.\n"
    )
    lines.append("| drift | service | kind | what the contract says |\n| --- | --- | --- | --- |")
    lines += [
        f"| `{drift.name}` | {drift.service} | {drift.kind} | {_cell(drift.says)} |"
        for drift in sorted(DRIFTS.values(), key=lambda d: (d.kind, d.name))
    ]
    return "\n".join(lines) + "\n"


def contract_page() -> str:
    """Every rule of the diff and of the lint."""
    found = lint.rules()
    lines = [HINT, "# Rules about contracts"]
    for kind in lint.KINDS:
        of_kind = [rule for rule in found.values() if rule.kind == kind]
        lines.append(
            f"\n## Lint of {kind}\n\n`seamwright contract lint` holds a contract against {len(of_kind)} rules.\n"
        )
        lines.append("| rule | severity | what it says |\n| --- | --- | --- |")
        lines += [f"| `{rule.id}` | {rule.severity} | {_cell(rule.says)} |" for rule in of_kind]
    for kind in diff.KINDS:
        rules = diff.rules(kind)
        lines.append(f"\n## Diff of {kind}\n\n`seamwright contract diff` knows {len(rules)} kinds of change.\n")
        lines.append("| change | level | what it means |\n| --- | --- | --- |")
        lines += [f"| `{rule.id}` | {rule.level} | {_cell(rule.means)} |" for rule in rules]
    return "\n".join(lines) + "\n"


def manifest_page() -> str:
    """Every key of the manifest."""
    schema = manifest_schema()
    lines = [HINT, "# The manifest\n"]
    lines.append(
        "`seamwright.yaml` says what a system is. `${NAME}` reads the environment, then a `.env` file beside the "
        "manifest; `${NAME:-text}` gives a default; `$$` is a dollar sign. A secret that is written out is refused "
        "with its line. For editors: `seamwright manifest schema`.\n"
    )
    lines += _noun("seamwright.yaml", schema, schema)
    for name, noun in schema["$defs"].items():
        if noun.get("type") == "object":
            lines += _noun(name, noun, schema)
    return "\n".join(lines) + "\n"


def _noun(name: str, noun: dict[str, Any], schema: dict[str, Any]) -> list[str]:
    lines = [f"## {name}\n"]
    if noun.get("description"):
        lines.append(_paragraph(noun["description"]) + "\n")
    lines.append("| key | type | default | what it says |\n| --- | --- | --- | --- |")
    required = set(noun.get("required", ()))
    for key, value in noun.get("properties", {}).items():
        default = "**needed**" if key in required else _default(value.get("default"))
        lines.append(f"| `{key}` | {_type(value)} | {default} | {_cell(value.get('description', ''))} |")
    return [*lines, ""]


def _type(value: dict[str, Any]) -> str:
    return " or ".join(dict.fromkeys(_types(value))) or "any"


def _types(value: dict[str, Any]) -> Iterator[str]:
    """Every type that a value may have; a text that only stands for a variable is not worth a word."""
    choices = [*value.get("anyOf", ()), *value.get("oneOf", ())]
    if "$ref" in value:
        name = value["$ref"].rpartition("/")[2]
        yield f"[{name}](#{name.lower()})"
    elif "enum" in value or "const" in value:
        yield ", ".join(f"`{item}`" for item in value.get("enum", [value.get("const")]))
    elif choices:
        for choice in choices:
            if choice.get("type") != "null":
                yield from _types(choice)
    elif value.get("type") == "array":
        yield f"list of {_type(value.get('items', {}))}"
    elif isinstance(value.get("additionalProperties"), dict):
        yield f"name → {_type(value['additionalProperties'])}"
    elif "type" in value:
        yield str(value["type"])


def _default(value: Any) -> str:
    if value in (None, [], {}, ""):
        return ""
    return f"`{value}`" if not isinstance(value, dict) else ""


def _cell(text: str) -> str:
    return _paragraph(text).replace("|", "\\|")


def _paragraph(text: str) -> str:
    return " ".join(text.split())


PAGES = {"checks.md": checks_page, "contract.md": contract_page, "demo.md": demo_page, "manifest.md": manifest_page}


def main() -> int:
    """Write the pages; with `--check`, only say which differ."""
    stale = []
    for name, page in PAGES.items():
        path, text = HERE / name, page()
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(name)
        if "--check" not in sys.argv:
            path.write_text(text, encoding="utf-8")
            print(f"wrote {path}")
    if "--check" in sys.argv and stale:
        print(f"out of date: {', '.join(stale)}; run: make docs", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
