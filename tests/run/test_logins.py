"""Bodies of logins, as the manifest gives them."""

from __future__ import annotations

from typing import Any

from seamwright.model.subject import Subject
from seamwright.run.logins import login_body
from tests.run.shelf import contract
from tests.run.trial import contract_of, document, manifest_of


def subject(document: dict[str, Any], **identity: Any) -> Subject:
    manifest = manifest_of({"api": "http://h:1", "other": "http://h:2"}, identities={"alice": identity})
    return Subject(manifest.boundaries["api"], contract_of(document), manifest)


def test_the_operation_that_somebody_logs_in_through_has_a_body() -> None:
    given = subject(contract(), login={"operation": "login", "body": {"user": "alice"}})
    assert {o.id: login_body(given, o) for o in given.operations if login_body(given, o) is not None} == {
        "login": {"user": "alice"}
    }


def test_a_login_at_another_boundary_is_none_here() -> None:
    given = subject(contract(), login={"operation": "login", "boundary": "other", "body": {"user": "alice"}})
    assert all(login_body(given, operation) is None for operation in given.operations)


def test_a_token_endpoint_that_is_an_operation_has_its_form() -> None:
    client = {"token_url": "http://h:1/token", "client_id": "reports", "client_secret": "s3cret"}
    given = subject(document("POST /token", "POST /items"), oauth2=client)
    bodies = [login_body(given, operation) for operation in given.operations]
    assert bodies == [
        {"grant_type": "client_credentials", "client_id": "reports", "client_secret": "s3cret"},
        None,
    ]
