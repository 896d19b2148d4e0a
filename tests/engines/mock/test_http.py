"""A mock from outside: what is created is there, what is deleted is gone, and every answer keeps the contract."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from seamwright.engines.mock.http import refusal_alone
from seamwright.engines.mock.store import Store
from seamwright.model.exchange import Request, Response
from tests.contracts.documents import contract
from tests.engines.mock.conversation import ORDER, Talk, answers, body, operation, shop, talk


def test_the_life_of_an_order() -> None:
    mock = talk()
    made = mock.ask("POST", "/orders", {"item": "tea", "note": "hot", "secret": "s3", "rank": "vip"})
    assert made.status == 201
    order = made.json
    assert (order["item"], order["note"], order["quantity"]) == ("tea", "hot", 1)
    assert {"status", "createdAt"} <= order.keys()
    assert "secret" not in order, "writeOnly members are never shown"
    assert "rank" not in order, "nobody declared it"
    path = f"/orders/{order['id']}"
    assert made.header("location") == f"http://mock.test{path}"

    assert mock.ask("GET", path).json == order
    assert order in mock.ask("GET", "/orders").json

    changed = mock.ask("PATCH", path, {"note": None, "item": "cha"}, media_type="application/merge-patch+json")
    assert changed.json == {name: value for name, value in order.items() if name != "note"} | {"item": "cha"}

    replaced = mock.ask("PUT", path, {"item": "mate"}).json
    assert replaced["item"] == "mate"
    assert replaced["id"] == order["id"]
    assert replaced["createdAt"] == order["createdAt"], "what the server owns stays"
    assert mock.ask("GET", path).json == replaced

    gone = mock.ask("DELETE", path)
    assert (gone.status, gone.response.body) == (204, b"")
    assert mock.ask("GET", path).status == 404
    assert mock.ask("PUT", path, {"item": "x"}).status == 404
    assert mock.ask("DELETE", path).status == 404
    assert order["id"] not in [each["id"] for each in mock.ask("GET", "/orders").json]


def test_it_begins_with_a_few_orders_the_same_ones_for_the_same_seed() -> None:
    first = talk().ask("GET", "/orders").json
    assert len(first) >= 3
    again = talk()
    again.ask("POST", "/orders", {"item": "tea"})
    one = first[1]
    assert again.ask("GET", f"/orders/{one['id']}").json == one, "the order of requests changes nothing"
    assert Talk(shop(), seed=1).ask("GET", "/orders").json != first


def test_nested_collections_belong_to_their_parent() -> None:
    mock = talk()
    a, b = (mock.ask("POST", "/orders", {"item": name}).json["id"] for name in ("a", "b"))
    line = mock.ask("POST", f"/orders/{a}/lines", {"text": "two cups"})
    assert line.status == 201
    assert mock.ask("GET", f"/orders/{a}/lines").json == [line.json]
    assert mock.ask("GET", f"/orders/{b}/lines").json == []
    number = line.json["number"]
    assert mock.ask("GET", f"/orders/{a}/lines/{number}").json == line.json
    assert mock.ask("GET", f"/orders/{b}/lines/{number}").status == 404
    nowhere = "00000000-0000-4000-8000-000000000000"
    assert mock.ask("GET", f"/orders/{nowhere}/lines").status == 404
    assert mock.ask("POST", f"/orders/{nowhere}/lines", {"text": "x"}).status == 404
    seeded = mock.ask("GET", "/orders").json[0]["id"]
    assert mock.ask("GET", f"/orders/{seeded}/lines").json


def test_an_act_answers_with_the_order_in_its_new_state() -> None:
    mock = talk()
    path = f"/orders/{mock.ask('POST', '/orders', {'item': 'tea'}).json['id']}"
    assert mock.ask("POST", f"{path}/cancel").json["status"] == "cancelled"
    assert mock.ask("GET", path).json["status"] == "cancelled"


def test_a_single_resource_is_always_there() -> None:
    mock = talk()
    before = mock.ask("GET", "/settings").json
    assert mock.ask("GET", "/settings").json == before
    assert mock.ask("PUT", "/settings", {"theme": "dark"}).json == {"theme": "dark"}
    assert mock.ask("GET", "/settings").json == {"theme": "dark"}


def test_lists_are_filtered_sorted_and_cut_into_pages() -> None:
    mock = talk()
    for name in ("pear", "apple", "fig"):
        mock.ask("POST", "/orders", {"item": name})
    names = [each["item"] for each in mock.ask("GET", "/orders?sort=-item&limit=50").json]
    assert names == sorted(names, reverse=True)
    assert [each["item"] for each in mock.ask("GET", "/orders?item=fig").json] == ["fig"]
    everything = mock.ask("GET", "/orders?limit=50").json
    assert mock.ask("GET", "/orders?limit=2").json == everything[:2]
    assert mock.ask("GET", "/orders?limit=2&offset=2").json == everything[2:4]


@pytest.mark.parametrize(
    ("method", "path", "sent", "status", "places"),
    [
        ("POST", "/orders", {"quantity": 0}, 422, ["/body", "/body/quantity"]),
        ("POST", "/orders", {"item": "tea", "id": "mine"}, 422, ["/body/id"]),
        ("GET", "/orders?limit=0", None, 400, ["/query/limit"]),
        ("GET", "/orders?limit=many", None, 400, ["/query/limit"]),
        ("GET", "/orders/7", None, 404, ["/path/id"]),
    ],
)
def test_what_breaks_the_contract_is_refused_with_each_violation(
    method: str, path: str, sent: Any, status: int, places: list[str]
) -> None:
    refused = talk().ask(method, path, sent)
    assert refused.status == status
    assert refused.header("content-type") == "application/problem+json"
    assert [error["pointer"] for error in refused.json["errors"]] == places
    assert refused.json["status"] == status
    assert refused.reply is not None
    assert [violation.place for violation in refused.reply.violations] == places


def test_a_body_that_is_no_json_or_of_another_type_is_refused() -> None:
    mock = talk()
    assert mock.ask("POST", "/orders", raw=b"{no", undeclared=True).status == 422
    assert mock.ask("POST", "/orders", raw=b"item=tea", media_type="text/plain", undeclared=True).status == 422
    bare = contract({"/a": {"post": {"requestBody": body({}), "responses": answers(s200=None)}}})
    assert Talk(bare).ask("POST", "/a", raw=b"x", media_type="text/plain", undeclared=True).status == 415


def test_paths_methods_and_media_types_that_are_not_there() -> None:
    mock = talk()
    assert mock.ask("GET", "/nothing").status == 404
    wrong = mock.ask("DELETE", "/orders")
    assert (wrong.status, wrong.header("allow")) == (405, "GET, POST, HEAD, OPTIONS")
    options = mock.ask("OPTIONS", "/orders")
    assert (options.status, options.header("allow")) == (204, "GET, POST, HEAD, OPTIONS")
    assert mock.ask("GET", "/orders", headers={"accept": "image/png"}, undeclared=True).status == 406
    assert mock.ask("GET", "/orders", headers={"accept": "application/*"}).status == 200


def test_credentials_are_asked_for_where_they_are_declared() -> None:
    guarded = contract(
        {
            "/a": {"get": {"security": [{"key": []}, {"token": []}], "responses": answers(s200=None)}},
            "/b": {"get": {"responses": answers(s200=None)}},
        },
        components={
            "securitySchemes": {
                "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
                "token": {"type": "http", "scheme": "bearer"},
            }
        },
    )
    mock = Talk(guarded)
    refused = mock.ask("GET", "/a", undeclared=True)
    assert refused.status == 401
    assert refused.header("www-authenticate") == 'ApiKey realm="Shop", in="header", name="X-Key"'
    assert mock.ask("GET", "/a", headers={"X-Key": "any"}).status == 200
    assert mock.ask("GET", "/a", headers={"Authorization": "Bearer any"}).status == 200
    assert mock.ask("GET", "/b").status == 200
    assert Talk(guarded, auth=False).ask("GET", "/a").status == 200


def test_a_client_may_prefer_an_answer() -> None:
    error = {"type": "object", "required": ["code"], "properties": {"code": {"type": "string"}}}
    item = {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}}}
    paths = {
        "/a": {
            "get": {
                "responses": {
                    "200": {
                        "description": "",
                        "content": {
                            "application/json": {
                                "schema": item,
                                "examples": {"small": {"value": {"n": 1}}, "large": {"value": {"n": 9}}},
                            }
                        },
                    },
                    "503": {"description": "", "content": {"application/json": {"schema": error}}},
                }
            }
        }
    }
    mock = Talk(contract(paths))
    plain = mock.ask("GET", "/a")
    assert plain.header("preference-applied") is None
    failed = mock.ask("GET", "/a", headers={"Prefer": "code=503"})
    assert (failed.status, failed.header("preference-applied")) == (503, "code=503")
    assert failed.json["code"] == "service_unavailable"
    large = mock.ask("GET", "/a", headers={"Prefer": "example=large"})
    assert (large.json, large.header("preference-applied")) == ({"n": 9}, "example=large")
    values = {mock.ask("GET", "/a", headers={"Prefer": "dynamic=true"}).json["n"] for _ in range(6)}
    assert len(values) > 1
    passed = mock.ask("GET", "/a", headers={"Prefer": "code=418"})
    assert passed.status == 200, "preferences may be passed over"
    assert passed.reply is not None
    assert passed.reply.notes == ("Prefer: code=418 is not applied: the contract declares 200, 503",)
    assert mock.ask("GET", "/a?__code=503").status == 503


def test_it_fails_when_it_is_told_to() -> None:
    mock = talk()
    found = operation(mock.contract, "listOrders")
    routed = mock.mock.route("GET", "/orders")
    assert not isinstance(routed, Response)
    arrival = mock.arrival(routed, Request("GET", "/orders"), "/orders")
    busy = mock.mock.failing(found, arrival, 503).response
    assert (busy.status, busy.header("retry-after")) == (503, "1")
    assert busy.json()["status"] == 503


def test_the_first_state_comes_back() -> None:
    mock = talk()
    first = mock.ask("GET", "/orders").json
    mock.ask("DELETE", f"/orders/{first[0]['id']}")
    mock.ask("POST", "/orders", {"item": "tea"})
    mock.mock.reset()
    assert mock.ask("GET", "/orders").json == first


def test_another_contract_takes_the_state_over() -> None:
    store = Store()
    before = Talk(shop(), store=store)
    order = before.ask("POST", "/orders", {"item": "tea", "note": "hot"}).json
    leaner = copy.deepcopy(ORDER)
    properties: Any = leaner["properties"]
    del properties["note"]
    properties["colour"] = {"type": "string"}
    leaner["required"] = ["id", "item", "colour"]
    paths = dict(shop().document["paths"])
    after = Talk(contract(paths, components={"schemas": {"Order": leaner}}), store=store)
    shown = after.ask("GET", f"/orders/{order['id']}").json
    assert shown["item"] == "tea"
    assert "note" not in shown
    assert isinstance(shown["colour"], str)
    assert after.ask("GET", f"/orders/{order['id']}").json == shown, "what had to be added stays"


def test_an_object_that_no_answer_can_show_is_made_up_and_told() -> None:
    found = talk(
        **{
            "/boxes": {
                "post": {
                    "requestBody": body({"type": "object", "properties": {"size": {"type": "string"}}}),
                    "responses": answers(
                        s201={
                            "type": "object",
                            "required": ["size"],
                            "properties": {"size": {"type": "string", "enum": ["s", "m"]}},
                        }
                    ),
                }
            }
        }
    )
    made = found.ask("POST", "/boxes", {"size": "enormous"})
    assert made.json["size"] in ("s", "m")


def test_a_refusal_of_which_no_contract_says_anything() -> None:
    told = refusal_alone(404, "nothing is here")
    assert told.json() == {"type": "about:blank", "title": "Not Found", "status": 404, "detail": "nothing is here"}
