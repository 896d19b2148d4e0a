"""Writes the manifest of a running shop, as its own engineers would keep it."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from seamwright.demo.system import RunningShop

__all__ = ["manifest_environment", "manifest_text"]

_TEMPLATE = """\
# The bundled demo system. Secrets come from the environment; `{folder}` holds its databases and logs.
system: shop
environment: test

boundaries:
  identity:
    kind: http
    url: {identity}
    contract: {identity}/openapi.json
    owner: team-identity
    objectives: {{availability: 99.9%, latency: {{p99: 300ms}}}}
  orders:
    kind: http
    url: {orders}
    contract: {orders}/openapi.json
    owner: team-orders
    depends_on: [identity, payments, orders-db]
    dependencies:
      payments:
        attempts: 3
        breaker: {{failures: 5, pause: 500ms}}
        without: [getOrder, listOrders, updateOrder, cancelOrder, whoAmI]
    objectives: {{availability: 99.9%, latency: {{p99: 200ms}}, rate: 150/s, recovery: 3s, deadline: 2s}}
    reset: {{operation: resetSandbox, identity: root}}
    origins: [https://shop.example]
  payments:
    kind: http
    url: {payments}
    contract: {payments}/openapi.json
    owner: team-payments
    depends_on: [payments-db]
    reset: {{operation: resetCharges, identity: orders-service}}
    objectives: {{availability: 99.9%, latency: {{p99: 300ms}}}}{relay}
  inventory:
    kind: http
    url: {inventory}
    contract: {inventory}/openapi.json
    owner: team-warehouse
    depends_on: [inventory-db]
    objectives: {{availability: 99.9%, latency: {{p99: 300ms}}}}
    borrows: {{orderId: {{boundary: orders, operation: createOrder, pick: $.id}}}}
  orders-db:
    kind: sql
    url: ${{SHOP_ORDERS_DB}}
    owner: team-orders
    invariants:
      - name: stock is never negative
        query: select count(*) from stock where on_hand < 0 or reserved < 0
        equals: 0
        after: [createOrder]
      - name: units are conserved
        query: select count(*) from stock where on_hand + reserved <> {units}
        equals: 0
        after: [createOrder]
      - name: what is reserved is what was ordered
        query: >-
          select (select coalesce(sum(reserved), 0) from stock)
          - (select coalesce(sum(quantity), 0) from orders where status in ('pending', 'paid'))
        equals: 0
        within: 2s
        after: [createOrder]
      - name: no order stays pending
        query: select count(*) from orders where status = 'pending'
        equals: 0
        within: 5s
        after: [createOrder]
  payments-db:
    kind: sql
    url: ${{SHOP_PAYMENTS_DB}}
    owner: team-payments
    invariants:
      - name: an order is charged once
        query: >-
          select count(*) from (select order_id from charges where status = 'captured'
          group by order_id having count(*) > 1) as twice
        equals: 0
        after: [createOrder]
  inventory-db:
    kind: sql
    url: ${{SHOP_INVENTORY_DB}}
    owner: team-warehouse
    invariants:
      - name: only paid orders are reserved
        query: select count(*) from reservations where charge_id is null
        equals: 0
        within: 2s
        after: [createOrder]
      - name: the shelf agrees with its reservations
        query: >-
          select (select coalesce(sum(reserved), 0) from shelf)
          - (select coalesce(sum(quantity), 0) from reservations where status = 'reserved')
        equals: 0
        within: 2s
        after: [createOrder]

identities:
  alice:
    roles: [customer]
    login: {{boundary: identity, operation: login, body: {{user: alice, password: "${{SHOP_ALICE_PASSWORD}}"}}}}
    boundaries: [orders]
    signing_key_file: {signing_key}
  bob:
    roles: [customer]
    login: {{boundary: identity, operation: login, body: {{user: bob, password: "${{SHOP_BOB_PASSWORD}}"}}}}
    boundaries: [orders]
  root:
    roles: [admin]
    login: {{boundary: identity, operation: login, body: {{user: root, password: "${{SHOP_ROOT_PASSWORD}}"}}}}
    boundaries: [orders]
  reports:
    roles: [customer]
    audience: payments
    oauth2: {{token_url: {identity}/token, client_id: reports, client_secret: "${{SHOP_REPORTS_SECRET}}"}}
    boundaries: [orders]
  orders-service:
    roles: [service]
    api_key: {{value: "${{SHOP_PAYMENTS_KEY}}", name: X-Api-Key, location: header}}
    boundaries: [payments]
  warehouse-desk:
    roles: [service]
    api_key: {{value: "${{SHOP_INVENTORY_KEY}}", name: X-Api-Key, location: header}}
    boundaries: [inventory]

policy:
  - {{roles: [customer], may: [createOrder, getOrder, listOrders, updateOrder, cancelOrder], owning: order}}
  - {{roles: [customer], may: [whoAmI]}}
  - {{roles: [admin], may: ["orders.*"]}}
  - {{roles: [service], may: ["payments.*", "inventory.*"]}}
"""


def manifest_text(shop: RunningShop, *, relay_control: str | None = None) -> str:
    """The text of seamwright.yaml for this shop; write it anywhere, its paths are absolute.

    Where the shop was started with a `payments_url` of its own, a relay is meant to stand there: one that runs
    already and is driven through `relay_control` (token in `${SHOP_RELAY_TOKEN}`), or else Seamwright's own.
    """
    relay = ""
    if relay_control is not None:
        relay = f'\n    relay: {{control: {relay_control}, token: "${{SHOP_RELAY_TOKEN}}"}}'
    elif shop.payments_url != shop.urls["payments"]:
        relay = f'\n    relay: {{listen: "{urlsplit(shop.payments_url).netloc}"}}'
    return _TEMPLATE.format(
        **shop.urls, folder=shop.data, signing_key=shop.signing_key, relay=relay, units=_UNITS_PER_SKU
    )


def manifest_environment(shop: RunningShop) -> Mapping[str, str]:
    """The environment variables that the manifest reads."""
    databases = {f"SHOP_{service.upper()}_DB": url for service, url in shop.databases.items()}
    return {**shop.env, **databases}


_UNITS_PER_SKU = 100_000
"""As in orders' tables, whose import would cost this module half a second."""
