"""Operations of OpenAPI and Swagger: each is an HTTP request of its own."""

from __future__ import annotations

from seamwright.contracts.conformance import ContractValidator
from seamwright.engines.generate.requests import render
from seamwright.model.exchange import Case
from seamwright.model.operation import Operation
from seamwright.run.objects import Objects
from seamwright.run.speech import Speech, status_of

__all__ = ["SPEECH"]


def _declared(operation: Operation, case: Case) -> bool:
    named = (
        all(operation.parameter("query", name) is not None for name in case.query)
        and all(operation.parameter("header", name) is not None for name in case.headers)
        and all(operation.parameter("cookie", name) is not None for name in case.cookies)
    )
    return named and case.raw is None and (case.body is None or operation.body is not None)


SPEECH = Speech(
    kind="openapi",
    render=render,
    validator=ContractValidator,
    calls=Objects,
    declared=_declared,
    outcome=status_of,
)
