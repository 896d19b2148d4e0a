"""Calls with ids of real objects: created, listed, chosen, kept for reading, and why where there is none."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from seamwright.model.bench import Bench
from seamwright.model.check import Applies, Check, Dares
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation, Proved
from seamwright.model.identity import ANYONE
from tests.checks.rpc import tried_rpc
from tests.checks.stage import Tried
from tests.library import LIBRARY
from tests.rpc import SHOP
from tests.shop import Shop, refuse

Talk = Callable[[Bench], Any]


async def _on_a_bench(text: str, answers: Any, talk: Talk, dares: Dares = Dares.WRITE, **manifest: Any) -> Tried:
    """Do something with the bench of a boundary that is served like this."""

    async def run(bench: Bench) -> AsyncIterator[Observation]:
        await talk(bench)
        yield Proved("all")

    check = Check(
        id="contract.talk",
        proves="it was done",
        oracle="none",
        applies=lambda subject: Applies(("all",)),
        run=run,
        dares=dares,
        kinds=("grpc",),
    )
    return await tried_rpc(check, text, answers, **manifest)


class _Library:
    """Books and users, just as far as ids go."""

    def __init__(self) -> None:
        self.books: dict[str, Any] = {}
        self.users: list[int] = []

    def answers(self) -> dict[str, Callable[[Any, Any], Any]]:
        return {
            "CreateBook": self.create_book,
            "GetBook": self.get_book,
            "ListBooks": lambda request, context: {"books": list(self.books.values())},
            "AddShelf": self.add_shelf,
            "CreateCard": lambda request, context: {},
            "PunchCard": lambda request, context: {},
            "Create": self.create_user,
        }

    def create_book(self, request: Any, context: Any) -> Any:
        if "shelf" not in request.get("shelf_id", ""):
            refuse(context, "NOT_FOUND", "there is no such shelf")
        name = f"books/{len(self.books) + 1}"
        self.books[name] = {**request.get("book", {}), "name": name}
        return self.books[name]

    def get_book(self, request: Any, context: Any) -> Any:
        return self.books[request["name"]]

    def add_shelf(self, request: Any, context: Any) -> Any:
        if int(request.get("owner_user_id", 0)) not in self.users:
            refuse(context, "FAILED_PRECONDITION", "there is no such user")
        return {"shelf_id": f"shelf-{request['owner_user_id']}"}

    def create_user(self, request: Any, context: Any) -> Any:
        self.users.append(700 + len(self.users))
        return {"user": {"id": self.users[-1]}}


def _operation(bench: Bench, name: str) -> Any:
    found = bench.contract.operation(name)
    assert found is not None
    return found


async def test_a_book_on_a_shelf_of_a_user() -> None:
    library, seen = _Library(), list[Any]()

    async def talk(bench: Bench) -> None:
        read = _operation(bench, "Library.GetBook")
        seen.append(await bench.case(read, ANYONE))
        assert (await bench.call(seen[0], ANYONE)).ok
        seen.append(await bench.case(read, ANYONE))

    await _on_a_bench(LIBRARY, library.answers(), talk)
    assert seen[0].body == seen[1].body == {"name": "books/1"}, "what is only read is kept"
    assert len(library.books) == 1
    assert library.users


async def test_what_changes_something_gets_a_fresh_one_each_time() -> None:
    library, seen = _Library(), list[str]()

    async def talk(bench: Bench) -> None:
        for _ in range(2):
            seen.append((await bench.case(_operation(bench, "Library.DeleteBook"), ANYONE)).body["name"])
        case = await bench.case(_operation(bench, "Library.UpdateBook"), ANYONE)
        seen.append(case.body.get("book", {"name": "books/3"})["name"])

    await _on_a_bench(LIBRARY, library.answers(), talk)
    assert seen == ["books/1", "books/2", "books/3"]


async def test_ids_that_the_caller_chooses_are_nobody_elses() -> None:
    seen = list[str]()

    async def talk(bench: Bench) -> None:
        for _ in range(2):
            seen.append((await bench.case(_operation(bench, "Library.CreateCard"), ANYONE)).body["card_id"])
        punched = await bench.case(_operation(bench, "Library.PunchCard"), ANYONE)
        seen.append(punched.body["card_id"])

    tried = await _on_a_bench(LIBRARY, _Library().answers(), talk)
    assert len(set(seen)) == 3
    assert seen[2] in next(e for e in tried.exchanges if e.operation == "Library.CreateCard").request.body.decode()


async def test_an_object_of_ones_own_with_a_canary() -> None:
    shop, seen = Shop(), list[Any]()

    async def talk(bench: Bench) -> None:
        seen.append(await bench.own(_operation(bench, "Orders.GetOrder"), ANYONE))
        with pytest.raises(Undecided, match="no rpc that creates"):
            await bench.own(_operation(bench, "Orders.ListOrders"), ANYONE)

    await _on_a_bench(SHOP, shop.answers(), talk)
    [owned] = seen
    assert owned.values == {"id": "order-1"}
    assert shop.orders["order-1"][owned.canary_at] == owned.canary


async def test_what_was_taken_before_is_made_again_under_another_name() -> None:
    names, seen = set[str](), list[Any]()
    shop = Shop()

    def create(request: Any, context: Any) -> Any:
        if len(names) % 2 and not any(c.isdigit() for c in request.get("name", "")):
            names.add(str(len(names)))
            refuse(context, "ALREADY_EXISTS", "that name is taken")
        names.add(request["name"])
        return shop.create({}, context)

    async def talk(bench: Bench) -> None:
        for _ in range(3):
            seen.append((await bench.case(_operation(bench, "Orders.DeleteOrder"), ANYONE)).body["id"])

    text = SHOP.replace("string customer = 1; repeated Line lines = 2;", "string name = 1; repeated Line lines = 2;")
    await _on_a_bench(text, shop.answers(CreateOrder=create), talk)
    assert len(set(seen)) == 3


async def test_where_nothing_may_be_made_what_is_there_is_taken() -> None:
    shop, seen = Shop(), list[Any]()
    shop.orders["a"] = {"id": "a"}

    async def talk(bench: Bench) -> None:
        seen.append((await bench.case(_operation(bench, "Orders.GetOrder"), ANYONE)).body)
        shop.orders.clear()
        with pytest.raises(Undecided, match=r"no order for its field id: .*Orders\.ListOrders shows none"):
            await bench.case(_operation(bench, "Orders.DeleteOrder"), ANYONE)

    await _on_a_bench(SHOP, shop.answers(), talk, dares=Dares.OBSERVE, environment="production")
    assert seen == [{"id": "a"}]


async def test_why_nothing_could_be_made() -> None:
    def never(request: Any, context: Any) -> None:
        refuse(context, "PERMISSION_DENIED", "the shop is closed")

    async def talk(bench: Bench) -> None:
        with pytest.raises(Undecided, match="the shop is closed"):
            await bench.case(_operation(bench, "Orders.GetOrder"), ANYONE)

    await _on_a_bench(SHOP, Shop().answers(CreateOrder=never, ListOrders=never), talk)


async def test_a_login_says_what_the_manifest_says() -> None:
    text = (
        SHOP.replace("rpc DeleteOrder", "rpc Login(Credentials) returns (Token); rpc DeleteOrder")
        + "message Credentials { string user = 1; string password = 2; } message Token { string access_token = 1; }"
    )
    seen, asked = list[Any](), list[str]()

    def login(request: Any, context: Any) -> Any:
        return {"access_token": f"token-of-{request['user']}-{request['password']}"}

    shop = Shop()

    def listed(request: Any, context: Any) -> Any:
        asked.append(dict(context.invocation_metadata()).get("authorization", ""))
        return shop.list(request, context)

    async def talk(bench: Bench) -> None:
        seen.append((await bench.case(_operation(bench, "Orders.Login"), ANYONE)).body)
        alice = bench.subject.identities[0]
        assert (await bench.call(await bench.case(_operation(bench, "Orders.ListOrders"), alice), alice)).ok

    body = {"user": "alice", "password": "let-me-in"}
    identities = {"alice": {"login": {"operation": "Orders.Login", "body": body}}}
    tried = await _on_a_bench(text, shop.answers(Login=login, ListOrders=listed), talk, identities=identities)
    assert seen == [body]
    assert asked == ["Bearer token-of-alice-let-me-in"]
    assert not any("let-me-in" in str(e.to_json()) for e in tried.exchanges), "and it is nowhere in the evidence"


async def test_streams_of_messages() -> None:
    seen = list[Any]()

    async def talk(bench: Bench) -> None:
        seen.append((await bench.case(_operation(bench, "Library.Chat"), ANYONE)).body)

    await _on_a_bench(LIBRARY, _Library().answers(), talk)
    assert isinstance(seen[0], list)
    assert 1 <= len(seen[0]) <= 3
