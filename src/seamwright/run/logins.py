"""Sends the logins of identities: through an operation of a boundary, or to a token endpoint."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from seamwright.model.errors import RefusedByScope, Undecided
from seamwright.model.exchange import Case, Exchange, Request
from seamwright.model.subject import Subject
from seamwright.model.verdict import Cause
from seamwright.run.recording import Recording
from seamwright.run.scope import Scope
from seamwright.run.sessions import Sender
from seamwright.run.speech import spoken

if TYPE_CHECKING:
    from seamwright.drivers.http import HttpConnection

__all__ = ["Logins"]

TIMEOUT = 10.0


class Logins:
    """Sends logins; they count for coverage, and their exchanges are not kept: they are made of secrets."""

    def __init__(
        self,
        subjects: Mapping[str, Subject],
        senders: Mapping[str, Sender],
        recording: Recording,
        scope: Scope,
        notice: Callable[[str], None],
    ) -> None:
        self._subjects = subjects
        self._senders = senders
        self._recording = recording
        self._scope = scope
        self._notice = notice
        self._connection: HttpConnection | None = None

    async def send(self, boundary: str, what: Case | Request, leave: bool) -> Exchange:
        """Send a login; `leave` says that the identity may log in in production. Raises Undecided."""
        try:
            if isinstance(what, Request):
                return await self._to_token_endpoint(what, leave)
            return await self._through_operation(boundary, what, leave)
        except RefusedByScope as error:
            raise Undecided(f"{error}; set in_production on the identity to allow its login", Cause.USAGE) from None

    async def _through_operation(self, boundary: str, case: Case, leave: bool) -> Exchange:
        subject = self._subjects[boundary]
        contract = subject.contract
        operation = contract.operation(case.operation) if contract else None
        if contract is None or operation is None or boundary not in self._senders:
            raise Undecided(f"{boundary} has no operation {case.operation!r} to log in through", Cause.USAGE)
        request = spoken(contract).render(subject.base_url, contract, operation, case)
        exchange = await self._senders[boundary].send(
            request, recording=self._recording, timeout=TIMEOUT, operation=operation.id, login=leave, note="login"
        )
        return self._recording.measured(operation, case, exchange)

    async def _to_token_endpoint(self, request: Request, leave: bool) -> Exchange:
        if self._connection is None:
            from seamwright.drivers.http import HttpConnection

            self._connection = HttpConnection()
        sender = Sender("login", self._connection, self._scope, self._notice)
        return await sender.send(request, recording=self._recording, timeout=TIMEOUT, login=leave, note="login")

    async def close(self) -> None:
        """Close what was opened for token endpoints."""
        if self._connection is not None:
            await self._connection.close()
