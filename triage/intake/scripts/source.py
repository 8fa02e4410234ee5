"""Files of one run as Python trees: scripts and the code cells of notebooks, with the line that each node stands in.

A notebook (nbformat, "The Notebook file format") is JSON; the sources of its code cells are joined in order, and lines
that are for IPython or the shell (``%``, ``!``, ``?``) are blanked. Lines count anew in each cell, as Jupyter shows
them. A script that does not parse is tried once more, dedented and without what only Python 2 understands.
"""

from __future__ import annotations

import ast
import json
import re
import textwrap
import tokenize
import warnings
from bisect import bisect_right
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from triage.errors import IntakeError
from triage.intake.found import Place
from triage.intake.scripts.statements import statements_of

__all__ = ["Source", "Spot", "open_source"]

LARGEST_FILE = 20_000_000
"""Bytes of a file; a notebook holds its pictures too."""

LARGEST_CODE = 4_000_000
"""Characters of code."""

LONGEST_WORDS = 120

_FOR_IPYTHON = re.compile(r"^[ \t]*[%!?]|^[ \t]*\w[\w.]*\?{1,2}[ \t]*$")
_PRINT = re.compile(r"^([ \t]*)((?:\w+[ \t]*:[ \t]*)*)print(?:[ \t]+(?![=(.,\[])|[ \t]*>>|[ \t]*$).*$")
_PRINT_OF_TUPLE = re.compile(r"^([ \t]*)print[ \t]*\(.*\)[ \t]*%.*$|^([ \t]*)print[ \t]+\(.*$")
_EXCEPT = re.compile(r"^([ \t]*except[ \t]+[\w.()[\], \t]+?),[ \t]*(\w+)[ \t]*:")
_RAISE = re.compile(r"^([ \t]*)(?:raise[ \t]+[\w.]+[ \t]*,.*|exec[ \t]+[^(=].*)$")


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """One file.

    Args:
        file: as it was given.
        tree: what it says.
        lines: of the code.
        starts: of the cells of a notebook, index of their first line; empty of a script.
        notes: what was left out to read it.
        statements: of the tree, however deep, the outer before the inner.

    """

    file: str
    tree: ast.Module = field(repr=False)
    lines: tuple[str, ...] = field(repr=False)
    starts: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()
    statements: tuple[ast.stmt, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Look for the statements once."""
        object.__setattr__(self, "statements", tuple(statements_of(self.tree.body)))

    @property
    def text(self) -> str:
        """The code, whole."""
        return "\n".join(self.lines)

    def code_of(self, node: ast.expr | ast.stmt) -> str:
        """The lines in which something is written."""
        return "\n".join(self.lines[node.lineno - 1 : node.end_lineno])

    @property
    def stem(self) -> str:
        """Name by which another file imports it."""
        return Path(self.file).stem


class Spot(NamedTuple):
    """A line of a source; `place` makes it a place that people can find."""

    source: Source
    line: int

    def place(self) -> Place:
        """File, line and words."""
        source, index = self.source, self.line - 1
        words = source.lines[index].strip()[:LONGEST_WORDS] if 0 <= index < len(source.lines) else ""
        if not source.starts:
            return Place(source.file, self.line, words)
        cell = bisect_right(source.starts, index)
        return Place(f"{source.file}, cell {cell}", self.line - source.starts[cell - 1], words)


def open_source(file: str | Path) -> Source:
    """Read one file.

    Args:
        file: a script or a notebook.

    Raises:
        IntakeError: there is no such file, it is too large, or it is no Python.

    """
    name = str(file)
    raw = _bytes_of(name)
    text = _text_of(raw)
    starts: tuple[int, ...] = ()
    first = text.lstrip()[:1]
    # A script that was saved under the name of a notebook is still a script.
    if (name.endswith(".ipynb") and first in ("{", "[")) or (first == "{" and '"cells"' in text[:1_000_000]):
        text, starts = _code_of(name, text)
    if len(text) > LARGEST_CODE:
        raise IntakeError(name, f"expected at most {LARGEST_CODE:,} characters of code, found {len(text):,}")
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", " ")
    lines = tuple(text.split("\n"))
    try:
        return Source(name, _tree_of(text), lines, starts)
    except SyntaxError as error:
        mended, notes = _mended(name, lines)
        try:
            return Source(name, _tree_of(mended), lines, starts, notes)
        except SyntaxError:
            reason = f"expected Python code, found {error.msg}"
            where = Spot(Source(name, ast.Module([], []), lines, starts), error.lineno or 1).place()
            raise IntakeError(where.file, reason, where.line) from None


def _bytes_of(name: str) -> bytes:
    try:
        with Path(name).open("rb") as stream:
            raw = stream.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise IntakeError(name, f"expected a file that can be read, found: {reason}") from None
    if len(raw) > LARGEST_FILE:
        raise IntakeError(name, f"expected at most {LARGEST_FILE:,} bytes, found more")
    return raw


def _text_of(raw: bytes) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", "replace")
    try:
        encoding, _ = tokenize.detect_encoding(BytesIO(raw).readline)
        return raw.decode(encoding)
    except (SyntaxError, UnicodeDecodeError, LookupError):
        return raw.decode("utf-8-sig", "replace")


def _code_of(name: str, text: str) -> tuple[str, tuple[int, ...]]:
    try:
        book = json.loads(text)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", None)
        raise IntakeError(name, "expected a notebook (JSON with cells), found something else", line) from None
    cells = _cells_of(book)
    if cells is None:
        raise IntakeError(name, "expected a notebook with a list of cells, found none")
    lines: list[str] = []
    starts: list[int] = []
    for cell in cells:
        starts.append(len(lines))
        shell = cell.lstrip().startswith("%%") and not re.match(r"\s*%%(?:time|capture|timeit)\b", cell)
        for line in cell.split("\n"):
            lines.append("" if shell else _without_magic(line))
    return "\n".join(lines), tuple(starts)


def _cells_of(book: object) -> list[str] | None:
    """Sources of the code cells; format 3 keeps its cells in worksheets and calls the source input."""
    if not isinstance(book, dict):
        return None
    cells = book.get("cells")
    if cells is None and isinstance(book.get("worksheets"), list):
        cells = [
            cell
            for sheet in book["worksheets"]
            if isinstance(sheet, dict) and isinstance(sheet.get("cells"), list)
            for cell in sheet["cells"]
        ]
    if not isinstance(cells, list):
        return None
    found = []
    for cell in cells:
        if not isinstance(cell, dict) or cell.get("cell_type") != "code":
            continue
        source = cell.get("source", cell.get("input", ""))
        if isinstance(source, list):
            source = "".join(part for part in source if isinstance(part, str))
        if isinstance(source, str):
            found.append(source.replace("\r\n", "\n").rstrip("\n"))
    return found


def _without_magic(line: str) -> str:
    """The line, or nothing but its indentation where it is for IPython or the shell."""
    if not _FOR_IPYTHON.match(line):
        return line
    indent = line[: len(line) - len(line.lstrip())]
    return f"{indent}pass"


def _tree_of(text: str) -> ast.Module:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (RecursionError, MemoryError):
        raise SyntaxError("code that is nested too deeply") from None
    except ValueError as error:
        raise SyntaxError(str(error)) from None


def _mended(name: str, lines: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """The text without what Python 3 does not understand and training does not need, line by line."""
    left_out = 0
    found = []
    for line in textwrap.dedent("\n".join(line.expandtabs(8) for line in lines)).split("\n"):
        kept = _EXCEPT.sub(r"\1 as \2:", line)
        printed = _PRINT.match(kept) or _PRINT_OF_TUPLE.match(kept) or _RAISE.match(kept)
        if printed or _FOR_IPYTHON.match(kept):
            kept = kept[: len(kept) - len(kept.lstrip())] + "pass"
            left_out += 1
        found.append(kept)
    note = f"{name} is no Python 3; it was read without {left_out} of its lines (print statements and the like)."
    return "\n".join(found), (note,) if left_out else (f"{name} was read without its indentation.",)
