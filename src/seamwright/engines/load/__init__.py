"""An HTTP load engine: it keeps an absolute schedule (open model), or a number of users (closed model).

Latency counts from when a request was due.
"""

from __future__ import annotations

from seamwright.engines.load.cores import choose, cores_here
from seamwright.engines.load.correlation import Keeps, Pick, pick
from seamwright.engines.load.feed import Feed
from seamwright.engines.load.har import Entry, Recorded, read_har
from seamwright.engines.load.limits import Limits, surely_exceeds
from seamwright.engines.load.plan import LoadPlan, RequestTemplate, Validate
from seamwright.engines.load.profile import Offered, Profile, Stage, Trace, Users, read_trace
from seamwright.engines.load.recorder import Histogram, Quantiles, Recorder, Window
from seamwright.engines.load.result import ErrorSample, Lag, LoadResult, OperationResult, ValidationFailure
from seamwright.engines.load.run import run_load
from seamwright.engines.load.scenario import Drawn, Scenario, ScenarioResult, Step, Think, Walks
from seamwright.engines.load.spread import LoadProcessError, run_spread
from seamwright.engines.load.template import Hole, Template, Unfit
from seamwright.wire.http1 import Answering, Connection, ExchangeError, Response, dial, render_request

__all__ = [
    "Answering",
    "Connection",
    "Drawn",
    "Entry",
    "ErrorSample",
    "ExchangeError",
    "Feed",
    "Histogram",
    "Hole",
    "Keeps",
    "Lag",
    "Limits",
    "LoadPlan",
    "LoadProcessError",
    "LoadResult",
    "Offered",
    "OperationResult",
    "Pick",
    "Profile",
    "Quantiles",
    "Recorded",
    "Recorder",
    "RequestTemplate",
    "Response",
    "Scenario",
    "ScenarioResult",
    "Stage",
    "Step",
    "Template",
    "Think",
    "Trace",
    "Unfit",
    "Users",
    "Validate",
    "ValidationFailure",
    "Walks",
    "Window",
    "choose",
    "cores_here",
    "dial",
    "pick",
    "read_har",
    "read_trace",
    "render_request",
    "run_load",
    "run_spread",
    "surely_exceeds",
]
