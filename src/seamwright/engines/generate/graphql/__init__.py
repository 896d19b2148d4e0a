"""Requests from a GraphQL schema: arguments of every input type, selection sets, limits, and what breaks one rule.

Everything depends on the schema and on the `random.Random` that is given, and on nothing else.
"""
