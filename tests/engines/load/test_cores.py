"""How many processes: never more than are needed, than are free, or than leave the target its own."""

from __future__ import annotations

import pytest

from seamwright.engines.load.cores import Cores, choose, cores_here, is_here
from seamwright.engines.load.profile import Offered, Profile, Users


@pytest.mark.parametrize(
    ("offered", "host", "cores", "number"),
    [
        (Profile.constant(200, 1), "10.0.0.1", Cores(64, 0), 1),
        (Profile.constant(20_000, 1), "10.0.0.1", Cores(64, 0), 5),
        (Profile.constant(20_000, 1), "10.0.0.1", Cores(4, 0), 4),
        (Profile.constant(20_000, 1), "10.0.0.1", Cores(4, 3), 1),
        (Profile.constant(20_000, 1), "127.0.0.1", Cores(8, 0), 4),
        (Profile.constant(20_000, 1), "localhost", Cores(2, 0), 1),
        (Profile.constant(20_000, 1), "localhost", Cores(2, 2), 1),
        (Profile.ramp(1, 8001, 9), "10.0.0.1", Cores(8, 0), 3),
        (Users(64, 1), "10.0.0.1", Cores(8, 0), 1),
        (Users(65, 1), "10.0.0.1", Cores(8, 0), 2),
    ],
)
def test_the_number_is_that_of_cores_that_are_needed_and_free(
    offered: Offered, host: str, cores: Cores, number: int
) -> None:
    assert choose(offered, host, cores)[0] == number


def test_the_reason_names_what_it_rests_on() -> None:
    _, why = choose(Profile.constant(20_000, 1), "127.0.0.1", Cores(8, 2))
    assert why == "4000/s each, and of 8 cores 2 were busy; the target is on this machine, and has its half"
    assert choose(Profile.constant(1, 1), "h", Cores(8, 2))[1] == "one process carries 4000/s"


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("[::1]", True),
        ("localhost", True),
        ("api.localhost", True),
        ("10.0.0.1", False),
        ("example.org", False),
        ("localhost.example.org", False),
    ],
)
def test_what_is_on_this_machine(host: str, here: bool) -> None:
    assert is_here(host) is here


def test_the_cores_of_this_machine_are_some() -> None:
    cores = cores_here()
    assert 0 <= cores.busy <= cores.all
    assert cores.all >= 1
