"""Each planted defect changes what it says, and the healthy shop shows none of them."""

from __future__ import annotations

import asyncio
import base64
import json
import time
import uuid
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from seamwright.demo.defects import DEFECTS, chosen
from seamwright.demo.nursery import Nursery
from tests.demo.customer import Customers, customers, new_key, new_order
from tests.demo.unruly import HUGE, Mood, Unruly

Probe = Callable[[Customers, Unruly], Awaitable[bool]]
PROBES: dict[str, Probe] = {}


def sees(defect: str) -> Callable[[Probe], Probe]:
    """Names the defect that a probe sees: it answers whether the defect is there."""

    def named(probe: Probe) -> Probe:
        PROBES[defect] = probe
        return probe

    return named


# contract


@sees("schema-drift")
async def total_is_text(shop: Customers, relay: Unruly) -> bool:
    return isinstance((await shop.ordered(shop.alice))["total_cents"], str)


@sees("undocumented-status")
async def second_cancel_is_undeclared(shop: Customers, relay: Unruly) -> bool:
    order = await shop.ordered(shop.alice)
    first, second = [await shop.call("POST", f"/orders/{order['id']}/cancel", shop.alice) for _ in range(2)]
    assert first.status_code == 200
    return second.status_code != 409


@sees("crash-on-missing-optional")
async def order_without_note_crashes(shop: Customers, relay: Unruly) -> bool:
    body = new_order()
    del body["note"]
    return (await shop.call("POST", "/orders", shop.alice | new_key(), json=body)).status_code == 500


@sees("crash-at-boundary")
async def largest_page_crashes(shop: Customers, relay: Unruly) -> bool:
    assert (await shop.call("GET", "/orders?limit=99", shop.alice)).status_code == 200
    return (await shop.call("GET", "/orders?limit=100", shop.alice)).status_code == 500


@sees("validation-missing")
async def negative_quantity_accepted(shop: Customers, relay: Unruly) -> bool:
    return (await shop.order(shop.alice, quantity=-2)).status_code == 201


@sees("content-type-ignored")
async def text_accepted(shop: Customers, relay: Unruly) -> bool:
    headers = shop.alice | new_key() | {"Content-Type": "text/plain"}
    answer = await shop.call("POST", "/orders", headers, content=json.dumps(new_order()))
    return answer.status_code == 201


# auth


@sees("auth-missing")
async def admin_list_without_token(shop: Customers, relay: Unruly) -> bool:
    return (await shop.call("GET", "/admin/orders", {})).status_code == 200


@sees("signature-unverified")
async def altered_token_accepted(shop: Customers, relay: Unruly) -> bool:
    header, claims, signature = shop.alice["Authorization"].removeprefix("Bearer ").split(".")
    forged = _encoded(_decoded(claims) | {"sub": "mallory"})
    answer = await shop.call("GET", "/me", {"Authorization": f"Bearer {header}.{forged}.{signature}"})
    return answer.status_code == 200 and answer.json()["subject"] == "mallory"


@sees("alg-none")
async def unsigned_token_accepted(shop: Customers, relay: Unruly) -> bool:
    _, claims, _ = shop.alice["Authorization"].removeprefix("Bearer ").split(".")
    unsigned = f"{_encoded({'alg': 'none', 'typ': 'JWT'})}.{claims}."
    return (await shop.call("GET", "/me", {"Authorization": f"Bearer {unsigned}"})).status_code == 200


@sees("expiry-ignored")
async def expired_token_accepted(shop: Customers, relay: Unruly) -> bool:
    header, claims, _ = shop.alice["Authorization"].removeprefix("Bearer ").split(".")
    key = RSAKey.import_key(shop.shop.signing_key.read_bytes())
    past = _decoded(claims) | {"exp": int(time.time()) - 600}
    token = jwt.encode({"alg": "RS256", "kid": _decoded(header)["kid"]}, past, key)
    return (await shop.call("GET", "/me", {"Authorization": f"Bearer {token}"})).status_code == 200


@sees("audience-ignored")
async def token_for_payments_accepted(shop: Customers, relay: Unruly) -> bool:
    answer = await shop.client.post(
        shop.shop.urls["identity"] + "/token",
        data={"grant_type": "client_credentials"},
        auth=("reports", shop.shop.env["SHOP_REPORTS_SECRET"]),
    )
    token = answer.json()["access_token"]
    return (await shop.call("GET", "/orders", {"Authorization": f"Bearer {token}"})).status_code == 200


# security


@sees("bola-read")
async def order_of_another_read(shop: Customers, relay: Unruly) -> bool:
    order = await shop.ordered(shop.alice)
    return (await shop.call("GET", f"/orders/{order['id']}", shop.bob)).status_code == 200


