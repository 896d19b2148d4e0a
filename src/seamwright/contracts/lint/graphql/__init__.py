"""Rules about GraphQL schemas. One rule a file: a module holds `RULE`, and `run` takes a `Schema`.

The specification that is meant is the edition of September 2025.
"""
