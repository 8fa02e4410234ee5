"""Pasted text -> the files that it names, in the forms in which terminals paste what is dropped on them.

iTerm and macOS Terminal escape with backslashes; GNOME Terminal, kitty and VS Code quote for a shell; Windows Terminal
puts double quotes around blanks; file managers copy ``file://`` addresses, one a line.
"""

from __future__ import annotations

import os
import re
import shlex
import stat
from collections.abc import Callable, Iterable
from pathlib import Path
from urllib.parse import unquote

from triage.report.escape import plain

__all__ = [
    "LONGEST_TEXT",
    "decoded",
    "files_named",
    "folder_in",
    "folder_named",
    "is_file",
    "path_of",
    "paths_in",
    "problem_with",
    "split_run",
    "words_of",
    "written",
]

LONGEST_TEXT = 10_000
"""Characters of a text above which it is no list of paths."""

LONGEST_SHOWN = 120

_ADDRESS = re.compile(r"file://(?:localhost|[\w.-]*)(?=/)", re.IGNORECASE)
_RUN = re.compile(r"(?:^|\s)--run[ =]\s*(\S.*)$", re.DOTALL)
_DRIVE = re.compile(r"/[A-Za-z]:[/\\]")
_LOOKS_LIKE_A_PATH = re.compile(r"[/\\.]")


def paths_in(text: str) -> tuple[Path, ...]:
    """The files that a pasted text names; empty where it is anything else, such as prose.

    A bare word is prose even where a file is called so; a path has a folder or an ending.

    Args:
        text: anything.

    """
    files = files_named(text)
    return files if all(_LOOKS_LIKE_A_PATH.search(str(file)) for file in files) else ()


def split_run(text: str) -> tuple[str, str]:
    """What names files, and the run that is chosen behind ``--run``; empty where none is."""
    chosen = _RUN.search(text)
    return (text, "") if chosen is None else (text[: chosen.start()], chosen[1].strip().strip("'\""))


def files_named(text: str, folder: Path | None = None) -> tuple[Path, ...]:
    """The files that a text names, all of which exist; empty where one of them does not.

    Args:
        text: anything.
        folder: where relative paths begin; by default the current folder.

    """
    if len(text) > LONGEST_TEXT:
        return ()
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if files := _in_one_form(text.strip(), folder):
        return files
    by_line = [_in_one_form(line, folder) for line in lines] if len(lines) > 1 else []
    return _without_repeats(path for paths in by_line for path in paths) if all(by_line) else ()


def words_of(text: str) -> list[str]:
    """What a text consists of, as a shell would split it; where its quotes do not close, split at blanks."""
    try:
        return _SPLITS[0](text)
    except ValueError:
        return text.split()


def path_of(word: str, folder: Path | None = None) -> Path:
    """The path that a word means: ``~`` is expanded and a ``file://`` address decoded.

    Args:
        word: as it is meant, without quotes.
        folder: where a relative path begins; by default the current folder.

    """
    path = Path(decoded(word))
    if word.startswith("~"):
        try:
            path = path.expanduser()
        except (RuntimeError, ValueError):  # nobody is called so, or nobody can be
            return path
    return path if folder is None else folder / path


def decoded(word: str) -> str:
    """The path of a ``file://`` address; anything else as it is."""
    address = _ADDRESS.match(word)
    if address is None:
        return word
    path = unquote(word[address.end() :], errors="surrogateescape")
    return path[1:] if _DRIVE.match(path) else path


def is_file(path: Path) -> bool:
    """Whether that is a file that can hold a log: no folder, device or pipe; False also where nobody may look."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def folder_in(text: str) -> Path | None:
    """The folder of a run that a pasted text names; None where it is anything else, such as a bare word."""
    found = folder_named(text)
    return found if found is not None and _LOOKS_LIKE_A_PATH.search(str(found)) else None


def folder_named(text: str, folder: Path | None = None) -> Path | None:
    """The one folder that a text names; None where it is anything else.

    Args:
        text: anything.
        folder: where a relative path begins; by default the current folder.

    """
    words = words_of(text.strip()) if len(text) <= LONGEST_TEXT else []
    if len(words) != 1:
        return None
    path = path_of(words[0], folder)
    try:
        return path if path.is_dir() else None
    except (OSError, ValueError):
        return None


def problem_with(text: str, folder: Path | None = None) -> str:
    """Why a text does not name files that can be read, in one line; empty where it does.

    Args:
        text: anything.
        folder: where relative paths begin; by default the current folder.

    """
    if not text.strip():
        return "Type where the log is, or choose it below."
    if len(text) > LONGEST_TEXT:
        return f"Expected paths of at most {LONGEST_TEXT:,} characters in all."
    files = files_named(text, folder)
    if files:
        return next((_unreadable(file) for file in files if not os.access(file, os.R_OK)), "")
    words = words_of(text)
    missing = [word for word in words if not is_file(path_of(word, folder))]
    return _missing(missing[0] if 0 < len(missing) < len(words) else text.strip(), folder)


def _missing(word: str, folder: Path | None) -> str:
    path = path_of(word, folder)
    shown = plain(word, LONGEST_SHOWN)
    try:
        mode = path.stat().st_mode
    except PermissionError:
        return _unreadable(path)
    except (OSError, ValueError):
        return f"There is no file {shown}"
    return (
        f"{shown} is a folder: choose a file in it." if stat.S_ISDIR(mode) else f"{shown} is no file that holds text."
    )


def _unreadable(path: Path) -> str:
    return f"You may not read {plain(str(path), LONGEST_SHOWN)}"


def written(path: str) -> str:
    """A path as one word among several."""
    if os.sep == "\\":
        return f'"{path}"' if re.search(r"\s", path) else path
    if path.startswith("~/"):
        return "~/" + written(path[2:])
    return path if re.fullmatch(r"[\w@%+=:,./-]*", path) else shlex.quote(path)


def _in_one_form(text: str, folder: Path | None) -> tuple[Path, ...]:
    """The files of a text that is one path as it stands, or words of which each is one."""
    for split in (_whole, *_SPLITS):
        try:
            words = split(text.removeprefix("& "))  # PowerShell's way to name a quoted program
        except ValueError:
            continue
        if files := _existing(words, folder):
            return files
    return ()


def _existing(words: Iterable[str], folder: Path | None) -> tuple[Path, ...]:
    """Their paths, none of them where one does not exist; the first that does not ends the search."""
    paths = []
    for word in words:
        path = path_of(word, folder)
        if not is_file(path):
            return ()
        paths.append(path)
    return _without_repeats(paths)


def _without_repeats(paths: Iterable[Path]) -> tuple[Path, ...]:
    return tuple(dict.fromkeys(paths))


def _whole(text: str) -> list[str]:
    return [text] if text else []


def _windows_words(text: str) -> list[str]:
    return [quoted or bare for quoted, bare in re.findall(r'"([^"\n]*)"|([^\s"]+)', text)]


_SPLITS: tuple[Callable[[str], list[str]], ...] = (
    (_windows_words, shlex.split) if os.sep == "\\" else (shlex.split, _windows_words)
)
"""A backslash is part of a path on Windows and an escape elsewhere; the other way counts where the first fails."""
