"""Runs made by hand: empty, healthy, broken, dead, huge and hostile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from seamwright.model.check import Dares
from seamwright.model.evidence import CellResult, Evidence
from seamwright.model.finding import Finding, Severity
from seamwright.model.plan import Plan, Planned, Skipped
from seamwright.model.run import Covered, Exercised, PointKind, Run, RunRecord, RunState, Seam
from seamwright.model.verdict import Cause, Verdict

__all__ = ["HOSTILE", "broken", "dead", "empty", "evidence", "healthy", "hostile", "huge", "record"]

STARTED = 1_772_620_205.25
PROVED, REFUTED, UNKNOWN = Verdict.PROVED, Verdict.REFUTED, Verdict.UNKNOWN

HOSTILE = (
    "<script>window.owned=1</script>",
    "<img src=x onerror='window.owned=1'>",
    '"><svg onload=window.owned=1>',
    "</script><script>window.owned=1</script>",
    "</style><script>window.owned=1</script>",
    "{{ 7*7 }}{% raw %}",
    "javascript:window.owned=1",
    "a\x00b\x1b[31m\u202eevil\u2066\ud800",
    "]]><x/>",
    "| `pipe` | @everybody ![](http://127.0.0.1:9/x.png) <!-- -->",
)


def run(**changes: Any) -> Run:
    """A finished run of the shop."""
    base = Run(
        id="01J9Z3K5T8-shop",
        system="shop",
        environment="test",
        source="/srv/shop/seamwright.yaml",
        targets=(),
        seed=7,
        manifest_digest="3f5a9c" * 10 + "abcd",
        contract_digests={"orders": "9b1e77" * 10 + "abcd", "payments": "c04d11" * 10 + "abcd"},
        tree="8f0a3d2c9b7e61554433221100ffeeddccbbaa99-dirty",
        arguments=("seamwright", "verify", "--seed", "7"),
        versions={"seamwright": "0.1.0", "python": "3.11.9", "httpx2": "2.16.2"},
        started=STARTED,
        finished=STARTED + 41.87,
        state=RunState.FINISHED,
        verdict=UNKNOWN,
    )
    return replace(base, **changes)


def evidence(
    boundary: str,
    check: str,
    proves: str,
    verdict: Verdict,
    cells: Mapping[str, tuple[Verdict, int, str]] | None = None,
    **changes: Any,
) -> Evidence:
    """One row; how much was tried is the sum over its cells."""
    results = tuple(CellResult(name, *known) for name, known in (cells or {}).items())
    tried = sum(cell.tried for cell in results)
    base = Evidence(
        run="01J9Z3K5T8-shop",
        boundary=boundary,
        check=check,
        proves=proves,
        verdict=verdict,
        tried=tried,
        cells=results,
        findings=(),
        why="",
        cause=None,
        exchanges=tried + 2,
        exchanges_digest="d1" * 32,
        manifest_digest="3f5a9c" * 10 + "abcd",
        contract_digest="9b1e77" * 10 + "abcd",
        environment="test",
        seed=7,
        started=STARTED + 1,
        seconds=1.234,
        hash="e5" * 32,
    )
    return replace(base, **changes)


def record(
    rows: tuple[Evidence, ...],
    seams: tuple[Seam, ...] = (),
    skipped: tuple[Skipped, ...] = (),
    left_out: Mapping[str, Mapping[str, str]] | None = None,
    also_planned: tuple[Planned, ...] = (),
    **changes: Any,
) -> RunRecord:
    """A record whose plan is what its rows say, and more."""
    planned = tuple(
        Planned(
            row.boundary,
            row.check,
            row.proves,
            Dares.OBSERVE,
            tuple(cell.cell for cell in row.cells),
            (left_out or {}).get(row.check, {}),
        )
        for row in rows
    )
    whole = RunRecord(run(), Plan((*planned, *also_planned), skipped), seams, rows)
    return replace(whole, **changes)


OPERATIONS = ("listOrders", "createOrder", "getOrder", "updateOrder", "cancelOrder", "exportOrders")
SEAMS = (
    Seam("gateway", "http", "http://127.0.0.1:8800", "team-edge", ("orders", "identity")),
    Seam(
        "orders",
        "http",
        "http://127.0.0.1:8801",
        "team-orders",
        ("payments", "orders-db", "events", "identity"),
        OPERATIONS,
    ),
    Seam("payments", "http", "http://127.0.0.1:8802", "team-money", ("identity",), ("charge", "refund", "getCharge")),
    Seam("identity", "http", "http://127.0.0.1:8803", "team-identity", (), ("issueToken", "keys")),
    Seam("inventory", "queue", "nats://127.0.0.1:4222", "team-stock", ("events",)),
    Seam("events", "queue", "nats://127.0.0.1:4222", "team-platform"),
    Seam("orders-db", "sql", "postgresql://127.0.0.1:5432/orders", "team-orders"),
)


def exercised(kind: PointKind, place: str, keyword: str, *done: str, **missing: str) -> Exercised:
    """Points of a keyword; a reason may stand at each that was not exercised."""
    return Exercised(kind, place, keyword, done, {name.replace("_", " "): why for name, why in missing.items()})


COVERAGE = (
    Covered(
        "orders",
        "listOrders",
        "GET",
        "/orders",
        212,
        {"200": 180, "401": 20, "422": 12},
        (
            exercised("operation", "response", "success", "answered"),
            exercised("status", "response/200", "status", "answered"),
            exercised("status", "response/503", "status", answered="no answer had this status"),
            exercised("parameter", "query/limit", "optional", "sent", "left out"),
            exercised("keyword", "query/limit", "maximum", "valid", "limit", broken="no such value is made"),
            exercised("keyword", "query/search", "pattern", "valid", broken="no such value is made"),
        ),
    ),
    Covered("orders", "createOrder", "POST", "/orders", 388, {"201": 250, "401": 20, "409": 8, "422": 108, "500": 2}),
    Covered("orders", "getOrder", "GET", "/orders/{order_id}", 140, {"200": 100, "404": 20, "401": 20}),
    Covered("orders", "updateOrder", "PATCH", "/orders/{order_id}", 96, {"200": 60, "412": 16, "401": 20}),
    Covered("orders", "cancelOrder", "POST", "/orders/{order_id}/cancel", 44, {"204": 24, "401": 20}),
    Covered(
        "orders",
        "exportOrders",
        "GET",
        "/admin/orders/export",
        0,
        {},
        (exercised("operation", "response", "success", answered="never called: the manifest excludes it"),),
        clipped=True,
    ),
    Covered("payments", "charge", "POST", "/charges", 120, {"201": 90, "402": 10, "401": 20}),
    Covered("payments", "refund", "POST", "/charges/{charge_id}/refund", 31, {"404": 31}),
    Covered("payments", "getCharge", "GET", "/charges/{charge_id}", 70, {"200": 50, "401": 20}),
    Covered("identity", "issueToken", "POST", "/oauth/token", 18, {"200": 12, "400": 6}),
    Covered(
        "identity",
        "keys",
        "GET",
        "/.well-known/jwks.json",
        4,
        {"200": 4},
        (exercised("operation", "response", "success", "answered"),),
    ),
)
SENTENCES = (
    ("orders", "contract.conforms", "Every answer has the shape that the contract promises.", OPERATIONS[:5]),
    ("orders", "contract.server-error", "No valid or boundary input makes the server fail.", OPERATIONS[:5]),
    (
        "orders",
        "contract.invalid-refused",
        "Input that the contract forbids is refused.",
        ("listOrders", "createOrder", "updateOrder"),
    ),
    (
        "orders",
        "auth.anonymous",
        "Nobody gets in without credentials where the contract asks for them.",
        OPERATIONS[:5],
    ),
    ("orders", "auth.expired-token", "An expired token is refused.", OPERATIONS[:5]),
    ("orders", "auth.unsigned-token", "A token without a signature is refused.", OPERATIONS[:5]),
    (
        "orders",
        "security.other-owner",
        "Another customer's object can neither be read nor changed.",
        ("getOrder", "updateOrder", "cancelOrder"),
    ),
    ("orders", "security.sql-injection", "No parameter reaches the database as SQL.", ("listOrders", "getOrder")),
    (
        "orders",
        "resilience.slow-dependency",
        "A slow dependency leads to a declared error in bounded time.",
        ("payments", "identity"),
    ),
    (
        "orders",
        "consistency.idempotency",
        "The same Idempotency-Key, at once and again, has one effect.",
        ("createOrder",),
    ),
    ("orders", "load.rate", "The promised rate is served within the promised latency.", ("listOrders", "getOrder")),
    (
        "payments",
        "contract.conforms",
        "Every answer has the shape that the contract promises.",
        ("charge", "refund", "getCharge"),
    ),
    (
        "payments",
        "auth.anonymous",
        "Nobody gets in without credentials where the contract asks for them.",
        ("charge", "getCharge"),
    ),
    ("identity", "contract.conforms", "Every answer has the shape that the contract promises.", ("issueToken", "keys")),
    (
        "orders-db",
        "consistency.invariant",
        "The declared invariants hold after concurrent writes.",
        ("one-charge-per-order", "stock-never-negative"),
    ),
    ("events", "messaging.at-least-once", "What was accepted is delivered at least once.", ("order-placed",)),
    ("gateway", "security.headers", "Answers carry the headers that browsers need to stay safe.", ("the boundary",)),
)


def load(slow: bool) -> dict[str, Any]:
    """Figures as a load check measures them; `slow` ones break the promise of p99 in the middle of the run."""
    peak = 0.9 if slow else 0.14
    return {
        "target_rate": 200.0,
        "duration": 10.0,
        "sent": 2000,
        "answered": 1994 if slow else 2000,
        "statuses": {"200": 1990 if slow else 2000, "503": 4} if slow else {"200": 2000},
        "errors": {"timeout": 6} if slow else {},
        "intended": {
            "p50": 0.0121,
            "p90": 0.048,
            "p95": 0.11,
            "p99": 0.412 if slow else 0.13,
            "p999": peak,
            "max": peak,
        },
        "service": {"p50": 0.0118, "p90": 0.031, "p95": 0.06, "p99": 0.19 if slow else 0.1, "p999": 0.31, "max": 0.33},
        "send_lag": {"p50": 0.0001, "p99": 0.0019, "max": 0.004},
        "kept_schedule": True,
        "why_not": "",
        "timeline": [
            {
                "second": second,
                "sent": 200,
                "answered": 200,
                "p50": 0.011 + (0.03 if slow and 4 <= second <= 6 else 0.001 * (second % 3)),
                "p99": 0.09 + 0.01 * (second % 4) + (0.5 if slow and 4 <= second <= 6 else 0),
                "errors": 3 if slow and second in (5, 6) else 0,
            }
            for second in range(10)
        ],
        "objectives": {"p99": 0.3, "p50": 0.05},
    }


def _row(boundary: str, check: str, proves: str, cells: tuple[str, ...]) -> Evidence:
    measures = {"load": load(slow=False)} if check == "load.rate" else {}
    return evidence(
        boundary, check, proves, PROVED, {cell: (PROVED, 24 + 3 * len(cell), "") for cell in cells}, measures=measures
    )


SKIPPED = (
    Skipped("orders-db", "auth.anonymous", "Nobody gets in.", "the boundary is no HTTP API"),
    Skipped("orders-db", "contract.conforms", "Answers conform.", "the boundary is no HTTP API"),
    Skipped("events", "auth.anonymous", "Nobody gets in.", "the boundary is no HTTP API"),
    Skipped("identity", "consistency.idempotency", "One effect.", "no operation declares an Idempotency-Key"),
    Skipped("identity", "load.rate", "The rate is served.", "the manifest promises no rate for it"),
)
LEFT_OUT = {"auth.anonymous": {"exportOrders": "the contract declares it open"}}


def empty() -> RunRecord:
    """A run in which nothing applied and nothing was tried."""
    return record((), SEAMS[1:3])


def healthy() -> RunRecord:
    """Everything proved."""
    rows = tuple(_row(*known) for known in SENTENCES)
    return record(rows, SEAMS, SKIPPED, LEFT_OUT, coverage=COVERAGE, run=run(verdict=PROVED))


def broken() -> RunRecord:
    """Findings of every severity, unknown sentences of every cause, one not reached, one forbidden, a notice."""
    rows = {(known[0], known[1]): _row(*known) for known in SENTENCES}
    key = ("orders", "security.other-owner")
    rows[key] = replace(
        rows[key],
        verdict=REFUTED,
        cells=(
            CellResult("getOrder", REFUTED, 6),
            CellResult("updateOrder", PROVED, 6),
            CellResult("cancelOrder", UNKNOWN, 0, "no order could be put into a state that can be cancelled"),
        ),
        findings=(
            Finding(
                "A customer reads another customer's order.",
                "Bob asked for the order that Alice had just created. Expected 403 or 404; the answer was 200 and held"
                " the canary that only Alice had written.",
                Severity.CRITICAL,
                "getOrder",
                "getOrder:foreign-read",
                (118, 119, 121),
                "seamwright verify orders --check security.other-owner --seed 7 --manifest /srv/shop/seamwright.yaml",
                "curl -sS -H 'Authorization: Bearer '\"$BOB_TOKEN\" http://127.0.0.1:8801/orders/ord_8c1f",
                3,
                {
                    "expected": "403 or 404, without the canary",
                    "seen": "200 with the canary cAn4ryQ7x",
                    "cwe": ["CWE-639"],
                    "owasp": ["API1:2023"],
                },
            ),
        ),
    )
    key = ("orders", "consistency.idempotency")
    rows[key] = replace(
        rows[key],
        verdict=REFUTED,
        cells=(CellResult("createOrder", REFUTED, 12),),
        findings=(
            Finding(
                "The same Idempotency-Key charges the card twice.",
                "Two requests with one key, sent at the same moment, made two orders.",
                Severity.HIGH,
                "createOrder",
                "createOrder:two-effects",
                (302, 303),
                "seamwright verify orders --check consistency.idempotency --seed 7",
                facts={"orders_made": 2, "apart_seconds": 0.0004},
            ),
            Finding(
                "A replayed key is answered with another order.",
                "The replay, one second later, gave a new order id.",
                Severity.MEDIUM,
                "createOrder",
                "createOrder:replay",
                (311,),
                "seamwright verify orders --check consistency.idempotency --seed 7",
            ),
        ),
    )
    key = ("gateway", "security.headers")
    rows[key] = replace(
        rows[key],
        verdict=REFUTED,
        findings=(
            Finding(
                "Answers say which server made them.",
                "Server: shop/0.3.1",
                Severity.LOW,
                reproduce="seamwright verify gateway",
            ),
        ),
    )
    key = ("orders", "load.rate")
    rows[key] = replace(
        rows[key],
        verdict=REFUTED,
        measures={"load": load(slow=True)},
        cells=(CellResult("listOrders", REFUTED, 1000), CellResult("getOrder", PROVED, 1000)),
        findings=(
            Finding(
                "99% of requests were to be answered within 300 ms, and took up to 412 ms.",
                "200 requests a second for 10 s, counted from when each was meant to leave.",
                Severity.MEDIUM,
                "listOrders",
                "latency:p99",
                (401, 402),
                "seamwright verify orders --check load.rate --seed 7",
            ),
        ),
    )
    key = ("orders", "resilience.slow-dependency")
    rows[key] = replace(
        rows[key],
        verdict=UNKNOWN,
        cells=(CellResult("payments", UNKNOWN, 0, "the relay is out of reach"), CellResult("identity", PROVED, 4)),
        why="The relay in front of payments is out of reach at 127.0.0.1:9902, so no fault could be armed.",
        cause=Cause.USAGE,
    )
    key = ("events", "messaging.at-least-once")
    rows[key] = replace(
        rows[key],
        verdict=UNKNOWN,
        tried=0,
        cells=(),
        exchanges=0,
        why="nats://127.0.0.1:4222 refuses connections.",
        cause=Cause.TARGET,
    )
    key = ("orders", "security.sql-injection")
    rows[key] = replace(
        rows[key],
        verdict=UNKNOWN,
        tried=0,
        cells=(),
        exchanges=3,
        why="KeyError: 'limit' in the check itself.",
        cause=Cause.OURS,
        traceback="Traceback (most recent call last):\n  File \"check.py\", line 41, in run\nKeyError: 'limit'\n",
    )
    return record(
        tuple(rows.values()),
        SEAMS,
        (
            *SKIPPED,
            Skipped(
                "payments",
                "resilience.crash",
                "A crash in the middle of a charge loses nothing.",
                "the manifest names no process that may be crashed",
                applicable=True,
            ),
        ),
        LEFT_OUT,
        (Planned("payments", "load.rate", "The promised rate is served.", Dares.LOAD, ("charge",)),),
        coverage=COVERAGE,
        notices=("A redirect of orders to http://127.0.0.1:9999 was not followed: that host is not in the manifest.",),
        run=run(verdict=REFUTED),
    )


def dead() -> RunRecord:
    """Nothing was reachable, so everything is unknown."""
    rows = tuple(
        evidence(
            b, c, p, UNKNOWN, None, why="http://127.0.0.1:8801 refuses connections.", cause=Cause.TARGET, exchanges=1
        )
        for b, c, p, _ in SENTENCES[:6]
    )
    return record(rows, SEAMS[1:2])


def huge() -> RunRecord:
    """25 boundaries in layers, 200 operations, 30 checks."""
    families = ("contract", "auth", "security", "resilience", "load", "consistency")
    checks = [f"{families[n % 6]}.sentence-number-{n:02d}" for n in range(30)]
    seams, rows, coverage = [], [], []
    for number in range(25):
        name = f"service-{number:02d}" if number % 7 else f"a-service-with-quite-a-long-name-{number:02d}"
        operations = tuple(f"operation{number:02d}x{n}" for n in range(8))
        seams.append((name, operations, [d for d in (2 * number + 1, 2 * number + 2, number + 9) if d < 22]))
        for n, operation in enumerate(operations):
            points = tuple(
                exercised("keyword", f"body/a/rather/long/place/{m}", "maxLength", "valid", limit=f"reason {m % 7}")
                for m in range(100)
            )
            path = f"/things/{number}/{n}/{{id}}"
            coverage.append(Covered(name, operation, "GET", path, 40, {"200": 36, "404": 4}, points))
        for n, check in enumerate(checks):
            verdict = REFUTED if (number * n) % 23 == 7 else UNKNOWN if (number + n) % 17 == 3 else PROVED
            findings = (
                tuple(
                    Finding(
                        f"Something is wrong with operation {o}.",
                        "Expected 200 and saw 500.",
                        [*Severity][n % 4],
                        operations[o],
                        f"k{o}",
                        (n, o),
                        f"seamwright verify {name} --check {check}",
                    )
                    for o in range(6)
                )
                if verdict is REFUTED
                else ()
            )
            cells = {o: (verdict if i == 0 else PROVED, 5, "") for i, o in enumerate(operations)}
            why = "It could not be told." if verdict is UNKNOWN else ""
            rows.append(
                evidence(
                    name,
                    check,
                    f"Sentence number {n} holds here.",
                    verdict,
                    cells,
                    findings=findings,
                    why=why,
                    cause=Cause.TARGET if why else None,
                    measures={"load": load(slow=False)} if n == 4 and number < 3 else {},
                )
            )
    names = [name for name, _, _ in seams]
    made = tuple(
        Seam(name, "http", f"http://127.0.0.1:{9000 + i}", f"team-{i % 5}", tuple(names[d] for d in deps), operations)
        for i, (name, operations, deps) in enumerate(seams)
    )
    skipped = tuple(
        Skipped(name, f"messaging.check-{n}", "It is delivered.", "the boundary is no queue")
        for name in names
        for n in range(4)
    )
    return record(tuple(rows), made, skipped, coverage=tuple(coverage))


def hostile() -> RunRecord:
    """Every text that a stranger could have written is an attack."""
    seams = tuple(Seam(text, text, text, text, (HOSTILE[0], text), (text,)) for text in HOSTILE)
    rows = tuple(
        evidence(
            text,
            f"security.{number}",
            text,
            REFUTED if number % 2 else UNKNOWN,
            {text: (REFUTED if number % 2 else UNKNOWN, 1, text)},
            findings=(
                Finding(
                    text,
                    text,
                    Severity.HIGH,
                    text,
                    text,
                    (1,),
                    text,
                    text,
                    1,
                    {text: text, "expected": text, "seen": text},
                ),
            )
            if number % 2
            else (),
            why=text,
            cause=None if number % 2 else Cause.OURS,
            traceback=text,
            measures={
                text: {
                    "load": {"intended": {"p50": 0.1}, "statuses": {text: text}, "timeline": [{"second": text}, text]}
                }
            },
        )
        for number, text in enumerate(HOSTILE)
    )
    return record(
        rows,
        seams,
        tuple(Skipped(text, text, text, text) for text in HOSTILE),
        coverage=tuple(
            Covered(
                text, text, text, text, 1, {text: 1}, (Exercised("keyword", text, text, (text,), {text + "!": text}),)
            )
            for text in HOSTILE
        ),
        notices=HOSTILE,
        run=run(
            id=HOSTILE[0],
            system=HOSTILE[1],
            environment=HOSTILE[2],
            source=HOSTILE[3],
            tree=HOSTILE[4],
            arguments=HOSTILE,
            versions={HOSTILE[0]: HOSTILE[1]},
            contract_digests={HOSTILE[2]: HOSTILE[0]},
        ),
    )
