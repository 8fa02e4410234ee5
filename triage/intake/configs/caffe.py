"""Caffe's configuration: the solver and the nets that it trains (Caffe's tutorial; caffe.proto)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from triage.errors import IntakeError
from triage.intake.configs.caffe_layers import layers_of, net_of
from triage.intake.configs.caffe_net import net_findings
from triage.intake.configs.caffe_solver import solver_states
from triage.intake.configs.source import Source, source_of, told_of
from triage.intake.configs.textproto import Message, begins_as_textproto, parse_textproto
from triage.intake.found import Found, Place, Stated, Told, shows

__all__ = ["is_caffe", "read_caffe"]

_NET = re.compile(r"^[ \t]*layers?[ \t]*:?\s*\{", re.MULTILINE)
_BLOB = re.compile(r"""\b(?:bottom|top)[ \t]*:[ \t]*["']""")
_RATE = re.compile(r"""^[ \t]*(?:base_lr[ \t]*:[ \t]*[-+.\d]|lr_policy[ \t]*:[ \t]*["'])""", re.MULTILINE)
_SOLVER = re.compile(
    r"^[ \t]*(?:(?:train_|test_)?net[ \t]*:[ \t]*[\"']|(?:train_)?net_param[ \t]*:?\s*\{|test_iter[ \t]*:|"
    r"test_interval[ \t]*:|snapshot_prefix[ \t]*:[ \t]*[\"']|solver_mode[ \t]*:[ \t]*(?:CPU|GPU|0|1)\b|"
    r"max_iter[ \t]*:[ \t]*\d|solver_type[ \t]*:|momentum2?[ \t]*:|iter_size[ \t]*:|stepsize[ \t]*:|"
    r"base_lr[ \t]*:[ \t]*[-+.\d]|lr_policy[ \t]*:[ \t]*[\"'])",
    re.MULTILINE,
)
_OF_ANOTHER_FORMAT = re.compile(r"^\s*[\w-]+[ \t]*:[ \t]*(?:#[^\n]*)?\n[ \t]+[-\w]|^---", re.MULTILINE)
"""YAML: a key with nothing behind it, and what belongs to it indented below."""

SIZE_OF_A_SOLVER = 200_000

INLINE = ("net_param", "train_net_param")

Item = Stated | Found | str


def is_caffe(text: str) -> bool:
    """Whether a text is a Caffe solver or net, by its content."""
    return begins_as_textproto(text) and (_is_net(text) or _is_solver(text))


def read_caffe(files: Mapping[str, str]) -> Told:
    """Read a solver, a net, or a solver and its nets.

    Args:
        files: name of each file, as it was given -> its text.

    Raises:
        IntakeError: a file is neither a solver nor a net, or cannot be read.

    """
    solvers: list[_Parsed] = []
    nets: list[_Parsed] = []
    for file, text in files.items():
        source = source_of(text, file)
        if not is_caffe(source.text):
            raise IntakeError(file, "expected a Caffe solver or net, found neither base_lr nor layers")
        message = parse_textproto(source)
        (nets if layers_of(message) else solvers).append(_Parsed(source, message))
    inline = [
        _Parsed(solver.source, net) for solver in solvers for name in INLINE for net in solver.message.messages(name)
    ]
    return told_of(_all(solvers, inline + nets))


@dataclass(frozen=True, slots=True)
class _Parsed:
    source: Source
    message: Message


def _all(solvers: list[_Parsed], nets: list[_Parsed]) -> Iterator[Item]:
    first = (solvers + nets)[0].source if solvers or nets else None
    if first is None:
        return
    yield shows("framework", "caffe_darknet", "The file is one of Caffe's.", Place(first.file))
    for solver in solvers[:-1]:
        yield f"{solver.source.file} is left out, since {solvers[-1].source.file} is a solver as well."
    for solver in solvers[-1:]:
        yield from solver_states(solver.message, solver.source)
    train, others = _trained(solvers, nets)
    for other in others:
        yield f"{other.source.file} is left out, since {train.source.file if train else ''} is the net that is trained."
    if train is not None:
        yield _precision(train)
        yield from net_findings(net_of(train.message, train.source))


def _trained(solvers: list[_Parsed], nets: list[_Parsed]) -> tuple[_Parsed | None, list[_Parsed]]:
    """The net that is trained: the one that the solver names, or else the one that looks most like it."""
    if not nets:
        return None, []
    named = {
        PurePosixPath(solver.message.word(name).replace("\\", "/")).name
        for solver in solvers
        for name in ("net", "train_net")
        if solver.message.word(name)
    }
    best = max(nets, key=lambda net: _likeness(net, named))
    return best, [net for net in nets if net is not best]


def _likeness(net: _Parsed, named: set[str]) -> tuple[bool, bool, bool]:
    """Whether the solver names it, whether it has a loss, and whether its name is not that of a test."""
    name = PurePosixPath(net.source.file.replace("\\", "/")).name
    types = (str(field.value) for layer in layers_of(net.message) for field in layer.all("type"))
    words = name.lower()
    tested = "train" not in words and any(word in words for word in ("test", "deploy", "val"))
    return name in named, any("loss" in kind.lower() for kind in types), not tested


def _precision(net: _Parsed) -> Found:
    """Number format of the layers, which only NVIDIA's fork can set."""
    named = net.message.word("default_forward_type").upper()
    if named == "FLOAT16":
        place = net.source.place(net.message.line_of("default_forward_type"))
        return Found("precision", {"fp16_amp": 0.7, "fp16_pure": 0.28}, "The layers compute in fp16.", place)
    return shows(
        "precision", "fp32", "Caffe computes in fp32, and the net sets no other format.", net.source.place(), 0.95
    )


def _is_net(text: str) -> bool:
    return _NET.search(text) is not None and _BLOB.search(text) is not None


def _is_solver(text: str) -> bool:
    beginning = text[:SIZE_OF_A_SOLVER]
    if _RATE.search(beginning) is None or _OF_ANOTHER_FORMAT.search(beginning) is not None:
        return False
    return len({match[0].split(":")[0].strip() for match in _SOLVER.finditer(beginning)}) >= 2
