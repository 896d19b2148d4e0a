"""What is written must come back the same, and digests must be those that the model promises."""

from __future__ import annotations

import hashlib
import json
import math

import numpy
import pytest

from seamwright.ledger import encoding
from seamwright.model.errors import LedgerError
from seamwright.model.exchange import Exchange, Request, Response
from seamwright.model.plan import Plan
from seamwright.model.run import Run
from seamwright.model.verdict import Cause
from tests.ledger.making import PLAN, an_exchange, some_evidence, some_run


def test_canonical_json_does_not_depend_on_order_and_knows_no_nan() -> None:
    assert encoding.canonical({"b": 1, "a": [math.nan, math.inf, 1.5, "ü"]}) == '{"a":[null,null,1.5,"\\u00fc"],"b":1}'
    assert encoding.canonical({"a": 1, "b": 2}) == encoding.canonical({"b": 2, "a": 1})


@pytest.mark.parametrize(
    "exchange",
    [
        an_exchange(1),
        an_exchange(2, failure=("timeout", "no answer within 5 s")),
        an_exchange(3, response=Response(200, (("x", "caf\xe9"),), b"\xff\x00binary")),
        an_exchange(4, request=Request("POST", "http://127.0.0.1/ü?q=\u2028", (), "😀\x00".encode())),
    ],
)
def test_an_exchange_comes_back_and_its_digest_is_the_models(exchange: Exchange) -> None:
    (packed,) = encoding.pack([exchange])
    assert packed.digest == exchange.digest()
    assert encoding.unpack(encoding.unzipped(packed.body)) == exchange


def test_the_digest_of_exchanges_is_over_their_hex_digests_in_order() -> None:
    first, second = an_exchange(1), an_exchange(2)
    expected = hashlib.sha256((first.digest() + second.digest()).encode()).hexdigest()
    assert encoding.exchanges_digest([first, second]) == expected
    assert encoding.exchanges_digest([second, first]) != expected
    assert encoding.exchanges_digest([]) == hashlib.sha256(b"").hexdigest()


def test_text_that_is_no_unicode_in_an_exchange_is_our_fault() -> None:
    with pytest.raises(LedgerError, match=r"exchange 9 .* no Unicode") as caught:
        encoding.pack([an_exchange(9, note="\udc80")])
    assert caught.value.cause is Cause.OURS


def test_evidence_comes_back_with_the_opening_of_its_run() -> None:
    evidence = some_evidence("r1", sequence=3, previous="p" * 64)
    body = encoding.evidence_body(evidence, "o" * 64)
    read, opening = encoding.read_evidence(body, "")
    assert read == evidence
    assert opening == "o" * 64
    assert "hash" not in json.loads(body)


def test_evidence_with_strange_measures_is_kept_rather_than_lost() -> None:
    measures = {"n": numpy.float64(1.5), "k": numpy.int64(3), "lone": "\udc80", "nan": math.nan, "why": ValueError("x")}
    read, _ = encoding.read_evidence(encoding.evidence_body(some_evidence("r", measures=measures), ""), "")
    assert read.measures == {"n": 1.5, "k": 3, "lone": "\udc80", "nan": None, "why": "x"}


def test_an_unknown_field_of_a_later_minor_version_is_passed_over() -> None:
    body = json.loads(encoding.evidence_body(some_evidence("r"), ""))
    read, _ = encoding.read_evidence(json.dumps({**body, "invented-later": 1}), "")
    assert read == some_evidence("r")


def test_runs_and_plans_come_back() -> None:
    run = some_run("r1")
    assert encoding.decoded(Run, encoding.encoded(Run, run)) == run
    assert encoding.decoded(Plan, encoding.encoded(Plan, PLAN)) == PLAN


@pytest.mark.parametrize("text", ["", "[]", "{}", "nonsense", '{"run": 1}'])
def test_what_is_no_evidence_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError):
        encoding.read_evidence(text, "")


@pytest.mark.parametrize("raw", [b"", b"[]", b"{}", b'{"request": 1, "response": 2, "failure": 3}'])
def test_what_is_no_exchange_is_a_value_error(raw: bytes) -> None:
    with pytest.raises(ValueError):
        encoding.unpack(raw)
    with pytest.raises(ValueError):
        encoding.unzipped(raw)
