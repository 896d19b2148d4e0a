"""Fixtures that every test may use."""

from __future__ import annotations

from tests.browser import *  # noqa: F403
from tests.services import *  # noqa: F403
