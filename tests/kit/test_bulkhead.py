"""A bulkhead lets so many through, and refuses the next at once."""

from __future__ import annotations

import contextlib

import pytest

from seamwright.kit.bulkhead import Bulkhead, BulkheadFull


def test_who_comes_when_it_is_full_is_refused_and_the_place_is_given_back() -> None:
    bulkhead = Bulkhead(2)
    with bulkhead.entered(), contextlib.suppress(OSError), bulkhead.entered():
        with pytest.raises(BulkheadFull), bulkhead.entered():
            pass
        raise OSError
    assert bulkhead.left == 2


def test_a_bulkhead_without_a_place() -> None:
    with pytest.raises(ValueError, match="one call"):
        Bulkhead(0)
