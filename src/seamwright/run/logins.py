"""Sends the logins of identities: through an operation of a boundary, or to a token endpoint."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from seamwright.model.errors import RefusedByScope, Undecided
from seamwright.model.exchange import Case, Exchange, Request
from seamwright.model.operation import Operation
from seamwright.model.subject import Subject
from seamwright.model.verdict import Cause
from seamwright.run.prefixes import Trial, shown
from seamwright.run.recording import Recording
from seamwright.run.scope import Scope
from seamwright.run.sessions import Sender
from seamwright.run.speech import spoken

if TYPE_CHECKING:
    from seamwright.drivers.http import HttpConnection

__all__ = ["Logins"]

TIMEOUT = 10.0

MOST_TRIED = 3
"""Operations on which a trial looks for the form of a credential; an identity may not be allowed the first."""

_REFUSED = frozenset({401, 403})


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

    async def send(self, boundary: str, what: Case | Request | Trial, leave: bool) -> Exchange:
        """Send a login; `leave` says that the identity may log in in production. Raises Undecided.

        Of a trial it gives the first exchange whose credentials were let in, and says in a notice which they were.
        """
        if isinstance(what, Trial):
            return await self._tried(boundary, what)
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

    async def _tried(self, boundary: str, trial: Trial) -> Exchange:
        """Try the forms of a credential on operations that refuse a call without any; safe ones, in production too."""
        otherwise = f"'prefix' in the manifest says otherwise, and they go {shown(trial.otherwise)} until then"
        if trial.hint is not None:
            otherwise = f"the contract's description wants them {shown(trial.hint)}; {otherwise}"
        about = f"{boundary}: credentials for {trial.scheme}"
        refusing: list[str] = []
        for operation in self._asking(boundary, trial.scheme):
            if (await self._offered(boundary, operation, trial.identity, None)).status not in _REFUSED:
                continue
            refusing.append(operation.id)
            for word, value in trial.forms.items():
                exchange = await self._offered(boundary, operation, trial.identity, value)
                if _lets_in(exchange):
                    why = f"{operation.id} lets {trial.identity} in so"
                    if trial.hint == word:
                        why = f"the contract's description wants them so, and {why}"
                    self._notice(f"{about} are sent {shown(word)}: {why}; 'prefix' in the manifest says otherwise")
                    return exchange
        if refusing:
            forms = ", ".join(shown(word) for word in trial.forms)
            told = f"{about} were tried {forms} as {trial.identity} on {', '.join(refusing)}, and never let in"
        else:
            told = f"{about} cannot be tried: no GET without parameters asks for them and refuses a call without any"
        self._notice(f"{told}; {otherwise}")
        raise Undecided(told, Cause.USAGE)

    def _asking(self, boundary: str, scheme: str) -> Iterator[Operation]:
        if boundary not in self._senders:
            return
        found = 0
        for operation in self._subjects[boundary].operations:
            asks = operation.protected and any(scheme in alternative for alternative in operation.security)
            if operation.method != "GET" or not asks or any(p.required for p in operation.parameters):
                continue
            yield operation
            found += 1
            if found == MOST_TRIED:
                return

    async def _offered(self, boundary: str, operation: Operation, identity: str, value: str | None) -> Exchange:
        """Call with this value in the Authorization header; like logins, such calls are not kept."""
        subject = self._subjects[boundary]
        assert subject.contract is not None
        request = spoken(subject.contract).render(subject.base_url, subject.contract, operation, Case(operation.id))
        if value is not None:
            request = replace(request, headers=(*request.headers, ("authorization", value)))
        return await self._senders[boundary].send(
            request,
            recording=None,
            timeout=TIMEOUT,
            operation=operation.id,
            identity=identity if value is not None else None,
            declared=True,
            note="tries how credentials are sent",
        )

    async def close(self) -> None:
        """Close what was opened for token endpoints."""
        if self._connection is not None:
            await self._connection.close()


def _lets_in(exchange: Exchange) -> bool:
    """Whether an answer shows that credentials were understood: no refusal, and no stumbling over the header either."""
    return exchange.status not in (*_REFUSED, 0, 400) and exchange.status < 500
