"""Emphasis on a terminal."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Style"]


@dataclass(frozen=True, slots=True)
class Style:
    """Wraps text in ANSI codes, or leaves it as it is where there is no colour."""

    colour: bool

    def bold(self, text: str) -> str:
        """For headings and names."""
        return self._wrapped("1", text)

    def dim(self, text: str) -> str:
        """For what may be skipped."""
        return self._wrapped("2", text)

    def good(self, text: str) -> str:
        """For what is as it should be."""
        return self._wrapped("32", text)

    def bad(self, text: str) -> str:
        """For what is wrong."""
        return self._wrapped("31", text)

    def accent(self, text: str) -> str:
        """For what to type."""
        return self._wrapped("36", text)

    def _wrapped(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour and text else text
