"""How the app looks and speaks, as the person set it: theme, motion, language and keys, kept for the next time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from triage.errors import TriageError
from tui.colours import name_of_theme, next_theme, preference_of_theme
from tui.commands import known_bindings
from tui.languages import ENGLISH, next_language
from tui.wording import wording_of

if TYPE_CHECKING:
    from textual.app import App

    from tui.preferences import Motion

__all__ = ["Settings"]


class Settings:
    """The settings of an app.

    Args:
        app: whose they are.
        folder: where keymap and preferences are; by default the person's own.
        language: code of the language that was asked for, which is not kept; None for that of the preferences.
        failed: is given one sentence on why nothing could be kept.

    """

    def __init__(self, app: App[Any], folder: Path | None, language: str | None, failed: Callable[[str], None]) -> None:
        """Nothing is read yet."""
        self._app = app
        self._folder = folder
        self._asked_for = language
        self._failed = failed
        self.language = language or ENGLISH

    def use(self) -> None:
        """Read what was set, and set the app so."""
        from tui.preferences import read_preferences

        preferences = read_preferences(self._folder, known_bindings())
        self._app.theme = name_of_theme(preferences.theme)
        self.language = self._asked_for or preferences.language
        if preferences.motion == "reduced":
            self._app.animation_level = "none"
        self._app.set_keymap(dict(preferences.keymap))
        for note in preferences.notes:
            self._app.notify(note, severity="warning", markup=False)

    def switch_theme(self) -> None:
        """Go on to the next colours."""
        self._app.theme = next_theme(self._app.theme)
        self._keep()
        self._app.notify(wording_of(self._app)("Colours: {theme}", theme=self._app.theme), markup=False)

    def switch_motion(self) -> None:
        """Move less on the screen, or as usual again."""
        self._app.animation_level = "full" if self._app.animation_level == "none" else "none"
        self._keep()
        told = "Reduced motion." if self._app.animation_level == "none" else "Usual motion."
        self._app.notify(wording_of(self._app)(told), markup=False)

    def switch_language(self) -> None:
        """Go on to the next language; what is on the screen is left as it is."""
        self._asked_for = None
        self.language = next_language(self.language)
        self._keep()

    def _keep(self) -> None:
        from tui.preferences import save_preferences

        motion: Motion = "reduced" if self._app.animation_level == "none" else "full"
        try:
            save_preferences(
                self._folder,
                theme=preference_of_theme(self._app.theme),
                motion=motion,
                language=self.language if self._asked_for is None else None,
            )
        except TriageError as error:
            self._failed(str(error))
