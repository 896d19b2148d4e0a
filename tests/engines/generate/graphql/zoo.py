"""A schema with one of everything, for the tests of this room."""

from __future__ import annotations

from typing import Any

from graphql import GraphQLSchema, build_schema, get_variable_values, parse, validate

from seamwright.model.exchange import Case
from seamwright.model.operation import Contract, Operation

__all__ = ["SDL", "ZOO", "contract", "operation", "wrong"]

SDL = """
scalar DateTime
scalar UUID
scalar Json @specifiedBy(url: "https://www.rfc-editor.org/rfc/rfc8259")
"How heavy it is, e.g. `12kg`"
scalar Weight
scalar Mystery
directive @constraint(
  minLength: Int, maxLength: Int, min: Float, max: Float, pattern: String, format: String
) on INPUT_FIELD_DEFINITION | ARGUMENT_DEFINITION

enum Kind { CAT DOG OLD @deprecated }

interface Being { id: ID! name: String! }

type Cat implements Being { id: ID! name: String! lives: Int! friend: Being owner: Person! size: String }
type Dog implements Being { id: ID! name: String! size: Int enemy: Cat owner(formal: Boolean!): Person }
type Person implements Being {
  id: ID! name: String! born: DateTime pets(first: Int): [Pet!]! petsBy(kind: Kind!): [Pet!] secret(of: Mystery!): Int
  parents: [Person!]!
}
union Pet = Cat | Dog

type PageInfo { hasNextPage: Boolean! endCursor: String }
type PetEdge { cursor: String! node: Pet! }
type PetConnection { edges: [PetEdge!]! pageInfo: PageInfo! totalCount: Int! }

input Deep { depth: Deep list: [Deep!]! value: Int! }
input Loop { loop: Loop! }
input Choice { id: ID name: String }
input PetInput {
  name: String! @constraint(minLength: 3, maxLength: 5)
  age: Int! = 3
  weight: Weight!
  kind: Kind
  kinds: [Kind!]! = [CAT]
  born: DateTime
  id: UUID
  more: Json
  choice: Choice
  deep: Deep
  grades: [[Int!]!]
  price: Float @constraint(min: 1, max: 2)
  ownerId: ID
  what: Mystery
}

type Query {
  pets(first: Int, after: String, kind: Kind = CAT): PetConnection!
  pet(id: ID!): Pet
  people: [Person!]!
  being(id: ID!): Being
  count: Int!
  mystery(of: Mystery!): Int
  loop(of: Loop!): Int
}
type Mutation { addPet(input: PetInput!): Pet! deep(of: Deep!): Boolean }
"""

# No value of Loop can be made, and a schema that has it is none; one meets such schemas all the same.
ZOO: GraphQLSchema = build_schema(SDL, assume_valid=True)


def contract() -> Contract:
    """The schema as a contract; the room that reads schemas is another one's."""
    operations = [
        Operation(f"{kind.capitalize()}.{name}", kind.upper(), name)
        for kind in ("query", "mutation")
        for name in getattr(ZOO, f"{kind}_type").fields
    ]
    return Contract(
        kind="graphql",
        title="zoo",
        version="",
        dialect="graphql",
        source="zoo.graphql",
        digest="",
        operations=tuple(operations),
        schemes={},
        document={"sdl": SDL, "schema": ZOO},
    )


def operation(name: str) -> Operation:
    """An operation by the name of its root field."""
    return next(o for o in contract().operations if o.path == name)


def wrong(case: Case) -> list[str]:
    """What the reference implementation finds wrong with a request; nothing for a valid one."""
    body: dict[str, Any] = case.body
    try:
        document = parse(body["query"])
    except Exception as error:  # noqa: BLE001 - whatever it is, the document cannot be read
        return [str(error)]
    errors = [error.message for error in validate(ZOO, document)]
    if errors:
        return errors
    node: Any = document.definitions[0]
    values = get_variable_values(ZOO, node.variable_definitions or (), body["variables"])
    return [error.message for error in values] if isinstance(values, list) else []
