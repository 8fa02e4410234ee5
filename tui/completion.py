"""What was typed of a path -> what it may become."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tui.folders import Listing, Named, list_folder
from tui.pasted import LONGEST_TEXT, decoded, path_of, written

__all__ = ["Completion", "completion_of"]

_SEPARATORS = (os.sep, "/")


@dataclass(frozen=True, slots=True)
class Completion:
    """How a text may go on.

    Args:
        text: what was typed.
        head: what stands before the path that is being typed, as it was typed.
        folder: the folder of that path, as it was meant; empty or ending in a slash.
        beginning: of the name in that folder.
        listing: what the folder holds that begins so.
        as_word: whether the path is one of several and is written as a word.

    """

    text: str
    head: str
    folder: str
    beginning: str
    listing: Listing
    as_word: bool

    def taking(self, entry: Named) -> str:
        """The text with one of the names; a folder ends in a slash, so that it can go on."""
        return self._with(entry.name + ("/" if entry.is_folder else ""))

    def longest(self) -> str:
        """The text as far as all names agree; as it was where that is no further."""
        listing = self.listing
        if listing.matching == 1 and listing.entries:
            return self.taking(listing.entries[0])
        return self._with(listing.common) if len(listing.common) > len(self.beginning) else self.text

    def _with(self, name: str) -> str:
        path = self.folder + name
        return self.head + (written(path) if self.as_word else path)


def completion_of(text: str, folder: Path, stopped: Callable[[], bool] = lambda: False) -> Completion:
    """How a text may go on: as one path with blanks in it, or else by its last word.

    Args:
        text: what was typed.
        folder: where relative paths begin.
        stopped: asked again and again whether the answer is of no use any more.

    """
    if len(text) > LONGEST_TEXT:
        return Completion(text, text, "", "", Listing(), as_word=False)
    whole = _of(text, "", text.lstrip(), folder, stopped, as_word=False)
    if whole.listing.entries:
        return whole
    head, word = _last_word(text)
    if (head, word) == ("", text):
        return whole
    last = _of(text, head, word, folder, stopped, as_word=True)
    return last if last.listing.entries else whole


def _of(text: str, head: str, word: str, folder: Path, stopped: Callable[[], bool], *, as_word: bool) -> Completion:
    path = decoded(word)
    cut = 1 + max(path.rfind(separator) for separator in _SEPARATORS)
    if path == "~" or path[cut:] == "..":
        path, cut = path + "/", len(path) + 1
    inside, beginning = path[:cut], path[cut:]
    listing = list_folder(path_of(inside, folder), beginning, stopped=stopped)
    return Completion(text, head, inside, beginning, listing, as_word)


def _last_word(text: str) -> tuple[str, str]:
    """What stands before the last word, and that word without its quotes and escapes, closed or not."""
    start, word, quote, escaped = 0, "", "", False
    for place, character in enumerate(text):
        if escaped:
            word, escaped = word + character, False
        elif character == "\\" and quote != "'" and os.sep != "\\":
            escaped = True
        elif character == quote:
            quote = ""
        elif character in "'\"" and not quote:
            quote = character
        elif character.isspace() and not quote:
            start, word = place + 1, ""
        else:
            word += character
    return text[:start], word
