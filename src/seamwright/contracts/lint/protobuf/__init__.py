"""Rules about protobuf. One rule a file: a module holds `RULE`, and `run` takes `Files`.

What is written as AIP-158 is a proposal of google.aip.dev; the style guide is that of protobuf.dev.
"""
