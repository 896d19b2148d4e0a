"""The recorder's numbers against numpy's own."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from seamwright.engines.load.recorder import Histogram, Recorder


def _distributions() -> dict[str, npt.NDArray[np.int64]]:
    random = np.random.default_rng(4)
    return {
        "log-normal": (random.lognormal(0, 2, 200_000) * 1e6).astype(np.int64),
        "uniform": random.integers(0, 10**10, 200_000),
        "tiny": random.integers(0, 300, 5000),
        "two humps": np.concatenate([random.normal(1e6, 1e4, 9900), random.normal(9e8, 1e6, 100)]).astype(np.int64),
        "one": np.array([123_456_789]),
    }


@pytest.mark.parametrize("name", list(_distributions()))
def test_quantiles_are_within_one_percent_of_numpy(name: str) -> None:
    values = _distributions()[name]
    histogram = Histogram()
    for part in np.array_split(values, 7):
        histogram.record(part)
    for q in (0.0, 0.01, 0.5, 0.9, 0.99, 0.999, 0.9999, 1.0):
        exact = float(np.quantile(values, q, method="inverted_cdf"))
        assert histogram.quantile(q) * 1e9 == pytest.approx(exact, rel=0.005, abs=0.5), q
    summary = histogram.summary()
    assert summary is not None
    assert summary.count == values.size
    assert summary.maximum == values.max() / 1e9
    assert summary.mean == pytest.approx(values.mean() / 1e9)


def test_merging_equals_recording_together() -> None:
    parts = list(_distributions().values())
    together, merged = Histogram(), Histogram()
    for part in parts:
        together.record(part)
        one = Histogram()
        one.record(part)
        merged.merge(one)
    assert merged.summary() == together.summary()
    merged.merge(Histogram())
    assert merged.summary() == together.summary()


def test_nothing_recorded_has_no_quantile() -> None:
    assert Histogram().summary() is None
    with pytest.raises(ValueError, match="nothing"):
        Histogram().quantile(0.5)


def test_values_above_a_bound_are_counted() -> None:
    histogram = Histogram()
    histogram.record(np.array([1_000_000] * 90 + [500_000_000] * 10))
    assert histogram.above(0.3) == 10
    assert histogram.above(0.6) == 0


def test_operations_outcomes_and_both_latencies_are_kept_apart() -> None:
    recorder = Recorder(["read", "write"])
    for _ in range(100):
        recorder.series(0, "2xx").intended(5_000_000)
        recorder.series(0, "2xx").service(1_000_000)
    recorder.series(1, "5xx").intended(9_000_000)
    recorder.series(1, "5xx").service(9_000_000)
    recorder.series(1, "reset").intended(1)
    recorder.series(1, "timeout").intended(2_000_000_000)
    row = recorder.close_window(0.0, 1.0, offered=110, sent=103)
    assert row.offered == 110
    assert (row.answered, row.errors, row.rate, row.sent) == (101, 2, 101.0, 103)
    assert row.p50 == pytest.approx(0.005, rel=0.005)
    assert recorder.latency("service", "read").quantile(0.99) == pytest.approx(0.001, rel=0.005)
    assert recorder.latency("intended", "read").quantile(0.99) == pytest.approx(0.005, rel=0.005)
    # A time-out lasted at least as long as was waited; a reset lasted no time worth the name.
    assert recorder.latency("intended", "write").count == 2
    assert recorder.latency("intended", "write").quantile(1.0) == 2.0
    assert recorder.latency("intended", outcomes=["reset"]).count == 1
    assert sorted(recorder.outcomes()) == [
        ("read", "2xx", 100),
        ("write", "5xx", 1),
        ("write", "reset", 1),
        ("write", "timeout", 1),
    ]


def test_recorders_of_two_processes_merge_by_name() -> None:
    one, two = Recorder(["a", "b"]), Recorder(["b", "c"])
    one.series(1, "2xx").intended(10)
    two.series(0, "2xx").intended(30)
    two.series(1, "4xx").intended(50)
    one.merge(two)
    assert sorted(one.outcomes()) == [("b", "2xx", 2), ("c", "4xx", 1)]


def test_memory_does_not_grow_with_the_number_of_values() -> None:
    recorder = Recorder(["a"])
    series = recorder.series(0, "2xx")
    sizes = []
    for second in range(5):
        for value in range(20_000):
            series.intended(value * 1000)
        recorder.close_window(second, second + 1, offered=20_000, sent=20_000)
        sizes.append(series.histograms["intended"]._counts.nbytes)
    assert series.histograms["intended"].count == 100_000
    assert len(set(sizes)) == 1
    assert sizes[0] < 50_000
