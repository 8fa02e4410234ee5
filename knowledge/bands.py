"""Probabilities as an expert can state them, and the numbers that they stand for."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["BAND_PROBABILITY", "BAND_RUNS", "Band"]


class Band(StrEnum):
    """A probability as an expert can state it, after the frequencies of the Human Phenotype Ontology."""

    OBLIGATE = "obligate"
    VERY_FREQUENT = "very_frequent"
    FREQUENT = "frequent"
    OCCASIONAL = "occasional"
    VERY_RARE = "very_rare"
    EXCLUDED = "excluded"


BAND_PROBABILITY: dict[Band, float] = {
    Band.OBLIGATE: 1.0,
    Band.VERY_FREQUENT: 0.90,
    Band.FREQUENT: 0.55,
    Band.OCCASIONAL: 0.15,
    Band.VERY_RARE: 0.025,
    Band.EXCLUDED: 0.0,
}

BAND_RUNS = 24
"""Runs for which a curated band counts beside measured ones."""
