"""Arguments land in the fields of the same names, where they fit."""

from __future__ import annotations

from tests.engines.mock.graphql.world import data, mocked

SDL = """
type Team { id: ID! name: String! members: [Person!]! lead: Person }
type Person { id: ID! name: String! age: Int team: Team published: Boolean! }
input TeamInput { name: String! memberIds: [ID!] leadId: ID }
type Query { teams: [Team!]! people: [Person!]! person(id: ID!): Person }
type Mutation {
  createTeam(data: TeamInput!): Team!
  createPerson(name: String!, age: String, published: Boolean): Person!
  publishPerson(id: ID!): Person!
}
"""


def test_ids_become_the_objects_that_they_name() -> None:
    mock = mocked(sdl=SDL)
    people = [person["id"] for person in data(mock, "{ people { id } }")]
    made = data(
        mock,
        "mutation ($data: TeamInput!) { createTeam(data: $data) { name members { id } lead { id } } }",
        data={"name": "A", "memberIds": people[:2], "leadId": people[2]},
    )
    assert made["name"] == "A"
    assert {"id": people[2]} in (made["lead"], *made["members"])


def test_a_value_that_does_not_fit_is_left_out() -> None:
    made = data(mocked(sdl=SDL), 'mutation { createPerson(name: "B", age: "old") { name age published } }')
    assert made["name"] == "B"
    assert made["age"] is None
    assert isinstance(made["published"], bool)


def test_null_where_none_may_stand_is_made_up() -> None:
    made = data(mocked(sdl=SDL), 'mutation { createPerson(name: "B", published: null) { published } }')
    assert isinstance(made["published"], bool)


def test_to_publish_leaves_it_published() -> None:
    mock = mocked(sdl=SDL)
    ident = data(mock, 'mutation { createPerson(name: "B", published: false) { id published } }')
    assert ident["published"] is False
    assert data(mock, "mutation ($id: ID!) { publishPerson(id: $id) { published } }", id=ident["id"])["published"]
