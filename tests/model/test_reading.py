"""Reading a manifest: every mistake with file and line, variables, and no secret written out."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from seamwright.model.errors import ManifestError, Problem
from seamwright.model.manifest import Manifest
from seamwright.model.reading import LARGEST, find_manifest, read_manifest

PLAIN = """\
system: shop
boundaries:
  orders:
    kind: http
    url: http://127.0.0.1:8801
"""


def read(folder: Path, text: str | bytes, **variables: str) -> Manifest:
    path = folder / "seamwright.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_manifest(path, variables)


def problems(folder: Path, text: str | bytes, **variables: str) -> tuple[Problem, ...]:
    with pytest.raises(ManifestError) as caught:
        read(folder, text, **variables)
    assert all(problem.file == str(folder / "seamwright.yaml") for problem in caught.value.problems)
    assert str(caught.value) == "\n".join(str(problem) for problem in caught.value.problems)
    return caught.value.problems


def problem(folder: Path, text: str | bytes, **variables: str) -> Problem:
    found = problems(folder, text, **variables)
    assert len(found) == 1, found
    return found[0]


def line_of(text: str, part: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if part in line)


def test_a_manifest_is_read_with_where_it_came_from(tmp_path: Path) -> None:
    manifest = read(tmp_path, PLAIN)

    assert manifest.system == "shop"
    assert manifest.environment == "test"
    assert manifest.boundaries["orders"].name == "orders"
    assert manifest.origin.source == str(tmp_path / "seamwright.yaml")
    assert manifest.origin.folder == tmp_path.resolve()
    assert len(manifest.origin.digest) == 64
    assert manifest.origin.secrets == frozenset()


def test_the_nearest_manifest_above_is_found(tmp_path: Path) -> None:
    below = tmp_path / "services" / "orders"
    below.mkdir(parents=True)
    assert find_manifest(below) is None
    (tmp_path / "seamwright.yaml").write_text(PLAIN)
    assert find_manifest(below) == tmp_path.resolve() / "seamwright.yaml"


# -- what is wrong, and where ---


def test_an_unknown_key_is_told_with_the_key_that_was_meant(tmp_path: Path) -> None:
    found = problem(tmp_path, PLAIN + "    dependson: [payments]\n")

    assert (found.line, found.place) == (6, "boundaries.orders.dependson")
    assert found.text == "unknown key; did you mean 'depends_on'?"


def test_an_unknown_key_like_no_other_lists_what_is_known(tmp_path: Path) -> None:
    found = problem(tmp_path, PLAIN + "    objectives: {latency: {zzzz: 1s}}\n")

    assert found.place == "boundaries.orders.objectives.latency.zzzz"
    assert "known here: p50, p95, p99, p999" in found.text


def test_a_missing_key_is_told_where_it_should_stand(tmp_path: Path) -> None:
    found = problem(tmp_path, "system: shop\nboundaries:\n  orders:\n    kind: http\n")

    assert (found.line, found.place, found.text) == (3, "boundaries.orders.url", "is missing")


@pytest.mark.parametrize(
    ("addition", "place", "text"),
    [
        ("    depends_on: payments\n", "boundaries.orders.depends_on", "valid tuple"),
        ("    owner: [a, b]\n", "boundaries.orders.owner", "valid string"),
        ("    kind: soap\n", "boundaries.orders.kind", "(it is 'soap')"),
        ("    objectives: {latency: {p99: 300}}\n    origins: 7\n", "boundaries.orders.origins", "(it is 7)"),
    ],
)
def test_a_wrong_type_is_told_with_what_was_given(tmp_path: Path, addition: str, place: str, text: str) -> None:
    whole = PLAIN.replace("    kind: http\n", "") + ("" if "kind" in addition else "    kind: http\n") + addition

    found = problem(tmp_path, whole)

    assert found.place == place
    assert found.line == line_of(whole, place.rpartition(".")[2])
    assert text in found.text


@pytest.mark.parametrize(
    ("addition", "place", "text"),
    [
        ("{latency: {p99: 300 parsecs}}", "latency.p99", "'300 parsecs' is no duration; write it like 300ms, 5s"),
        ("{latency: {p50: -1}}", "latency.p50", "-1 is not a duration"),
        ("{recovery: .inf}", "recovery", "inf is not a duration"),
        ("{recovery: true}", "recovery", "rue is not a duration"),
        ("{rate: 200}", None, ""),
        ("{rate: 200/fortnight}", "rate", "'200/fortnight' is no rate; write it like 200/s"),
        ("{rate: 0/s}", "rate", "a rate of 0 promises nothing"),
        ("{availability: 99.9}", "availability", "99.9 is more than the whole; write it like 99.9%"),
        ("{availability: 101%}", "availability", "'101%' is no share"),
    ],
)
def test_bad_units_say_how_to_write_them(tmp_path: Path, addition: str, place: str | None, text: str) -> None:
    whole = f"{PLAIN}    objectives: {addition}\n"
    if place is None:
        assert read(tmp_path, whole).boundaries["orders"].objectives.rate == 200
        return

    found = problem(tmp_path, whole)

    assert (found.line, found.place) == (6, f"boundaries.orders.objectives.{place}")
    assert text in found.text


@pytest.mark.parametrize(
    ("addition", "place"),
    [
        ("identities:\n  a: {basic: {user: a, password: hunter2}}\n", "identities.a.basic.password"),
        ("identities:\n  a: {basic: {user: a, password: 123456}}\n", "identities.a.basic.password"),
        ("identities:\n  a: {api_key: {value: k-123456}}\n", "identities.a.api_key.value"),
        ("identities:\n  a: {token: abcdef}\n", "identities.a.token"),
        (
            "identities:\n  a: {oauth2: {token_url: 'http://x/t', client_id: a, client_secret: abcdef}}\n",
            "identities.a.oauth2.client_secret",
        ),
        ("identities:\n  a: {login: {operation: login, body: {password: pw}}}\n", "identities.a.login.body.password"),
        ("identities:\n  a: {login: {operation: login, body: {pin: 1234}}}\n", "identities.a.login.body.pin"),
        (
            "identities:\n  a: {login: {operation: login, body: {clientSecret: pw}}}\n",
            "identities.a.login.body.clientSecret",
        ),
        (
            "identities:\n  a: {login: {operation: login, body: {jwt: eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.x}}}\n",
            "identities.a.login.body.jwt",
        ),
        ("identities:\n  a: {signing_key: abcdef}\n", "identities.a.signing_key"),
        ("identities:\n  a: {token: '${T:-abcdef}'}\n", "identities.a.token"),
        ("identities:\n  a: {token: 'Bearer abcdef'}\n", "identities.a.token"),
        ("identities:\n  a: {token: 'Bearer abcdef${T}'}\n", "identities.a.token"),
        ("identities:\n  a: {token: 's3cret ${T}'}\n", "identities.a.token"),
        ("identities:\n  a: {api_key: {value: 'Token abcdef'}}\n", "identities.a.api_key.value"),
        ("identities:\n  a: {api_key: {value: 'Token ${T:-abcdef}'}}\n", "identities.a.api_key.value"),
        ("identities:\n  a: {basic: {user: a, password: 'Token ${T}'}}\n", "identities.a.basic.password"),
        ("processes:\n  p: {command: run, env: {DB_PASSWORD: hunter2}}\n", "processes.p.env.DB_PASSWORD"),
        ("processes:\n  p: {command: run, env: {PGPASSWORD: hunter2}}\n", "processes.p.env.PGPASSWORD"),
        ("processes:\n  p: {command: run, env: {SECRET_KEY: hunter2}}\n", "processes.p.env.SECRET_KEY"),
        ("processes:\n  p: {command: run, env: {K: AKIAABCDEFGHIJKLMNOP}}\n", "processes.p.env.K"),
        ("processes:\n  p: {command: run, env: {K: '-----BEGIN PRIVATE KEY-----'}}\n", "processes.p.env.K"),
    ],
)
def test_a_secret_that_is_written_out_is_refused(tmp_path: Path, addition: str, place: str) -> None:
    whole = PLAIN + addition

    found = problem(tmp_path, whole)

    assert (found.line, found.place) == (7, place)
    assert found.text == "a secret is written out here; write ${VARIABLE} and set it in the environment"
    assert "hunter2" not in str(found)
    assert "abcdef" not in str(found)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://shop:hunter2@127.0.0.1/shop",
        "postgresql://shop:${PW:-hunter2}@127.0.0.1/shop",
        "postgresql://127.0.0.1/shop?user=shop&password=hunter2",
    ],
)
def test_a_database_url_with_its_password_is_refused(tmp_path: Path, url: str) -> None:
    found = problem(tmp_path, f"system: shop\nboundaries:\n  db:\n    kind: sql\n    url: {url}\n")

    assert (found.line, found.place) == (5, "boundaries.db.url")
    assert "written out" in found.text
    assert "hunter2" not in str(found)


def test_what_only_looks_like_a_secret_is_let_pass(tmp_path: Path) -> None:
    text = PLAIN + (
        "identities:\n"
        "  a:\n"
        "    login: {operation: login, body: {user: a, spinning: fast}, token: $.access_token}\n"
        "    signing_key_file: keys/test.pem\n"
        "  token: {roles: [customer]}\n"
        "processes:\n"
        "  p: {command: run, env: {TOKEN_URL: http://127.0.0.1:1/token, PORT: '8801'}}\n"
    )

    assert read(tmp_path, text).identities["token"].roles == ("customer",)


def test_a_variable_that_is_not_set_is_told_and_nothing_else(tmp_path: Path) -> None:
    found = problem(tmp_path, PLAIN.replace("http://127.0.0.1:8801", "${ORDERS_URL}"))

    assert (found.line, found.place) == (5, "boundaries.orders.url")
    assert found.text == "the variable ORDERS_URL is not set; export it, or put it into .env beside the manifest"


def test_a_secret_that_is_empty_is_refused_lest_its_identity_calls_as_nobody(tmp_path: Path) -> None:
    found = problem(tmp_path, PLAIN + "identities:\n  a: {token: '${ALICE}'}\n", ALICE="")

    assert (found.line, found.place) == (7, "identities.a.token")
    assert "${ALICE} is empty" in found.text


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("system: shop\nboundaries: {a: b: c}\n", 2),
        ("system: shop\n\tboundaries: {}\n", 2),
        ("system: [shop\n", 2),
        ("system: 'shop", 1),
        ("system: shop\nboundaries:\n  orders: {url: ${ORDERS}, kind: http}\n", 3),
    ],
)
def test_bad_yaml_is_told_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    found = problem(tmp_path, text)

    assert found.line == line
    assert ("in quotes" in found.text) == ("${" in text)


def test_a_key_that_is_there_twice_is_told(tmp_path: Path) -> None:
    found = problem(tmp_path, PLAIN + "    url: http://127.0.0.1:8802\n")

    assert found.line == 6
    assert "duplicate key" in found.text


def test_a_number_and_a_text_that_are_one_key_are_told(tmp_path: Path) -> None:
    found = problem(tmp_path, PLAIN + "gates:\n  5: {coverage: 90%}\n  '5': {coverage: 10%}\n")

    assert (found.line, found.place) == (8, "gates.5")
    assert "twice" in found.text


def test_bytes_that_are_not_utf8_are_told_with_their_line(tmp_path: Path) -> None:
    found = problem(tmp_path, b"system: shop\n# caf\xe9\n")

    assert (found.line, found.text) == (2, "is not UTF-8; save it as UTF-8")


def test_a_byte_order_mark_is_let_pass(tmp_path: Path) -> None:
    assert read(tmp_path, b"\xef\xbb\xbf" + PLAIN.encode()).system == "shop"


@pytest.mark.parametrize("text", ["", "- shop\n", "shop\n"])
def test_what_is_no_mapping_is_refused(tmp_path: Path, text: str) -> None:
    assert "must be a mapping that begins with 'system:'" in problem(tmp_path, text).text


def test_a_file_that_is_too_large_is_refused_unread(tmp_path: Path) -> None:
    assert f"larger than {LARGEST} bytes" in problem(tmp_path, b"#" * (LARGEST + 1)).text


def test_aliases_that_stand_for_more_than_memory_holds_are_refused(tmp_path: Path) -> None:
    bomb = "a: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"b{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9)
    )

    assert "once its aliases are followed" in problem(tmp_path, bomb).text


def test_an_alias_that_contains_itself_is_refused(tmp_path: Path) -> None:
    assert "contains itself" in problem(tmp_path, "&a\nsystem: *a\n").text


def test_a_file_that_is_not_there_names_the_command_that_writes_one(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match=r"no such file.*seamwright init"):
        read_manifest(tmp_path / "seamwright.yaml", {})


def test_a_folder_in_its_place_is_told(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match="cannot be read"):
        read_manifest(tmp_path, {})


@pytest.mark.parametrize(
    ("addition", "line", "place", "text"),
    [
        ("    depends_on: [ordres]\n", 6, "boundaries.orders.depends_on[0]", "'ordres' is no boundary"),
        (
            "identities:\n  a:\n    login: {operation: login, boundary: idp}\n",
            8,
            "identities.a.login.boundary",
            "'idp' is no boundary",
        ),
        ("identities:\n  a:\n    boundaries:\n      - orders\n      - no\n", 10, "identities.a.boundaries[1]", "'no'"),
        (
            "    reset: {operation: wipe, identity: root}\n",
            6,
            "boundaries.orders.reset.identity",
            "'root' is no identity",
        ),
    ],
)
def test_a_name_of_nothing_is_told_at_its_own_line(
    tmp_path: Path, addition: str, line: int, place: str, text: str
) -> None:
    found = problem(tmp_path, PLAIN + addition.replace("- no\n", "- 'no'\n"))

    assert (found.line, found.place) == (line, place)
    assert text in found.text


def test_the_name_that_was_meant_is_told(tmp_path: Path) -> None:
    found = problem(tmp_path, PLAIN + "    depends_on: [ordres]\n")
    assert found.text.endswith("did you mean 'orders'?")


def test_two_ways_to_authenticate_are_refused(tmp_path: Path) -> None:
    found = problem(tmp_path, PLAIN + "identities:\n  a: {token: '${T}', login: {operation: login}}\n", T="abcdef")

    assert (found.line, found.place) == (7, "identities.a")
    assert "gives login and token" in found.text


def test_all_problems_are_told_at_once_in_the_order_of_their_lines(tmp_path: Path) -> None:
    text = """\
