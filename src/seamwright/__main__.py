"""`python -m seamwright` is the command line."""

from __future__ import annotations

from seamwright.faces.cli import main

main()