@sees("bola-write")
async def order_of_another_changed(shop: Customers, relay: Unruly) -> bool:
    order = await shop.ordered(shop.alice)
    path = f"/orders/{order['id']}"
    await shop.call("PATCH", path, shop.bob | {"If-Match": '"1"'}, json={"note": "bob was here"})
    return bool((await shop.call("GET", path, shop.alice)).json()["note"] == "bob was here")


@sees("bfla-admin")
async def customer_lists_all(shop: Customers, relay: Unruly) -> bool:
    order = await shop.ordered(shop.alice)
    refund = await shop.call("POST", f"/orders/{order['id']}/refund", shop.alice)
    listed = await shop.call("GET", "/admin/orders", shop.bob)
    assert (refund.status_code == 200) is (listed.status_code == 200)
    return listed.status_code == 200


@sees("headers-missing")
async def headers_absent(shop: Customers, relay: Unruly) -> bool:
    headers = (await shop.call("GET", "/me", shop.alice)).headers
    return "x-content-type-options" not in headers and "cache-control" not in headers


@sees("cors-reflect")
async def foreign_origin_welcome(shop: Customers, relay: Unruly) -> bool:
    own = await shop.call("GET", "/me", shop.alice | {"Origin": "https://shop.example"})
    assert own.headers["access-control-allow-origin"] == "https://shop.example"
    foreign = await shop.call("GET", "/me", shop.alice | {"Origin": "https://evil.example"})
    return foreign.headers.get("access-control-allow-origin") == "https://evil.example"


@sees("stack-trace")
async def frames_answered(shop: Customers, relay: Unruly) -> bool:
    headers = shop.alice | new_key() | {"Content-Type": "application/json"}
    answer = await shop.call("POST", "/orders", headers, content=b'{"sku": ')
    assert answer.status_code == 400
    return 'File "' in answer.json()["detail"]


@sees("sql-injection")
async def search_is_code(shop: Customers, relay: Unruly) -> bool:
    note = f"n{uuid.uuid4().hex[:12]}"
    await shop.ordered(shop.alice, note=note)

    async def found(search: str) -> int:
        answer = await shop.call("GET", "/orders", shop.alice, params={"search": search})
        return int(answer.json()["total"])

    assert await found(note) == 1
    return await found(f"{note}%' AND 7=7 AND '%'='") == 1 and await found(f"{note}%' AND 7=8 AND '%'='") == 0


@sees("mass-assignment")
async def total_set_by_customer(shop: Customers, relay: Unruly) -> bool:
    order = await shop.ordered(shop.alice)
    path = f"/orders/{order['id']}"
    await shop.call("PATCH", path, shop.alice | {"If-Match": '"1"'}, json={"note": "mine", "total_cents": 1})
    return bool((await shop.call("GET", path, shop.alice)).json()["total_cents"] == 1)


# resilience


async def _order_while(shop: Customers, relay: Unruly, mood: Mood) -> tuple[int, float]:
    await relay.turn(mood)
    began = time.monotonic()
    try:
        answer = await shop.order(shop.alice)
        seconds = time.monotonic() - began
    finally:
        await relay.turn("well")
    if answer.status_code == 503:
        assert answer.headers["retry-after"] == "1"
    return answer.status_code, seconds


async def _closed_again(shop: Customers) -> None:
    """Waits until the breaker of orders lets calls through."""
    async with asyncio.timeout(10):
        while (await shop.order(shop.alice)).status_code != 201:
            await asyncio.sleep(0.05)


@sees("no-timeout")
async def slow_payments_awaited(shop: Customers, relay: Unruly) -> bool:
    _, seconds = await _order_while(shop, relay, "slow")
    return seconds > 2


@sees("unhandled-refusal")
async def refusal_is_a_crash(shop: Customers, relay: Unruly) -> bool:
    status, seconds = await _order_while(shop, relay, "refuse")
    assert seconds < 2
    assert status in {500, 503}
    return status == 500


@sees("unhandled-reset")
async def reset_is_a_crash(shop: Customers, relay: Unruly) -> bool:
    status, seconds = await _order_while(shop, relay, "reset")
    assert seconds < 2
    assert status in {500, 503}
    return status == 500


@sees("never-recovers")
async def refused_for_ever(shop: Customers, relay: Unruly) -> bool:
    status, _ = await _order_while(shop, relay, "refuse")
    assert status >= 500
    answers = [await shop.order(shop.alice) for _ in range(3)]
    return {answer.status_code for answer in answers} == {503}


@sees("timeout-per-attempt")
async def each_attempt_awaited(shop: Customers, relay: Unruly) -> bool:
    await _closed_again(shop)
    _, seconds = await _order_while(shop, relay, "hangs")
    return seconds > 2


@sees("timeout-between-bytes")
async def dribble_awaited(shop: Customers, relay: Unruly) -> bool:
    await _closed_again(shop)
    _, seconds = await _order_while(shop, relay, "dribbles")
    return seconds > 2


