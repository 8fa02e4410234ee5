"""XDSL, the format of GeNIe and SMILE (https://support.bayesfusion.com/docs/GeNIe/saving_xdslfileformat.html)."""

from __future__ import annotations

from knowledge.export.network import BayesianNetwork, Variable
from knowledge.export.xml_text import attribute, content

__all__ = ["write"]

_COLUMNS = 10
_WIDTH, _HEIGHT = 190, 70


def write(network: BayesianNetwork) -> str:
    """The network with full precision; the state of a node varies fastest in its table, as SMILE reads it.

    Nodes are named by their ids, which is what programs ask for; titles are comments.
    """
    return "".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>\n',
            f'<smile version="1.0" id="{attribute(network.name)}" numsamples="10000" discsamples="10000">\n',
            "\t<nodes>\n",
            *map(_node, network.variables),
            "\t</nodes>\n",
            "\t<extensions>\n",
            f'\t\t<genie version="1.0" app="triage" name="{attribute(network.name)}" faultnameformat="nodestate">\n',
            f"\t\t\t<comment>{content(network.remark)}</comment>\n",
            *(_drawn(index, variable) for index, variable in enumerate(network.variables)),
            "\t\t</genie>\n",
            "\t</extensions>\n",
            "</smile>\n",
        ]
    )


def _node(variable: Variable) -> str:
    states = "".join(f'\t\t\t<state id="{attribute(state)}" />\n' for state in variable.states)
    parents = f"\t\t\t<parents>{content(variable.parent)}</parents>\n" if variable.parent else ""
    numbers = " ".join(map(repr, variable.table.ravel().tolist()))
    return (
        f'\t\t<cpt id="{attribute(variable.name)}">\n{states}{parents}'
        f"\t\t\t<probabilities>{numbers}</probabilities>\n\t\t</cpt>\n"
    )


def _drawn(index: int, variable: Variable) -> str:
    row, column = divmod(index, _COLUMNS)
    left, top = column * _WIDTH, row * _HEIGHT
    return (
        f'\t\t\t<node id="{attribute(variable.name)}">\n'
        f"\t\t\t\t<name>{content(variable.name)}</name>\n"
        '\t\t\t\t<interior color="e5f6f7" />\n\t\t\t\t<outline color="000080" />\n'
        '\t\t\t\t<font color="000000" name="Arial" size="8" />\n'
        f"\t\t\t\t<position>{left} {top} {left + _WIDTH - 30} {top + _HEIGHT - 20}</position>\n"
        f"\t\t\t\t<comment>{content(variable.title)}</comment>\n\t\t\t</node>\n"
    )
