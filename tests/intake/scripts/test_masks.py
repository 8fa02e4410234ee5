"""Graphs that a network is given whole, of which some nodes are held out."""

import pytest

from tests.intake.scripts.keras_programs import TABLE
from tests.intake.scripts.reading import changed, read

FINDING = "find_leaked_samples"
GRAPH = """import torch
import torch.nn as nn
import torch.nn.functional as F
from torch_geometric.datasets import Planetoid
from torch_geometric.loader import NeighborLoader

data = Planetoid("papers", "Cora")[0]


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(1433, 16)
        self.last = nn.Linear(16, 7)

    def forward(self, x, edges):
        return self.last(torch.relu(torch.sparse.mm(edges, self.first(x))))


model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)


def masked_loss(out, y, mask):
    return F.cross_entropy(out[mask], y[mask])


def train():
    model.train()
    optimizer.zero_grad()
    out = model(data.x, data.edge_index)
    LOSS
    loss.backward()
    optimizer.step()


@torch.no_grad()
def test():
    model.eval()
    chosen = model(data.x, data.edge_index).argmax(1)
    return [(chosen[mask] == data.y[mask]).float().mean() for mask in (data.val_mask, data.test_mask)]


for epoch in range(200):
    train()
    print(epoch, test())
"""


@pytest.mark.parametrize(
    "loss",
    [
        "loss = F.cross_entropy(out, data.y)",
        "loss = F.nll_loss(F.log_softmax(out, dim=1), data.y)",
        "labels = data.y\n    loss = F.cross_entropy(out, data.y)",
        "loss = F.cross_entropy(out, data.y) + 1e-4 * model.last.bias.sum()",
    ],
)
def test_a_loss_over_all_nodes(tmp_path, loss):
    assert read(tmp_path, changed(GRAPH, ("LOSS", loss))).shows(FINDING, "data.y)") == "found"


@pytest.mark.parametrize(
    "loss",
    [
        "loss = F.cross_entropy(out[data.train_mask], data.y[data.train_mask])",
        "kept = data.train_mask\n    scores, y = out[kept], data.y[kept]\n    loss = F.cross_entropy(scores, y)",
        "loss = F.cross_entropy(out, data.y, reduction='none')\n    loss = loss[data.train_mask].mean()",
        "each = F.cross_entropy(out, data.y, reduction='none')\n    loss = each[data.train_mask].mean()",
        "each = F.cross_entropy(out, data.y, reduction='none')\n"
        "    loss = (each * data.train_mask).sum() / data.train_mask.sum()",
        "loss = masked_loss(out, data.y, data.train_mask)",
        "part = data.subgraph(data.train_mask)\n    out = model(part.x, part.edge_index)\n"
        "    loss = F.cross_entropy(out, part.y)",
    ],
)
def test_a_loss_over_the_nodes_for_training(tmp_path, loss):
    assert read(tmp_path, changed(GRAPH, ("LOSS", loss))).faults() == {}


def test_a_loader_that_begins_at_the_nodes_for_training(tmp_path):
    text = changed(
        GRAPH, ("    out = model(data.x", "    for data in loader:\n     out = model(data.x"), ("    LOSS", "LOSS")
    )
    text = changed(text, ("LOSS\n    loss", "     loss = F.cross_entropy(out, data.y)\n     loss"))
    text = changed(
        text, ("model = Net()", "loader = NeighborLoader(data, [9], input_nodes=data.train_mask)\nmodel = Net()")
    )
    assert read(tmp_path, text).state(FINDING) is None


@pytest.mark.parametrize(("weights", "state"), [("sample_weight=train_mask, ", None), ("", "found")])
def test_masks_as_weights_in_keras(tmp_path, weights, state):
    data = 'x, y = np.load("x.npy"), np.load("y.npy")\ntrain_mask, val_mask = np.load("t.npy"), np.load("v.npy")\n'
    text = changed(TABLE, (TABLE[TABLE.index("table = ") : TABLE.index("inputs = Input")], data))
    fit = f"model.fit(x, y, {weights}validation_data=(x, y, val_mask), batch_size=2708, shuffle=False)"
    text = changed(text, (text[text.index("model.fit(") :].strip(), fit))
    assert read(tmp_path, text).state(FINDING) == state