@sees("unparsed-answer")
async def nonsense_is_a_crash(shop: Customers, relay: Unruly) -> bool:
    await _closed_again(shop)
    return (await _order_while(shop, relay, "garbled"))[0] == 500


@sees("unhandled-server-error")
async def server_error_is_a_crash(shop: Customers, relay: Unruly) -> bool:
    await _closed_again(shop)
    return (await _order_while(shop, relay, "failing"))[0] == 500


@sees("unhandled-cut")
async def cut_is_a_crash(shop: Customers, relay: Unruly) -> bool:
    await _closed_again(shop)
    return (await _order_while(shop, relay, "cut"))[0] == 500


@sees("answer-read-whole")
async def everything_is_read(shop: Customers, relay: Unruly) -> bool:
    await _closed_again(shop)
    await _order_while(shop, relay, "huge")
    return relay.poured_last == HUGE


@sees("retry-storm")
async def asked_many_times(shop: Customers, relay: Unruly) -> bool:
    await _closed_again(shop)
    await _order_while(shop, relay, "failing")
    return relay.asked_last > 3


@sees("retry-after-ignored")
async def asked_before_its_time(shop: Customers, relay: Unruly) -> bool:
    await _closed_again(shop)
    await _order_while(shop, relay, "busy")
    return relay.asked_last > 1


@sees("retry-with-new-key")
async def charged_for_every_attempt(shop: Customers, relay: Unruly) -> bool:
    await _closed_again(shop)
    before = shop.sql("payments", "select count(*) from charges")
    await _order_while(shop, relay, "lost")
    return bool(shop.sql("payments", "select count(*) from charges") - before > 1)


@sees("breaker-never-opens")
async def asked_on_and_on(shop: Customers, relay: Unruly) -> bool:
    await _closed_again(shop)
    await relay.turn("failing")
    for _ in range(5):
        await shop.order(shop.alice)
    before = relay.asked
    await shop.order(shop.alice)
    after = relay.asked
    await relay.turn("well")
    return after > before


@sees("shared-workers")
async def reads_wait_for_payments(shop: Customers, relay: Unruly) -> bool:
    await _closed_again(shop)
    await relay.turn("hangs")
    orders = [asyncio.create_task(shop.order(shop.alice)) for _ in range(4)]
    async with asyncio.timeout(10):
        while relay.asked < 2:
            await asyncio.sleep(0.01)
    assert (await shop.call("GET", "/me", shop.alice)).status_code == 200
    answered = any(order.done() for order in orders)
    await asyncio.gather(*orders)
    await relay.turn("well")
    return answered


@sees("reads-need-payments")
async def order_cannot_be_read(shop: Customers, relay: Unruly) -> bool:
    await _closed_again(shop)
    order = await shop.ordered(shop.alice)
    await relay.turn("refuse")
    answer = await shop.call("GET", f"/orders/{order['id']}", shop.alice)
    await relay.turn("well")
    return answer.status_code == 503


# load


@sees("global-lock")
async def requests_queue(shop: Customers, relay: Unruly) -> bool:
    async def seconds(service: str) -> float:
        began = time.monotonic()
        url = f"{shop.shop.urls[service]}/health"
        await asyncio.gather(*(shop.client.get(url) for _ in range(80)))
        return time.monotonic() - began

    # against a service of the same build, so that a busy machine neither is taken for the defect nor hides it
    longer = [await seconds("orders") - await seconds("payments") for _ in range(3)]
    return median(longer) > 80 * 0.012 / 2


@sees("connection-leak")
async def reads_fail_together(shop: Customers, relay: Unruly) -> bool:
    path = f"/orders/{(await shop.ordered(shop.alice))['id']}"
    answers = await asyncio.gather(*(shop.call("GET", path, shop.alice) for _ in range(60)))
    return 500 in {answer.status_code for answer in answers}


# consistency


async def _orders_noted(shop: Customers, note: str) -> int:
    listed = await shop.call("GET", "/orders", shop.alice, params={"search": note})
    return int(listed.json()["total"])


@sees("key-ignored")
async def replay_orders_again(shop: Customers, relay: Unruly) -> bool:
    key, body = new_key(), new_order(note=uuid.uuid4().hex)
    first, second = [await shop.call("POST", "/orders", shop.alice | key, json=body) for _ in range(2)]
    assert first.status_code == second.status_code == 201
    return first.json()["id"] != second.json()["id"] and await _orders_noted(shop, body["note"]) == 2


