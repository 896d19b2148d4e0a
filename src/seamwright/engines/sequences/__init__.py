"""Sequences of calls in which each step uses objects that earlier steps made: which to try, and how to shorten one.

Nothing here sends anything: sequences are made of what operations need and give, and whoever plays them says whether
they fail.
"""

from __future__ import annotations

from seamwright.engines.sequences.chains import chain
from seamwright.engines.sequences.pairs import pairs
from seamwright.engines.sequences.shrinking import shrinking, without
from seamwright.engines.sequences.steps import Action, Step, needed
from seamwright.engines.sequences.walks import walk

__all__ = ["Action", "Step", "chain", "needed", "pairs", "shrinking", "walk", "without"]
