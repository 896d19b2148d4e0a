"""Both tickers: not early, not twice, and the finer one where Linux has it."""

from __future__ import annotations

import asyncio
import sys
import time

import pytest

from seamwright.engines.load.ticker import LoopTicker, Ticker, TimerfdTicker, open_ticker


@pytest.mark.parametrize("kind", [LoopTicker, TimerfdTicker])
async def test_it_calls_back_once_at_its_moment(kind: type[LoopTicker | TimerfdTicker]) -> None:
    if kind is TimerfdTicker and sys.platform != "linux":
        pytest.skip("timerfd is Linux's")
    called: list[int] = []
    done = asyncio.Event()

    def tick() -> None:
        called.append(time.monotonic_ns())
        done.set()

    ticker: Ticker = kind(tick)
    ticker.arm(time.monotonic_ns() + 10**12)
    at = time.monotonic_ns() + 20_000_000
    ticker.arm(at)
    await asyncio.wait_for(done.wait(), 2)
    await asyncio.sleep(0.03)
    assert len(called) == 1
    assert called[0] - at > -1_500_000  # a loop's timer may round down to its millisecond
    done.clear()
    ticker.arm(at)
    await asyncio.wait_for(done.wait(), 2)  # the past is due at once
    ticker.arm(time.monotonic_ns() + 1_000_000)
    ticker.close()
    await asyncio.sleep(0.01)
    assert len(called) == 2


@pytest.mark.skipif(sys.platform != "linux", reason="timerfd is Linux's")
async def test_linux_gets_the_fine_one() -> None:
    ticker = open_ticker(lambda: None)
    assert isinstance(ticker, TimerfdTicker)
    ticker.close()
    ticker.close()
