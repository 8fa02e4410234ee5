"""Weights and data -> the outcome of checks that the program carries out itself."""

from __future__ import annotations

from triage.intake.artifacts.data import inspect_data
from triage.intake.artifacts.weights import inspect_weights

__all__ = ["inspect_data", "inspect_weights"]
