"""An HTTP load engine: it keeps an absolute schedule (open model), or a number of users (closed model).

Latency counts from when a request was due.
"""

from __future__ import annotations

from seamwright.engines.load.cores import choose, cores_here
from seamwright.engines.load.limits import Limits, surely_exceeds
from seamwright.engines.load.plan import LoadPlan, RequestTemplate, Validate
from seamwright.engines.load.profile import Offered, Profile, Stage, Trace, Users, read_trace
from seamwright.engines.load.recorder import Histogram, Quantiles, Recorder, Window
from seamwright.engines.load.result import ErrorSample, Lag, LoadResult, OperationResult, ValidationFailure
from seamwright.engines.load.run import run_load
from seamwright.engines.load.spread import LoadProcessError, run_spread
from seamwright.wire.http1 import Answering, Connection, ExchangeError, Response, dial, render_request

__all__ = [
    "Answering",
    "Connection",
    "ErrorSample",
    "ExchangeError",
    "Histogram",
    "Lag",
    "Limits",
    "LoadPlan",
    "LoadProcessError",
    "LoadResult",
    "Offered",
    "OperationResult",
    "Profile",
    "Quantiles",
    "Recorder",
    "RequestTemplate",
    "Response",
    "ValidationFailure",
    "Stage",
    "Trace",
    "Users",
    "Validate",
    "Window",
    "choose",
    "cores_here",
    "dial",
    "read_trace",
    "render_request",
    "run_load",
    "run_spread",
    "surely_exceeds",
]
