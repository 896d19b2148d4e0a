"""What a step of a scenario costs of our own CPU, beside a request that is always the same.

Runs in a closed model against the plain server, whose answers all differ, in alternating rounds; CPU time of our thread
for each answer, in microseconds (median of the rounds), which other work on the machine changes little. Nothing is
validated: what is compared is the way of the request. Then the parts by themselves.
"""

from __future__ import annotations

import statistics
import tempfile
import timeit
from pathlib import Path
from typing import Any

import _peers
import load

from seamwright.engines.load import (
    Drawn,
    Feed,
    Hole,
    Keeps,
    LoadPlan,
    Response,
    Scenario,
    Step,
    Template,
    Think,
    Users,
    Walks,
    pick,
    render_request,
)
from seamwright.engines.load.scenario import share

ID, TITLE = 0, 1
MARKS = {
    b"swmark00000kramws": Hole(ID, "kept.id", whole=False),
    b"swmark00001kramws": Hole(TITLE, "titles.title", whole=False),
}
ROWS = 10_000


def step(name: str, target: str, *, keeps: bool = False, think: Think | None = None) -> Step:
    template = Template(render_request("GET", target, {"Host": "127.0.0.1"}), MARKS)
    return Step(name, name, template, Keeps(((ID, "id", pick("$.id")),)) if keeps else None, think or Think())


def walks(feed: Feed) -> dict[str, Walks]:
    """Two steps each, but for the first, which is one request on the plain way."""

    def made(*steps: Step, drawn: tuple[Drawn, ...] = ()) -> Walks:
        return Walks((Scenario("s", steps, 1.0, drawn),), len(MARKS))

    get = "/orders/swmark00000kramws"
    return {
        "the same request, plain": made(step("a", "/orders")),
        "two constant steps": made(step("a", "/orders"), step("b", "/orders/7")),
        "a value kept and used": made(step("a", "/orders", keeps=True), step("b", get)),
        "and a row of a feed": made(
            step("a", "/orders?title=swmark00001kramws", keeps=True), step("b", get), drawn=(Drawn(feed, (TITLE,)),)
        ),
    }


def spent(port: int, given: Walks, seconds: float) -> float:
    """CPU microseconds for each answer."""
    users = Users(load.CONNECTIONS, seconds)
    result = load.run(LoadPlan("127.0.0.1", port, given.requests, profile=users, timeout=5.0, walks=given))
    if result.errors:
        raise SystemExit(f"{dict(result.errors)}")
    return result.cpu * result.elapsed / result.answered * 1e6


def parts(feed: Feed) -> dict[str, float]:
    """Microseconds of each part by itself, the best of five."""
    answer = Response(200, (), b'{"id":1000000001,"name":"a plain cup"}')
    values: list[Any] = ["7", "Emma"]
    get, post = step("b", "/orders/swmark00000kramws"), b'{"title": "swmark00001kramws", "pages": 7}'
    told = {"Host": "127.0.0.1", "Content-Type": "application/json"}
    body = Template(render_request("POST", "/orders", told, post), MARKS)
    keeps = Keeps(((ID, "id", pick("$.id")),))
    what = {
        "render a path with a value": lambda: get.template.render(values),
        "render a JSON body with a value": lambda: body.render(values),
        "keep a value of a JSON body": lambda: keeps.take(answer, values),
        "draw a row of a CSV file": feed.draw,
        "draw a think time": lambda: Think("exponential", 1).at(share(1, 2, 3)),
    }
    return {name: min(timeit.repeat(each, number=10_000, repeat=5)) / 10_000 * 1e6 for name, each in what.items()}


def told(result: dict[str, Any]) -> str:
    lines = [f"{name:36} {value:6.2f} µs an answer" for name, value in result["figures"].items()]
    lines += [f"{name:36} {value:6.2f} µs" for name, value in result["parts"].items()]
    return "\n".join([*lines, str(result["machine"])])


def main() -> None:
    options = _peers.arguments(__doc__ or "")
    rounds, seconds = (3, 0.5) if options.quick else (7, 2.0)
    machine = _peers.machine()
    load.pinned(0, 0)
    with tempfile.TemporaryDirectory() as folder, load.served("numbered") as (port, _):
        path = Path(folder) / "titles.csv"
        path.write_text("title\n" + "".join(f"Book {n}\n" for n in range(ROWS)), encoding="utf-8")
        feed = Feed(path, ("title",))
        given = walks(feed)
        seen: dict[str, list[float]] = {name: [] for name in given}
        for _ in range(rounds):
            for name, each in given.items():
                seen[name].append(spent(port, each, seconds))
        figures = {name: statistics.median(values) for name, values in seen.items()}
        whole = {"name": "load_scenarios", "figures": figures, "parts": parts(feed), "machine": machine}
        feed.close()
    first = figures["the same request, plain"]
    whole["ratios"] = {name: value / first for name, value in figures.items()}
    whole["peers"] = {}
    _peers.printed(whole, options.json, told)


if __name__ == "__main__":
    main()
