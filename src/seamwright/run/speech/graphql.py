"""Operations of GraphQL: root fields of a schema, each asked for in a document of its own, over HTTP by POST."""

from __future__ import annotations

import json
from collections.abc import Mapping
from random import Random

from seamwright.contracts.graphql.answers import outcome
from seamwright.model.exchange import Case, Request
from seamwright.model.operation import Contract, Operation
from seamwright.run.graphs import GraphqlCalls
from seamwright.run.speech import Speech, Validator

__all__ = ["SPEECH"]

ACCEPT = "application/graphql-response+json, application/json"


def _render(base: str, contract: Contract, operation: Operation, case: Case) -> Request:
    """The POST of GraphQL over HTTP (section 5.4 of its draft of 2025).

    A body without a query holds the arguments of the root field, as the login of a manifest writes them.
    """
    if case.raw is None and isinstance(case.body, Mapping) and "query" not in case.body:
        from seamwright.engines.generate.graphql.cases import asking

        case = asking(contract, operation, case.body, Random(0)).but(headers=case.headers)
    given = {name.lower() for name in case.headers}
    headers = [] if "accept" in given else [("accept", ACCEPT)]
    if "content-type" not in given:
        headers.append(("content-type", case.media_type or "application/json"))
    headers += [(name, str(value)) for name, value in case.headers.items()]
    body = (
        case.raw if case.raw is not None else json.dumps(case.body, ensure_ascii=False).encode("utf-8", "surrogatepass")
    )
    return Request("POST", base, tuple(headers), body)


def _validator(contract: Contract) -> Validator:
    from seamwright.contracts.graphql.conformance import GraphQLValidator

    return GraphQLValidator(contract)


def _declared(operation: Operation, case: Case) -> bool:
    """Whether a case is nothing but a request; whether its document keeps to the schema, the validator says."""
    return case.raw is None and isinstance(case.body, Mapping) and not (case.query or case.headers or case.cookies)


SPEECH = Speech(
    kind="graphql",
    render=_render,
    validator=_validator,
    calls=GraphqlCalls,
    declared=_declared,
    outcome=outcome,
)
