"""A finished run to bytes: each module holds one `REPORT`, found by `seams.discover`."""
