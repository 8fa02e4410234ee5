"""Where a person's own settings are: preferences and keys, and packs that are used without being named."""

from __future__ import annotations

from pathlib import Path

__all__ = ["settings_folder"]


def settings_folder() -> Path:
    """The folder of the person's own settings; it may not be there."""
    from platformdirs import user_config_path

    return user_config_path("loss-triage", appauthor=False)
