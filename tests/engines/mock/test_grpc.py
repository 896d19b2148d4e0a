"""A mock of a library: what is made is there, what is ended is gone, and every answer keeps the contract."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from seamwright.contracts.protobuf.operations import load_protobuf
from seamwright.contracts.protobuf.parts import part_of
from seamwright.engines.generate.protobuf import Messages
from seamwright.engines.mock.grpc import GrpcMock, Outcome
from seamwright.model.operation import Contract
from seamwright.wire.protobuf import described
from tests.annotated import annotated
from tests.library import LIBRARY
from tests.rpc import SHOP, contract_of


class _Asked:
    """A mock that is asked by the names of rpcs."""

    def __init__(self, contract: Contract, seed: int = 0) -> None:
        self.contract = contract
        self.mock = GrpcMock(contract, {o.id: part_of(contract, o) for o in contract.operations}, seed=seed)

    def __call__(self, name: str, *messages: Any) -> Outcome:
        operation = next(o for o in self.contract.operations if o.id.endswith(name))
        return self.mock.answer(operation, messages)

    def one(self, name: str, message: Any) -> Any:
        """The only message of an answer that is OK."""
        outcome = self(name, message)
        assert outcome.code == "OK", outcome
        [told] = outcome.messages
        return told


def _library(seed: int = 0) -> _Asked:
    return _Asked(contract_of(LIBRARY), seed)


def test_what_is_made_is_there_and_what_is_ended_is_gone() -> None:
    ask = _library()
    book = ask.one("CreateBook", {"book": {"title": "Emma", "authors": ["Jane Austen"]}})
    assert (book["title"], book["authors"], book["name"].startswith("books/")) == ("Emma", ["Jane Austen"], True)
    assert "note" not in book, "nobody said anything of a note"
    assert ask.one("GetBook", {"name": book["name"]}) == book
    assert book in ask.one("ListBooks", {})["books"]
    assert ask.one("GetBookStatus", {"name": book["name"]})["name"] == book["name"]
    assert ask.one("DeleteBook", {"name": book["name"]}) == {}
    for rpc in ("GetBook", "DeleteBook", "GetBookStatus"):
        assert ask(rpc, {"name": book["name"]}).code == "NOT_FOUND"
    assert book not in ask.one("ListBooks", {})["books"]


def test_changes() -> None:
    ask = _library()
    name = ask.one("CreateBook", {"book": {"title": "Emma", "note": "old"}})["name"]
    assert ask.one("UpdateBook", {"book": {"name": name, "title": "Persuasion"}})["title"] == "Persuasion"
    masked = ask.one("UpdateBook", {"book": {"name": name, "title": "Ignored"}, "update_mask": "note"})
    assert masked == {**masked, "title": "Persuasion"}
    assert "note" not in masked, "it was named, and nothing was said"
    assert ask("UpdateBook", {"book": {"name": "books/nowhere"}}).code == "NOT_FOUND"


def test_ids_are_texts_numbers_or_chosen_by_the_caller() -> None:
    ask = _library()
    user = ask.one("Users.Create", {"name": "ada", "email": "ada@example.com"})["user"]
    assert isinstance(user["id"], int)
    assert ask.one("Users.Get", {"id": str(user["id"])})["name"] == "ada"
    assert ask("CreateCard", {"card_id": "c1"}).code == "OK"
    assert ask("CreateCard", {"card_id": "c1"}).code == "ALREADY_EXISTS"
    assert ask("PunchCard", {"card_id": "c1"}).code == "OK"
    assert ask("PunchCard", {"card_id": "c2"}).code == "NOT_FOUND"


def test_pages() -> None:
    ask = _library()
    for number in range(4):
        ask.one("CreateBook", {"book": {"title": str(number)}})
    first = ask.one("ListBooks", {"page_size": 3})
    second = ask.one("ListBooks", {"page_size": 3, "page_token": first["next_page_token"]})
    last = ask.one("ListBooks", {"page_size": 3, "page_token": second["next_page_token"]})
    names = [book["name"] for page in (first, second, last) for book in page["books"]]
    assert len(names) == len(set(names)) == 7, "three were there from the beginning"
    assert "next_page_token" not in last
    assert ask("ListBooks", {"page_token": "made up"}).code == "INVALID_ARGUMENT"
    assert len(ask.one("ListBooks", {"page_size": -5})["books"]) == 7


def test_streams() -> None:
    ask = _library()
    watched = ask("WatchBooks", {}).messages
    assert list(watched) == ask.one("ListBooks", {})["books"]
    imported = ask("ImportBooks", {"book": {"title": "a"}}, {"book": {"title": "b"}})
    [answer] = imported.messages
    assert [book["title"] for book in answer["books"]] == ["a", "b"]
    assert [message["text"] for message in ask("Chat", {"text": "x"}, {"text": "y"}).messages] == ["x", "y"]


def test_the_same_seed_and_the_same_calls_give_the_same() -> None:
    calls = [("CreateBook", {"book": {"title": "a"}}), ("ListBooks", {}), ("AddShelf", {"theme": "x"})]
    first, second, other = _library(5), _library(5), _library(6)
    told = [[ask(name, message) for name, message in calls] for ask in (first, second, other)]
    assert told[0] == told[1] != told[2]
    first.mock.reset()
    assert [first(name, message) for name, message in calls] == told[0]


def test_annotations_are_asked_for() -> None:
    ask = _Asked(load_protobuf(annotated(), source="x"))
    refused = ask("CreateAccount", {"email": "nobody"})
    assert refused.code == "INVALID_ARGUMENT"
    assert "email: must look like email" in refused.text
    assert "age: must be set" in refused.text
    assert {place for place, _, _ in refused.broken} >= {"/email", "/age"}


@pytest.mark.parametrize("text", [LIBRARY, SHOP])
def test_every_answer_is_a_message_of_the_contract(text: str) -> None:
    contract = contract_of(text)
    ask, told, random = _Asked(contract), described(contract), Random(4)
    answered = 0
    for _ in range(30):
        for operation in contract.operations:
            method = told.method(operation.path)
            assert method is not None
            message = Messages(method.takes).valid(random, fullness=random.random())
            outcome = ask.mock.answer(operation, [told.decode(method.takes, told.encode(method.takes, message))])
            assert outcome.code in ("OK", "NOT_FOUND", "ALREADY_EXISTS", "INVALID_ARGUMENT")
            for given in outcome.messages:
                answered += 1
                assert told.parse(method.gives, given).IsInitialized()
    assert answered > 50
