"""Small, correct pieces that a service imports to hold its own seams.

Each module is one piece and stands alone; nothing here knows the rest of Seamwright:

- `idempotency`: the Idempotency-Key of a request, stored in the caller's own SQL transaction
- `outbox`: events written with the change that caused them, relayed at least once, deduplicated by the reader
- `queue`: publish and consume at least once, over SQLite, AMQP or NATS, chosen by URL
- `resource_server`: OAuth 2.0 access tokens verified against the issuer's keys
- `deadline`, `retry`: outgoing calls that end in time, and are sent again only where that is harmless
- `breaker`, `bulkhead`: calls to a dependency that fails end at once, and so many at a time are let through
- `retry_after`: what the `Retry-After` of an answer says
- `problems`: errors told as RFC 9457 problem details
"""

__all__: list[str] = []
