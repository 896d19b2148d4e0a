"""A resource server lets in what the issuer signed for it, and nothing else."""

from __future__ import annotations

import asyncio
import base64
import json
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from seamwright.kit.resource_server import (
    AccessDenied,
    JwksCache,
    KeysUnavailable,
    Principal,
    TokenVerifier,
    bearer_token,
)

ISSUER = "https://issuer.test"


class Issuer:
    """Serves its keys over HTTP and signs tokens with them."""

    def __init__(self, server: ThreadingHTTPServer) -> None:
        self.url = f"http://127.0.0.1:{server.server_port}/jwks.json"
        self.keys = [RSAKey.generate_key(2048, {"kid": "one"})]
        self.asked = 0
        self.delay = 0.0
        self.status = 200

    def document(self) -> bytes:
        return json.dumps({"keys": [key.as_dict(private=False) for key in self.keys]}).encode()

    def token(self, key: RSAKey | None = None, header: dict[str, Any] | None = None, **claims: Any) -> str:
        now = int(time.time())
        wanted = {"iss": ISSUER, "aud": "orders", "sub": "alice", "iat": now, "exp": now + 300} | claims
        told = {name: value for name, value in wanted.items() if value is not None}
        return jwt.encode({"alg": "RS256", "kid": "one"} | (header or {}), told, key or self.keys[0])


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.asked += 1
            time.sleep(made.delay)
            body = made.document()
            self.send_response(made.status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made = Issuer(server)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def verifier(issuer: Issuer) -> TokenVerifier:
    return TokenVerifier(issuer=ISSUER, audience="orders", keys=JwksCache(issuer.url))


async def refusal(verifier: TokenVerifier, token: str) -> str:
    """Why the token was refused."""
    with pytest.raises(AccessDenied) as caught:
        await verifier.verify(token)
    assert caught.value.status == 401
    assert caught.value.error == "invalid_token"
    assert 'error="invalid_token"' in caught.value.headers["WWW-Authenticate"]
    return caught.value.detail or ""


async def test_a_valid_token_says_who_calls(issuer: Issuer, verifier: TokenVerifier) -> None:
    principal = await verifier.verify(issuer.token(scope="read write", roles=["customer"], aud=["x", "orders"]))
    assert principal.subject == "alice"
    assert principal.scopes == {"read", "write"}
    assert principal.roles == {"customer"}
    principal.require_scope("read", "write")
    principal.require_role("admin", "customer")


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"iss": "https://evil.test"}, "another issuer"),
        ({"iss": None}, "another issuer"),
        ({"aud": "payments"}, "another audience"),
        ({"aud": None}, "another audience"),
        ({"aud": {"orders": 1}}, "another audience"),
        ({"exp": None}, "no expiry"),
        ({"exp": 1}, "expired"),
        ({"exp": "soon"}, "not a number"),
        ({"exp": True}, "not a number"),
        ({"nbf": 4_000_000_000}, "not valid yet"),
        ({"iat": 4_000_000_000}, "not valid yet"),
        ({"sub": None}, "no subject"),
        ({"sub": ""}, "no subject"),
    ],
)
async def test_a_wrong_claim_is_refused(
    issuer: Issuer, verifier: TokenVerifier, claims: dict[str, Any], why: str
) -> None:
    assert why in await refusal(verifier, issuer.token(**claims))


async def test_clock_skew_within_the_leeway_is_forgiven(issuer: Issuer, verifier: TokenVerifier) -> None:
    now = int(time.time())
    await verifier.verify(issuer.token(exp=now - 10, nbf=now + 10))
    assert "expired" in await refusal(verifier, issuer.token(exp=now - 60))


async def test_another_key_under_the_known_name_is_refused(issuer: Issuer, verifier: TokenVerifier) -> None:
    forged = issuer.token(key=RSAKey.generate_key(2048, {"kid": "one"}))
    assert "signature" in await refusal(verifier, forged)


async def test_one_altered_byte_is_refused(issuer: Issuer, verifier: TokenVerifier) -> None:
    header, claims, signature = issuer.token().split(".")
    altered = claims[:-6] + ("A" if claims[-6] != "A" else "B") + claims[-5:]
    await refusal(verifier, f"{header}.{altered}.{signature}")
    await refusal(verifier, f"{header}.{claims}.{signature[:-4]}AAAA")


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", ""])
async def test_an_unsigned_token_is_refused(issuer: Issuer, verifier: TokenVerifier, algorithm: str) -> None:
    _, claims, _ = issuer.token().split(".")
    header = base64.urlsafe_b64encode(json.dumps({"alg": algorithm, "kid": "one"}).encode()).rstrip(b"=").decode()
    await refusal(verifier, f"{header}.{claims}.")