@sees("double-charge")
async def both_at_once_charged(shop: Customers, relay: Unruly) -> bool:
    key, body = new_key(), new_order(note=uuid.uuid4().hex)
    answers = await asyncio.gather(*(shop.call("POST", "/orders", shop.alice | key, json=body) for _ in range(16)))
    assert {answer.status_code for answer in answers} <= {201, 409}
    replayed = await shop.call("POST", "/orders", shop.alice | key, json=body)
    assert replayed.status_code == 201
    listed = await shop.call("GET", "/orders", shop.alice, params={"search": body["note"], "limit": 100})
    made = ", ".join(f"'{order['id']}'" for order in listed.json()["items"])
    # of these orders alone: a charge that an earlier probe held up may arrive meanwhile
    charges = shop.sql("payments", f"select count(*) from charges where order_id in ({made})")
    assert charges == listed.json()["total"] >= 1
    return bool(charges > 1)


@sees("lost-update")
async def old_etag_accepted(shop: Customers, relay: Unruly) -> bool:
    path = f"/orders/{(await shop.ordered(shop.alice))['id']}"
    old = shop.alice | {"If-Match": '"1"'}
    assert (await shop.call("PATCH", path, old, json={"note": "first"})).status_code == 200
    second = await shop.call("PATCH", path, old, json={"note": "second"})
    return second.status_code == 200


@sees("oversell")
async def stock_disagrees(shop: Customers, relay: Unruly) -> bool:
    await asyncio.gather(*(shop.order(shop.alice, sku="lamp") for _ in range(8)))
    reserved = shop.sql("orders", "select reserved from stock where sku = 'lamp'")
    ordered = shop.sql("orders", "select coalesce(sum(quantity), 0) from orders where sku = 'lamp' and status = 'paid'")
    return bool(reserved != ordered)


@sees("event-before-commit")
async def declined_order_reserved(shop: Customers, relay: Unruly) -> bool:
    assert (await shop.order(shop.alice, payment_method="card-declined")).status_code == 402
    await shop.reserved((await shop.ordered(shop.alice))["id"])  # told after the declined one, if that was told
    return bool(shop.sql("inventory", "select count(*) from reservations where charge_id is null") > 0)


# The defects of one line are planted together: none of them hides one that is probed after it.
TOGETHER = (
    ("schema-drift", "undocumented-status", "validation-missing", "content-type-ignored", "crash-at-boundary"),
    ("crash-on-missing-optional", "auth-missing", "expiry-ignored", "bola-read", "headers-missing"),
    ("signature-unverified", "stack-trace", "unhandled-refusal", "lost-update"),
    ("alg-none", "bola-write", "cors-reflect", "unhandled-reset", "double-charge"),
    ("audience-ignored", "sql-injection", "oversell"),
    ("bfla-admin", "mass-assignment", "no-timeout", "key-ignored"),
    ("global-lock", "event-before-commit"),
    ("connection-leak", "never-recovers"),
    ("timeout-per-attempt", "unparsed-answer", "unhandled-server-error", "unhandled-cut"),
    ("timeout-between-bytes", "answer-read-whole", "retry-with-new-key"),
    ("retry-storm", "breaker-never-opens", "retry-after-ignored", "reads-need-payments"),
    ("shared-workers",),
)


def test_every_defect_is_probed_and_planted_once() -> None:
    assert set(PROBES) == set(DEFECTS)
    assert sorted(name for names in TOGETHER for name in names) == sorted(DEFECTS)


def test_every_defect_says_which_check_finds_it() -> None:
    assert len(DEFECTS) >= 26
    families = {defect.family for defect in DEFECTS.values()}
    assert families == {"contract", "auth", "security", "resilience", "load", "consistency"}
    for defect in DEFECTS.values():
        assert defect.check.startswith(f"{defect.family}.")
        assert defect.mistake


def test_an_unknown_defect_is_told_with_those_there_are() -> None:
    with pytest.raises(ValueError, match=r"no defect named nonsense; there are: .*bola-read"):
        chosen(["nonsense"])


async def test_the_healthy_shop_shows_no_defect(nursery: Nursery, tmp_path: Path) -> None:
    async with (
        Unruly.standing() as relay,
        nursery.shop(data=tmp_path, payments_url=relay.url) as shop,
        customers(shop) as everybody,
    ):
        relay.target = shop.ports["payments"]
        seen = [name for name, probe in PROBES.items() if await probe(everybody, relay)]
        assert seen == []
        assert not (tmp_path / "orders" / "errors.log").exists()


@pytest.mark.parametrize("names", TOGETHER, ids="+".join)
async def test_a_planted_defect_shows(names: tuple[str, ...], nursery: Nursery, tmp_path: Path) -> None:
    async with (
        Unruly.standing() as relay,
        nursery.shop(data=tmp_path, defects=names, payments_url=relay.url) as shop,
        customers(shop) as everybody,
    ):
        relay.target = shop.ports["payments"]
        hidden = [name for name in names if not await PROBES[name](everybody, relay)]
        assert hidden == []


def _decoded(part: str) -> dict[str, Any]:
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return claims


def _encoded(claims: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
