"""What `seamwright load` sends: scenarios of the manifest, a recording, or single operations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from seamwright.engines.load import Offered, Recorded
    from seamwright.model.scenario import LoadSection
    from seamwright.model.subject import Subject
    from seamwright.run.scripts import Script

__all__ = ["Source", "source"]


@dataclass(frozen=True, slots=True)
class Source:
    """Where requests come from: a section of the manifest, or a recording; single operations where there is neither."""

    section: LoadSection | None = None
    chosen: Mapping[str, float] | None = None
    recording: Recorded | None = None
    speed: float = 1.0
    replayed: bool = False
    """Whether each request of the recording is sent at its own moment."""

    @property
    def steps(self) -> float:
        """Requests of one scenario on average, by weight."""
        if self.section is None:
            return 1.0
        weights = self.chosen or {name: each.weight for name, each in self.section.scenarios.items()}
        total = sum(weight * len(self.section.scenarios[name].steps) for name, weight in weights.items())
        return total / sum(weights.values())

    @property
    def has_script(self) -> bool:
        """Whether it is more than single operations."""
        return self.section is not None or self.recording is not None

    def script(self, subject: Subject, seed: int) -> Script | None:
        """The script for this boundary. Raises UsageError; nothing was sent by then."""
        if self.recording is not None:
            from seamwright.run.recorded import recorded

            return recorded(subject, self.recording, speed=self.speed, apart=self.replayed)
        if self.section is not None:
            from seamwright.run.scripts import declared

            return declared(subject, self.section, self.chosen or {}, seed=seed)
        return None

    @contextmanager
    def opened(self, subject: Subject, seed: int) -> Iterator[Script | None]:
        """The script, with its files open for as long."""
        script = self.script(subject, seed)
        try:
            yield script
        finally:
            if script is not None:
                script.close()

    def offered(self, subject: Subject, asked: Offered) -> Offered:
        """What is offered: what was asked for, or the moments of the recording."""
        if self.recording is None or not self.replayed:
            return asked
        from seamwright.run.recorded import moments

        return moments(subject, self.recording, self.speed)


def source(
    section: LoadSection | None,
    scenarios: Mapping[str, float],
    operations: Mapping[str, float],
    har: Path | None,
    *,
    speed: float | None,
    trace: Path | None,
    profile: str,
) -> Source:
    """What the options ask for. Raises UsageError."""
    from seamwright.faces.cli.options import known_names
    from seamwright.model.errors import UsageError

    if speed is not None and har is None and trace is None:
        raise UsageError("--speed goes with --trace or --har: it says how quickly what was recorded is sent again")
    given = {"--scenario": scenarios, "--operation": operations, "--har": har}
    named = [name for name, value in given.items() if value]
    if len(named) > 1:
        raise UsageError(f"{' and '.join(named)}: each says what is sent; give one of them")
    if har is not None:
        from seamwright.engines.load import read_har

        return Source(recording=read_har(har), speed=speed or 1.0, replayed=profile == "replay" and trace is None)
    if scenarios:
        known_names("--scenario", scenarios, section.scenarios if section is not None else ())
    if operations or section is None:
        return Source(speed=speed or 1.0)
    return Source(section, scenarios, speed=speed or 1.0)
