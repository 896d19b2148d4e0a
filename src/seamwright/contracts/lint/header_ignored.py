"""No parameter or header describes what another part of the contract says."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._reading import Reading
from seamwright.contracts.lint._rule import Found, Rule, Severity

__all__ = ["RULE"]

_SAID_BY = {
    "accept": "the media types of the answers",
    "content-type": "the media types of the body",
    "authorization": "the security schemes",
}


def _run(reading: Reading) -> Iterator[Found]:
    for call in reading.calls:
        for parameter in call.at("header"):
            name = parameter.text("name").lower()
            if name in _SAID_BY:
                text = f"the header parameter {parameter.text('name')} of {call} is ignored"
                yield Found(parameter.place, text, f"say it by {_SAID_BY[name]}")
        for answer in call.answers.values():
            headers = reading.child(answer.part, "headers")
            for name in headers.node:
                if name.lower() == "content-type":
                    text = f"the header {name} of an answer of {call} is ignored"
                    yield Found(headers.below(name), text, "say it by the media types of the answer")


RULE = Rule(
    id="header-ignored",
    severity=Severity.WARNING,
    says="no parameter or header describes what another part of the contract says",
    why="tools ignore such a description, as they must (OpenAPI 3.1, parameter object)",
    run=_run,
    wrong="""
paths:
  /orders:
    get:
      parameters: [{name: Authorization, in: header, schema: {type: string}}]
      responses: {}
""",
    right="""
paths:
  /orders:
    get: {security: [{bearer: []}], responses: {}}
""",
)
