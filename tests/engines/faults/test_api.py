"""The control API tells the state of a relay, arms what is asked, and ends it."""

from __future__ import annotations

import pytest

from seamwright.engines.faults import Selection, Status
from seamwright.engines.faults.api import joined
from seamwright.engines.faults.remote import RemoteRelay
from tests.engines.faults.processes import relay_process
from tests.engines.servers import http, serving

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


async def test_state_selection_and_stop() -> None:
    with serving(http(OK)) as port, relay_process(port, "--protocol", "http", "--seed", "5") as relay:
        async with RemoteRelay(relay.control, relay.token) as door:
            armed = await door.arm(Status(429, 1), 30, Selection(operation="GET /a", every=2))
            assert await door.armed() == (armed,)
            state = await door.state()
            assert (state["protocol"], state["seed"], state["requests"]) == ("http", 5, 0)
            assert state["pid"] == relay.process.pid
            with pytest.raises(ValueError, match="selected by url"):
                await door._call("POST", "/faults", {"kind": "reset", "ttl": 1, "where": {"url": 1}})
            await door.stop()
        assert relay.process.wait(5) == 0


def test_addresses() -> None:
    assert joined(("::1", 80, 0, 0)) == "[::1]:80"
    assert joined(("127.0.0.1", 80)) == "127.0.0.1:80"
