"""What dense search stands on, for the status page and 'faultbook doctor'."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DenseStatus:
    """What dense search stands on.

    ``generation`` is the name of the generation in use, empty where all vectors are in memory;
    ``vectors`` are in it, ``fresh`` in memory, ``gone`` is how many of it are masked. ``recall`` is
    the share of the true ten nearest that its lists were measured to find (1.0 where each search
    goes over all), ``sequence`` the last change of SQL that is in it. ``fault`` is what last went
    wrong with a generation, empty if nothing did; search went on from SQL.
    """

    embedder: str
    generation: str
    vectors: int
    fresh: int
    gone: int
    recall: float
    recall_100: float
    lists: int
    probes: int
    sequence: int
    is_building: bool
    fault: str


def describe(status: DenseStatus) -> str:
    """One sentence for a person about what dense search stands on."""
    if not status.generation:
        held = f"all {status.fresh} vectors in memory"
    else:
        way = (
            f"{status.probes} of {status.lists} lists a search, recall@10 {status.recall:.3f}"
            if status.lists
            else "every vector is looked at"
        )
        held = (
            f"{status.vectors} vectors in the generation {status.generation} ({way}), "
            f"{status.fresh} since, {status.gone} gone"
        )
    return held + (", the next generation is being made" if status.is_building else "")
