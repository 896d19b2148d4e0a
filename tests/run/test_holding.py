"""Calls that are kept back: none begins, no answer is handed on, and all go on from where they were."""

from __future__ import annotations

import asyncio

from seamwright.run.holding import Hold


async def test_what_is_kept_back_begins_when_it_is_let() -> None:
    hold, sent = Hold(), []

    async def send() -> int:
        sent.append(1)
        return len(sent)

    assert await hold.passing(send) == 1
    hold.keep()
    call = asyncio.create_task(hold.passing(send))
    await hold.still()
    assert (len(sent), hold.answered) == (1, 1)
    hold.let()
    assert await call == 2
    assert hold.answered == 2


async def test_an_answer_on_its_way_is_waited_for_and_handed_on_later() -> None:
    hold, answer = Hold(), asyncio.get_running_loop().create_future()

    async def send() -> str:
        text: str = await answer
        return text

    call = asyncio.create_task(hold.passing(send))
    await asyncio.sleep(0)
    hold.keep()
    still = asyncio.create_task(hold.still())
    await asyncio.sleep(0)
    assert not still.done(), "it is on its way"
    answer.set_result("came")
    await still
    assert not call.done()
    assert hold.answered == 1
    hold.let()
    assert await call == "came"


async def test_a_call_that_is_cancelled_while_it_is_kept_back_is_not_waited_for() -> None:
    hold = Hold()

    async def send() -> None: ...

    hold.keep()
    call = asyncio.create_task(hold.passing(send))
    await hold.still()
    call.cancel()
    await asyncio.gather(call, return_exceptions=True)
    still = asyncio.create_task(hold.still())
    await asyncio.sleep(0)
    assert not still.done(), "nobody is kept back any more"
    still.cancel()


async def test_what_comes_after_its_time_is_kept_back_before_anybody_looks() -> None:
    hold = Hold()
    hold.let(0.0)

    async def send() -> None: ...

    call = asyncio.create_task(hold.passing(send))
    await hold.still()
    hold.let(10.0)
    await call
