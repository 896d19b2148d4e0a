"""Checks of what an attacker would try: other people's objects, other roles' operations, and what answers give away."""
