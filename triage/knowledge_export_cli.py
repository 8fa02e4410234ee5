"""``triage knowledge export``: the knowledge for other tools."""

from __future__ import annotations

import argparse

from knowledge.base import KnowledgeBase
from knowledge.export import FORMATS, NETWORK_FORMATS, export, export_network
from triage.errors import TriageError
from triage.usage import HEALTHY, write_report

__all__ = ["add_export_flags", "run_export"]

DIAGRAMS = ("mermaid", "dot")


def add_export_flags(parser: argparse.ArgumentParser) -> None:
    """The flags of the command."""
    parser.add_argument(
        "--format",
        required=True,
        metavar="F",
        choices=(*FORMATS, *NETWORK_FORMATS),
        help=_choices(),
        dest="format_name",
    )
    parser.add_argument("--output", metavar="FILE", help="write it there")
    parser.add_argument(
        "--cause",
        metavar="ID",
        action="append",
        default=[],
        help="only what this cause is tied to; not for networks; may be repeated",
    )
    parser.add_argument(
        "--two-faults",
        action="store_true",
        help="for networks: with every two causes at once, as triage has it itself; some ten megabytes",
    )


def run_export(base: KnowledgeBase, options: argparse.Namespace) -> int:
    """Write the knowledge; returns the exit status.

    Raises:
        TriageError: flags that do not go together, or a file that cannot be written.
        UnknownIdError: there is no such cause.

    """
    if options.format_name in NETWORK_FORMATS:
        if options.cause:
            raise TriageError(
                f"expected --format {options.format_name} without --cause, found {options.cause[0]!r}: "
                "a network of some causes would have other posteriors"
            )
        from triage.bayesian_network import single_fault_network, two_fault_network

        network = two_fault_network(base) if options.two_faults else single_fault_network(base)
        write_report(export_network(network, options.format_name), options.output)
        return HEALTHY
    if options.two_faults:
        raise TriageError(
            f"expected --two-faults with one of {', '.join(NETWORK_FORMATS)}, found {options.format_name}"
        )
    write_report(export(base, options.format_name, options.cause), options.output)
    return HEALTHY


def _choices() -> str:
    graphs = ", ".join(name for name in FORMATS if name not in DIAGRAMS)
    return f"the graph: {graphs}; a diagram: {', '.join(DIAGRAMS)}; a Bayesian network: {', '.join(NETWORK_FORMATS)}"
