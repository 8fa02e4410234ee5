"""XMLBIF 0.3, the interchange format of pyAgrum, pgmpy, SamIam, Weka, JavaBayes.

Format: https://www.cs.cmu.edu/~fgcozman/Research/InterchangeFormat/.
"""

from __future__ import annotations

from knowledge.export.network import BayesianNetwork, Variable
from knowledge.export.xml_text import content

__all__ = ["write"]


def write(network: BayesianNetwork) -> str:
    """The network with full precision; the state of a node varies fastest in its table. Titles are properties."""
    return "".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>\n',
            '<BIF VERSION="0.3">\n<NETWORK>\n',
            f"<NAME>{content(network.name)}</NAME>\n",
            f"<PROPERTY>remark = {_one_line(network.remark)}</PROPERTY>\n",
            *map(_variable, network.variables),
            *map(_definition, network.variables),
            "</NETWORK>\n</BIF>\n",
        ]
    )


def _variable(variable: Variable) -> str:
    states = "".join(f"\t<OUTCOME>{content(state)}</OUTCOME>\n" for state in variable.states)
    return (
        f'<VARIABLE TYPE="nature">\n\t<NAME>{content(variable.name)}</NAME>\n{states}'
        f"\t<PROPERTY>title = {_one_line(variable.title)}</PROPERTY>\n</VARIABLE>\n"
    )


def _definition(variable: Variable) -> str:
    given = f"\t<GIVEN>{content(variable.parent)}</GIVEN>\n" if variable.parent else ""
    numbers = " ".join(map(repr, variable.table.ravel().tolist()))
    return f"<DEFINITION>\n\t<FOR>{content(variable.name)}</FOR>\n{given}\t<TABLE>{numbers}</TABLE>\n</DEFINITION>\n"


def _one_line(text: str) -> str:
    return " ".join(content(text).split())
