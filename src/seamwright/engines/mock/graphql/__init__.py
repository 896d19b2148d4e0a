"""A GraphQL schema that answers: objects with state, read off its types and the names of its fields."""
