"""Every report on disk is found, and its format is whole."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from seamwright import reports
from seamwright.model.report import Report
from seamwright.seams import discover
from tests.reports import records


def test_what_is_found_is_what_lies_on_disk() -> None:
    found = discover("seamwright.reports", "REPORT", Report, key=lambda report: report.name)
    folder = Path(reports.__path__[0])
    assert [*found] == sorted(path.stem for path in folder.glob("*.py") if not path.name.startswith("_"))
    for report in found.values():
        assert report.says.endswith(".")
        assert report.suffix.startswith(".")
        assert report.render(records.broken())
        assert report.render(records.broken()) == report.render(records.broken())


def test_finding_them_loads_no_template_engine() -> None:
    program = (
        "import sys; from seamwright.seams import discover; from seamwright.model.report import Report; "
        "discover('seamwright.reports', 'REPORT', Report, key=lambda r: r.name); "
        "sys.exit('jinja2' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
