"""Contract drift: mutants of the shop's contracts, each with one sentence that the service does not keep.

The services stay as they are. What drifts is the document, as it does when code moves on and nobody tells the contract;
for whoever holds the two against each other it makes no difference which of them was changed.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Drift"]

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Drift:
    """One mutant: of which service's contract, what kind of sentence, what it says now, and where that shows.

    `operations` are those of the contract that the sentence is about; `changes` are (JSON pointer, new value), or
    (JSON pointer,) for what is taken out.
    """

    name: str
    service: str
    kind: str
    says: str
    operations: tuple[str, ...]
    changes: tuple[tuple[Any, ...], ...]

    def applied(self, document: Mapping[str, Any]) -> Json:
        """The document with this drift. Raises KeyError where the place is not there, so that no mutant goes stale."""
        drifted = copy.deepcopy(dict(document))
        for place, *value in self.changes:
            *above, last = [token.replace("~1", "/").replace("~0", "~") for token in place.split("/")[1:]]
            node: Any = drifted
            for token in above:
                node = node[int(token)] if isinstance(node, list) else node[token]
            if value and isinstance(node, list) and last == "-":
                node.append(copy.deepcopy(value[0]))
            elif value:
                node[last] = copy.deepcopy(value[0])
            elif isinstance(node, list):
                node.remove(last)
            else:
                del node[last]
        return drifted
