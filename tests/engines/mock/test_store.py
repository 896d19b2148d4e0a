"""Records by kind, scope and key: found from wider scopes, counted in versions, remembered when they go."""

from __future__ import annotations

from seamwright.engines.mock.store import Store

USER_7 = (("users", "7"),)
USER_8 = (("users", "8"),)


def test_a_record_is_seen_from_its_scope_and_from_wider_ones() -> None:
    store = Store()
    seven = store.put("orders", USER_7, "a", {"n": 1})
    eight = store.put("orders", USER_8, "b", {"n": 2})
    assert store.seen("orders", ()) == [seven, eight]
    assert store.seen("orders", USER_7) == [seven]
    assert store.at("orders", ()) == []
    assert store.at("orders", USER_8) == [eight]
    assert store.find("orders", (), "b") is eight
    assert store.find("orders", USER_7, "b") is None
    assert store.find("invoices", (), "b") is None


def test_the_record_that_lies_exactly_there_comes_first() -> None:
    store = Store()
    store.put("pods", USER_7, "web", {"in": 7})
    eight = store.put("pods", USER_8, "web", {"in": 8})
    assert store.find("pods", USER_8, "web") is eight


def test_changes_are_counted_and_forget_how_it_was_shown() -> None:
    store = Store()
    record = store.put("orders", (), "a", {"n": 1})
    record.shown["form"] = {"n": 1}
    assert store.put("orders", (), "a", {"n": 2}) is record
    assert (record.value, record.version, record.shown) == ({"n": 2}, 2, {})


def test_what_was_removed_is_remembered_until_it_is_there_again() -> None:
    store = Store()
    store.remove(store.put("orders", USER_7, "a", {}))
    assert store.find("orders", USER_7, "a") is None
    assert store.removed("orders", USER_7, "a")
    assert store.removed("orders", (), "a")
    assert not store.removed("orders", USER_8, "a")
    store.put("orders", USER_7, "a", {})
    assert not store.removed("orders", USER_7, "a")


def test_a_scope_is_sown_once_until_everything_is_forgotten() -> None:
    store = Store()
    assert store.sow("orders", USER_7)
    assert not store.sow("orders", USER_7)
    assert store.sow("orders", USER_8)
    store.put("orders", USER_7, "a", {})
    store.clear()
    assert store.seen("orders", ()) == []
    assert store.sow("orders", USER_7)


def test_what_was_there_from_the_beginning_can_be_told() -> None:
    store = Store()
    assert store.put("orders", (), "a", {}, first=True).first
    assert not store.put("orders", (), "b", {}).first


def test_keys_are_remembered() -> None:
    store = Store()
    store.put("orders", USER_7, "a", {})
    store.remove(store.put("orders", USER_8, "b", {}))
    store.put("pets", (), "c", {})
    assert store.keys("orders") == {"a", "b"}


def test_other_kinds_are_let_go() -> None:
    store = Store()
    store.put("orders", (), "a", {})
    store.remove(store.put("pets", (), "p", {}))
    store.sow("pets", ())
    store.retain({"orders"})
    assert store.dump() == {"orders": [{"scope": [], "key": "a", "version": 1, "value": {}}]}
    assert not store.removed("pets", (), "p")
    assert store.sow("pets", ())


def test_a_record_may_be_moved_unless_its_key_is_taken_there() -> None:
    store = Store()
    mine, theirs = store.put("orders", USER_7, "1", {}), store.put("orders", USER_8, "2", {})
    store.move(mine, USER_8)
    assert store.find("orders", USER_8, "1") is mine
    assert store.find("orders", USER_7, "1") is None
    other = store.put("orders", USER_7, "2", {})
    store.move(other, USER_8)
    assert store.find("orders", USER_8, "2") is theirs
    assert other.scope == USER_7