system: shop
environment: producktion
boundaries:
  orders:
    kind: http
    url: ${NOT_SET}
    depends_on: [nobody]
    objectives: {latency: {p99: quick}}
    colour: red
  db: {kind: sql, url: "postgresql://u:hunter2@h/d"}
identities:
  alice: {basic: {user: alice, password: hunter2}, boundaries: [nowhere]}
gates: {8: {}}
"""
    found = problems(tmp_path, text)

    assert [p.line for p in found] == sorted(p.line or 0 for p in found)
    assert [(p.line, p.place) for p in found] == [
        (2, "environment"),
        (6, "boundaries.orders.url"),
        (7, "boundaries.orders.depends_on[0]"),
        (8, "boundaries.orders.objectives.latency.p99"),
        (9, "boundaries.orders.colour"),
        (10, "boundaries.db.url"),
        (12, "identities.alice.basic.password"),
        (12, "identities.alice.boundaries[0]"),
        (13, "gates.8.[key]"),
    ]


# -- variables ---


def test_variables_are_read_with_defaults_and_dollar_signs(tmp_path: Path) -> None:
    text = PLAIN.replace("8801", "${PORT:-8801}").replace("shop", "a $${PORT} costs $$5 ${NAME} ${EMPTY:-else}")

    manifest = read(tmp_path, text, NAME="shop", EMPTY="")

    assert manifest.system == "a ${PORT} costs $5 shop else"
    assert manifest.boundaries["orders"].url == "http://127.0.0.1:8801"
    assert read(tmp_path, text, NAME="n", PORT="1").boundaries["orders"].url == "http://127.0.0.1:1"


@pytest.mark.parametrize(
    ("addition", "variable"),
    [
        ("identities:\n  a: {api_key: {value: 'Token ${T}'}}\n", "t0ken"),
        ("identities:\n  a: {api_key: {value: '${T}'}}\n", "Token t0ken"),
        ("identities:\n  a: {api_key: {value: '${T}', prefix: Token}}\n", "t0ken"),
        ("identities:\n  a: {token: 'Token ${T}'}\n", "t0ken"),
        ("identities:\n  a: {token: '${T}', prefix: Token}\n", "t0ken"),
    ],
)
def test_the_word_before_a_credential_is_no_secret_and_what_follows_it_is_one(
    tmp_path: Path, addition: str, variable: str
) -> None:
    manifest = read(tmp_path, PLAIN + addition, T=variable)

    identity = manifest.identities["a"]
    value = identity.api_key.value if identity.api_key is not None else identity.token
    assert value is not None
    assert (identity.stated_prefix, value.get_secret_value()) == ("Token", "t0ken")
    assert "t0ken" in manifest.origin.secrets
    assert "Token" not in manifest.origin.secrets


def test_a_word_before_nothing_is_an_empty_secret(tmp_path: Path) -> None:
    found = problem(tmp_path, PLAIN + "identities:\n  a: {token: 'Token ${T}'}\n", T="")

    assert (found.line, found.place) == (7, "identities.a.token")
    assert "Token ${T} is empty" in found.text


def test_the_env_file_beside_the_manifest_is_read_and_the_environment_wins(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("# of the team\nNAME=from-file\nOTHER='with $ and # in it'\n")
    text = PLAIN.replace("shop", "${NAME} ${OTHER}")

    assert read(tmp_path, text).system == "from-file with $ and # in it"
    assert read(tmp_path, text, NAME="from-environment").system == "from-environment with $ and # in it"


def test_the_environment_of_the_process_is_the_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "SEAMWRIGHT_TEST_SYSTEM", "mine")
    path = tmp_path / "seamwright.yaml"
    path.write_text(PLAIN.replace("shop", "${SEAMWRIGHT_TEST_SYSTEM}"))

    assert read_manifest(path).system == "mine"


def test_secrets_that_came_in_are_remembered_for_redaction(tmp_path: Path) -> None:
    text = PLAIN + (
        "  db: {kind: sql, url: '${DSN}'}\n"
        "  db2: {kind: sql, url: 'postgresql://u:${PW}@h/d'}\n"
        "identities:\n"
        "  a: {token: '${TOKEN}'}\n"
        "  b: {login: {operation: login, body: {user: '${USER_NAME}', password: '${B}'}}}\n"
    )
    manifest = read(
        tmp_path, text, DSN="mysql://u:p%40ssword@h/d", PW="s3cr3t/@", TOKEN="t0ken", USER_NAME="bob-name", B="abc"
    )

    assert {"p%40ssword", "p@ssword", "s3cr3t/@", "t0ken"} <= manifest.origin.secrets
    assert "bob-name" not in manifest.origin.secrets
    assert "abc" not in manifest.origin.secrets, "three letters would blot out every text"


def test_whole_numbers_may_be_keys_of_gates(tmp_path: Path) -> None:
    manifest = read(tmp_path, PLAIN + "gates:\n  5: {coverage: 90%, max_age: 2d}\n  '6': {families: [load]}\n")

    assert manifest.gates["5"].coverage == pytest.approx(0.9)
    assert manifest.gates["5"].max_age == 2 * 86400
    assert manifest.gates["6"].families == ("load",)


@pytest.mark.parametrize("key", ["true", "null", "1.5", "2024-01-01"])
def test_a_key_that_is_no_text_is_told(tmp_path: Path, key: str) -> None:
    assert any("is not text; put it in quotes" in p.text for p in problems(tmp_path, PLAIN + f"{key}: 1\n"))


# -- the digest ---


def test_the_digest_is_of_what_is_written_and_not_of_the_values_of_variables(tmp_path: Path) -> None:
    text = PLAIN.replace("8801", "${PORT}")
    first = read(tmp_path, text, PORT="1").origin.digest

    assert read(tmp_path, text, PORT="2").origin.digest == first
    assert (
        read(tmp_path, "# said in passing\n" + text.replace("  orders", "  orders "), PORT="1").origin.digest == first
    )
    assert read(tmp_path, text.replace("system: shop", "system: other"), PORT="1").origin.digest != first
    assert read(tmp_path, text.replace("${PORT}", "${PORT:-1}"), PORT="1").origin.digest != first
    assert read(tmp_path, text + "gates: {5: {}}\n", PORT="1").origin.digest != first