async def test_the_public_key_is_no_symmetric_secret(issuer: Issuer, verifier: TokenVerifier) -> None:
    pem = issuer.keys[0].as_pem(private=False)
    claims = {"iss": ISSUER, "aud": "orders", "sub": "alice", "exp": int(time.time()) + 300}
    secret = OctKey.import_key(base64.b64encode(pem))  # joserfc itself refuses to sign with a PEM
    await refusal(verifier, jwt.encode({"alg": "HS256", "kid": "one"}, claims, secret, algorithms=["HS256"]))
    with pytest.raises(ValueError, match="HS256"):
        TokenVerifier(issuer=ISSUER, audience="orders", keys=JwksCache(issuer.url), algorithms=["RS256", "HS256"])


@pytest.mark.parametrize("token", ["", "a", "a.b.c", "..", "e30.e30.", "ü.ü.ü", "W10.e30.x"])
async def test_what_is_no_token_is_refused(verifier: TokenVerifier, token: str) -> None:
    assert await refusal(verifier, token)


async def test_a_header_nested_without_end_is_refused(verifier: TokenVerifier) -> None:
    deep = base64.urlsafe_b64encode(b"[" * 40_000).rstrip(b"=").decode()
    assert await refusal(verifier, f"{deep}.e30.x")


async def test_keys_are_fetched_once_for_many(issuer: Issuer, verifier: TokenVerifier) -> None:
    token = issuer.token()
    await asyncio.gather(*(verifier.verify(token) for _ in range(20)))
    assert issuer.asked == 1


async def test_a_new_key_is_found_and_a_made_up_one_does_not_flood_the_issuer(issuer: Issuer) -> None:
    now = 0.0
    keys = JwksCache(issuer.url, cooldown=5, clock=lambda: now)
    verifier = TokenVerifier(issuer=ISSUER, audience="orders", keys=keys)
    await verifier.verify(issuer.token())
    issuer.keys.append(RSAKey.generate_key(2048, {"kid": "two"}))
    now = 10.0
    await verifier.verify(issuer.token(key=issuer.keys[1], header={"kid": "two"}))
    for n in range(10):
        await refusal(verifier, issuer.token(header={"kid": f"made-up-{n}"}))
    assert issuer.asked == 2
    now = 20.0
    await refusal(verifier, issuer.token(header={"kid": "made-up"}))
    assert issuer.asked == 3


async def test_keys_at_hand_outlive_an_issuer_that_is_away(issuer: Issuer) -> None:
    now = 0.0
    keys = JwksCache(issuer.url, max_age=60, clock=lambda: now)
    verifier = TokenVerifier(issuer=ISSUER, audience="orders", keys=keys)
    token = issuer.token()
    await verifier.verify(token)
    issuer.status, now = 500, 100.0
    assert (await verifier.verify(token)).subject == "alice"
    assert issuer.asked == 2


async def test_an_issuer_that_was_never_reached_is_a_503_in_time(issuer: Issuer) -> None:
    issuer.delay = 1.0
    verifier = TokenVerifier(issuer=ISSUER, audience="orders", keys=JwksCache(issuer.url, timeout=0.1))
    began = time.monotonic()
    with pytest.raises(KeysUnavailable) as caught:
        await verifier.verify(issuer.token())
    assert caught.value.status == 503
    assert time.monotonic() - began < 0.9
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(KeysUnavailable):
        await JwksCache(f"http://127.0.0.1:{port}/").key_set()


@pytest.mark.parametrize(
    ("header", "error"),
    [
        (None, None),
        ("", None),
        ("Basic abc", "invalid_request"),
        ("Bearer", "invalid_request"),
        ("Bearer a b", "invalid_request"),
    ],
)
def test_a_request_without_a_bearer_token_is_challenged(header: str | None, error: str | None) -> None:
    with pytest.raises(AccessDenied) as caught:
        bearer_token(header)
    assert caught.value.status == 401
    assert caught.value.error == error
    assert caught.value.headers["WWW-Authenticate"].startswith('Bearer realm="api"')
    assert ("error=" in caught.value.headers["WWW-Authenticate"]) is (error is not None)


def test_a_bearer_token_is_read_in_any_case_of_the_scheme() -> None:
    assert bearer_token("bEARER abc") == "abc"


def test_missing_scope_and_role_are_a_403() -> None:
    somebody = Principal("alice", scopes=frozenset({"read"}), roles=frozenset({"customer"}))
    with pytest.raises(AccessDenied) as scope:
        somebody.require_scope("read", "write")
    with pytest.raises(AccessDenied) as role:
        somebody.require_role("admin")
    assert (scope.value.status, role.value.status) == (403, 403)
    assert 'scope="read write"' in scope.value.headers["WWW-Authenticate"]
