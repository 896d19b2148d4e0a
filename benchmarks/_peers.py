"""What every benchmark shares: an environment for peers, CPU time, the machine, and the one object that is printed."""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path
from typing import Any

__all__ = ["arguments", "machine", "peer_python", "printed"]

FOLDER = Path(__file__).parent.parent / ".seamwright" / "peers"


def arguments(description: str) -> argparse.Namespace:
    """`--json` prints one object; `--quick` keeps it under a minute."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--quick", action="store_true", help="less than a minute")
    return parser.parse_args()


def peer_python(name: str, *packages: str) -> Path:
    """The Python of an environment of its own with these packages; made once, never mixed with ours."""
    folder = FOLDER / name
    python = folder / "bin" / "python"
    done = folder / ".installed"
    if not done.exists() or done.read_text() != "\n".join(packages):
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run(
            [python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", *packages],
            check=True,
            stdout=sys.stderr,
            stderr=subprocess.DEVNULL,
        )
        done.write_text("\n".join(packages))
    return python


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    return {
        "cpus": os.cpu_count(),
        "python": platform.python_version(),
        "system": platform.platform(terse=True),
        "load_before": load,
    }


def printed(result: dict[str, Any], as_json: bool, text: Callable[[dict[str, Any]], str]) -> None:
    """Print the result as the one object, or as text."""
    print(json.dumps(result) if as_json else text(result))
