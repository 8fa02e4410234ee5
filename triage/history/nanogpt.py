r"""Logs of nanoGPT and of what was made after it.

::

    step 250: train loss 3.1402, val loss 3.2117                     nanoGPT, standard output
    iter 250: loss 3.1121, time 226.45ms, mfu 18.30%

    0 val 10.9522                                                    build-nanogpt, log.txt
    0 hella 0.2487
    0 train 10.955010

    step   250 | loss: 5.912345 | lr 2.1e-04 | norm: 1.2031 | dt: ...  build-nanogpt, standard output
    validation loss: 5.9713

    s:250 tel:5.9713                                                 llm.c, main.log
    s:250 trl:5.9123 lr:0.000210 norm:1.20

    step  250/19560 | loss 5.912345 (+nanz)| norm 1.2031 (+nanz)| lr 2.10e-04 | ...   llm.c, standard output
    val loss 5.971300

    step:250/20000 train_loss:5.9123 train_time:10912ms step_avg:43.6ms               modded-nanogpt
    step:250/20000 val_loss:5.9713 val_bpb:1.4 train_time:10912ms

``+nanz`` stands where llm.c has no z-score yet; it is no NaN. The loss of nanoGPT's evaluation on training data
(``train loss``) is a column of its own beside that of the iterations (``loss``). Times and throughput are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from triage.history.format import Format
from triage.history.head import Head
from triage.history.log_lines import NUMBER, Expression, as_shown, row_of, table_of
from triage.history.opened import Opened
from triage.history.rows import Rows
from triage.history.table import Table

__all__ = ["FORMATS", "read_lines", "starts_row"]

FEWEST = 3
"""Rows that make a log; fewer may stand in any text about such a log."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of line: what it looks like, and what the groups of the expression are called."""

    row: Expression
    names: tuple[str, ...]


def _kind(row: str, *names: str) -> _Kind:
    return _Kind(Expression(row.replace("NUMBER", f"({NUMBER})")), names)


_DIALECTS: dict[str, tuple[_Kind, ...]] = {
    "nanogpt log": (
        _kind(r"\biter (\d+): loss NUMBER, time ", "step", "loss"),
        _kind(r"\bstep (\d+): train loss NUMBER, val loss NUMBER", "step", "train loss", "val loss"),
    ),
    "build-nanogpt log": (
        _kind(r"^(\d+) train NUMBER\s*$", "step", "train"),
        _kind(r"^(\d+) val NUMBER\s*$", "step", "val"),
    ),
    "build-nanogpt output": (
        _kind(
            r"\bstep +(\d+) \| loss: NUMBER \| lr:? NUMBER \| norm: NUMBER \| dt:", "step", "loss", "lr", "norm"
        ),
        _kind(r"^validation loss: NUMBER\s*$", "validation loss"),
    ),
    "llm.c log": (
        _kind(r"^s:(\d+) trl:NUMBER lr:NUMBER norm:NUMBER", "step", "train_loss", "lr", "norm"),
        _kind(r"^s:(\d+) trl:NUMBER\s*$", "step", "train_loss"),
        _kind(r"^s:(\d+) tel:NUMBER", "step", "val_loss"),
    ),
    "llm.c output": (
        _kind(
            r"\bstep +(\d+)/\d+ \| (?:train )?loss NUMBER (?:\(\S+\) ?)?\| norm NUMBER (?:\(\S+\) ?)?\| lr NUMBER",
            "step", "train loss", "norm", "lr",
        ),
        _kind(r"\bstep +(\d+)(?:/\d+)?: train loss NUMBER \((?:acc|took)", "step", "train loss"),
        _kind(r"^val loss:? NUMBER\s*$", "val loss"),
    ),
    "modded-nanogpt log": (
        _kind(r"\bstep:(\d+)/\d+ train_loss:NUMBER", "step", "train_loss"),
        _kind(r"\bstep:(\d+)/\d+ val_loss:NUMBER", "step", "val_loss"),
    ),
}  # fmt: skip
"""Name of the format -> its kinds of lines, the most frequent first; all but a few have their position."""

_PLAIN = {"build-nanogpt log": {"train": "train loss", "val": "val loss"}}
"""Names that say too little by themselves."""


def starts_row(line: str) -> str | None:
    """Which of the formats has such a line; lines without a position tell nothing."""
    return next(
        (name for name, kinds in _DIALECTS.items() if any("step" in k.names and k.row.search(line) for k in kinds)),
        None,
    )


def read_lines(lines: Iterable[str], file: str, name: str) -> Sequence[Table]:
    """Read a log.

    Args:
        lines: of the file, or what of it is left; what is no row is passed over.
        file: its name for messages.
        name: which of the formats it has.

    Raises:
        HistoryError: there are no rows.

    """
    plain = _PLAIN.get(name, {})
    kinds = [(kind.row.search, tuple(plain.get(n, n) for n in kind.names)) for kind in _DIALECTS[name]]
    rows = Rows()
    for line in as_shown(lines):
        for place, (search, names) in enumerate(kinds):
            if found := search(line):
                rows.add(row_of(names, found.groups()))
                if place:
                    kinds.insert(0, kinds.pop(place))
                break
    return [table_of(file, name, rows, _EXAMPLES[name].splitlines()[0])]


_SIGNS = {
    "nanogpt log": (": loss ", ", val loss "),
    "build-nanogpt log": (" train ", " val "),
    "build-nanogpt output": (" | norm: ",),
    "llm.c log": (" trl:", " tel:"),
    "llm.c output": ("| norm ", ": train loss "),
    "modded-nanogpt log": (" train_loss:", " val_loss:"),
}
"""What a file of each format holds soon; it spares the look at every line of others."""


def _is_of(head: Head, name: str) -> bool:
    if not any(sign in head.text for sign in _SIGNS[name]):
        return False
    placed = [kind.row.search for kind in _DIALECTS[name] if "step" in kind.names]
    rows = sum(any(search(line) for search in placed) for line in as_shown(head.lines))
    return rows * 2 >= len(head.lines) or (rows >= FEWEST and rows * 10 >= len(head.lines))


def _format(name: str, written_by: str) -> Format:
    def read(found: Opened) -> Sequence[Table]:
        return read_lines(found.lines(), found.file, name)

    return Format(name, written_by, _EXAMPLES[name], lambda head: _is_of(head, name), read)


_EXAMPLES = {
    "nanogpt log": "step 250: train loss 3.1402, val loss 3.2117\niter 250: loss 3.1121, time 226.45ms, mfu 18.30%",
    "build-nanogpt log": "0 val 10.9522\n0 train 10.955010",
    "build-nanogpt output": "step   250 | loss: 5.912345 | lr 2.1000e-04 | norm: 1.2031 | dt: 412.07ms | tok/sec: 1272",
    "llm.c log": "s:250 tel:5.9713\ns:250 trl:5.9123 lr:0.000210 norm:1.20",
    "llm.c output": "step  250/19560 | loss 5.912345 (-0.21z)| norm 1.2031 (+0.35z)| lr 2.10e-04 | 1240.11 ms",
    "modded-nanogpt log": "step:250/20000 train_loss:5.9123 train_time:10912ms step_avg:43.65ms",
}

FORMATS = (
    _format("nanogpt log", "nanoGPT on its standard output"),
    _format("build-nanogpt log", "build-nanogpt into log.txt"),
    _format("build-nanogpt output", "build-nanogpt on its standard output"),
    _format("llm.c log", "llm.c into main.log"),
    _format("llm.c output", "llm.c on its standard output"),
    _format("modded-nanogpt log", "modded-nanogpt and what was made after it"),
)
