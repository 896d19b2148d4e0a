"""The manifest: a system as its engineers declare it, in `seamwright.yaml`."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, PrivateAttr, model_validator

from seamwright.model.boundary import Boundary, Noun
from seamwright.model.identity import Identity
from seamwright.model.policy import Rule
from seamwright.model.scenario import LoadSection
from seamwright.model.units import Ratio, Seconds

__all__ = ["Environment", "GatePolicy", "LintPolicy", "Manifest", "Origin", "Process", "manifest_schema"]

Environment = Literal["test", "staging", "production"]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a manifest came from, and what must never be shown of it."""

    source: str = ""
    """A path, or the URL that was verified without a manifest."""
    folder: Path = Path()
    """The folder that relative paths start from."""
    digest: str = ""
    """SHA-256 of the manifest as written, variables not expanded."""
    secrets: frozenset[str] = field(default=frozenset(), repr=False)
    """Secret values that came in through variables; they are redacted everywhere."""


class Process(Noun):
    """A process of the system that Seamwright may start, stop and crash."""

    command: str
    ready: str | None = Field(None, description="URL that answers 2xx once the process is ready.")
    cwd: str | None = None
    env: dict[str, str] = Field({})


class GatePolicy(Noun):
    """What the gate of one phase asks for; what is left out keeps its default."""

    families: tuple[str, ...] | None = Field(None, description="Families whose applicable checks must all be proved.")
    checks: tuple[str, ...] = Field((), description="Checks that must be proved on every boundary they apply to.")
    coverage: Ratio | None = Field(
        None, description="Share of operations that must have been answered in their success class."
    )
    max_age: Seconds | None = Field(None, description="How old evidence may be.")


class LintPolicy(Noun):
    """What `seamwright contract lint` asks of the contracts."""

    rules: dict[str, Literal["off", "info", "warning", "error"]] = Field(
        {}, description="Severities by rule; `seamwright contract lint --rules` lists the rules."
    )


class Manifest(Noun):
    """A system: its boundaries, who calls them, who may do what, and what a check may dare."""

    system: str
    environment: Environment = Field("test", description="What a check may dare; production allows observation only.")
    boundaries: dict[str, Boundary] = Field(min_length=1)
    identities: dict[str, Identity] = Field({})
    policy: tuple[Rule, ...] = ()
    processes: dict[str, Process] = Field({})
    gates: dict[Literal["1", "2", "3", "4", "5", "6", "7"], GatePolicy] = Field({})
    lint: LintPolicy = LintPolicy()
    load: dict[str, LoadSection] = Field({}, description="Scenarios of load, by the boundary that they are sent to.")
    redact: tuple[str, ...] = Field((), description="More names of headers and fields whose values are secret.")

    _origin: Origin = PrivateAttr(default_factory=lambda: Origin())

    @property
    def origin(self) -> Origin:
        """Where the manifest came from."""
        return self._origin

    def coming_from(self, origin: Origin) -> Manifest:
        """Note where this manifest came from; called once by whoever made it."""
        self._origin = origin
        return self

    @model_validator(mode="after")
    def _names_and_references(self) -> Manifest:
        for name, boundary in self.boundaries.items():
            boundary._name = name
            for other in boundary.depends_on:
                if other not in self.boundaries:
                    raise ValueError(f"boundary {name} depends on {other!r}, which is no boundary of this manifest")
            for parameter, borrowed in boundary.borrows.items():
                if borrowed.boundary not in self.boundaries:
                    where = f"boundary {name} borrows {parameter}"
                    raise ValueError(f"{where} from {borrowed.boundary!r}, which is no boundary of this manifest")
            if boundary.reset and boundary.reset.identity and boundary.reset.identity not in self.identities:
                raise ValueError(f"boundary {name} is reset by {boundary.reset.identity!r}, which is no identity")
        for name, section in self.load.items():
            if name not in self.boundaries:
                raise ValueError(f"load names {name!r}, which is no boundary of this manifest")
            for step in section.steps:
                if step.identity is not None and step.identity not in self.identities:
                    raise ValueError(f"a step of load {name} is called by {step.identity!r}, which is no identity")
        for name, identity in self.identities.items():
            identity._name = name
            for other in identity.boundaries or ():
                if other not in self.boundaries:
                    raise ValueError(f"identity {name} names the boundary {other!r}, which is not in this manifest")
            if identity.login and identity.login.boundary and identity.login.boundary not in self.boundaries:
                raise ValueError(f"identity {name} logs in at {identity.login.boundary!r}, which is no boundary")
        return self


_VARIABLE = r"\$\{[A-Za-z_][A-Za-z0-9_]*(:-[^}]*)?\}"
_ONLY_VARIABLES = r"^(\$\{[A-Za-z_][A-Za-z0-9_]*\})+$"


def manifest_schema() -> dict[str, Any]:
    """Give the JSON Schema (2020-12) of the manifest as it is written: variables anywhere, secrets only by variable."""
    schema = _as_written(Manifest.model_json_schema(mode="validation"))
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _as_written(node: Any) -> Any:
    if isinstance(node, list):
        return [_as_written(item) for item in node]
    if not isinstance(node, dict):
        return node
    made = {
        key: value if key in ("default", "enum", "propertyNames") else _as_written(value) for key, value in node.items()
    }
    if made.get("format") == "password":
        return {**made, "pattern": _ONLY_VARIABLES}
    if made.get("type") in ("boolean", "number", "integer") or (made.get("type") == "string" and "enum" in made):
        about = {key: made.pop(key) for key in ("default", "description", "title") if key in made}
        return {"anyOf": [made, {"type": "string", "pattern": _VARIABLE}], **about}
    return made
