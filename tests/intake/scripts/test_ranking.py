"""Places of the largest outputs, which no gradient comes through."""

import pytest

from tests.intake.scripts.pytorch_programs import DIGITS
from tests.intake.scripts.reading import changed, read

LOSS = "        loss = criterion(outputs, labels)\n        loss.backward()\n"


def program(lines, criterion="nn.MSELoss()"):
    text = changed(DIGITS, (LOSS, "".join(f"        {line}\n" for line in (*lines, "loss.backward()"))))
    return changed(text, ("nn.CrossEntropyLoss()", criterion))


@pytest.mark.parametrize(
    "lines",
    [
        ["_, picked = torch.max(outputs, 1)", "loss = criterion(picked.float(), labels.float())"],
        ["_, picked = outputs.max(dim=1)", "loss = criterion(picked.float(), labels.float())"],
        ["picked = torch.max(outputs, dim=1)[1]", "loss = criterion(picked.float(), labels.float())"],
        ["picked = outputs.topk(1).indices", "loss = criterion(picked.float(), labels.float())"],
        ["picked = torch.sort(outputs, 1).indices", "loss = criterion(picked[:, 0].float(), labels.float())"],
        [
            "_, picked = torch.max(outputs, 1)",
            "loss = criterion(picked.float(), labels.float())",
            "loss.requires_grad = True",
        ],
    ],
)
def test_a_loss_of_the_place_of_the_largest_output(tmp_path, lines):
    assert read(tmp_path, program(lines)).shows("weights_change", lines[0]) == "none_change"


@pytest.mark.parametrize(
    "lines",
    [
        ["best, picked = torch.max(outputs, 1)", "loss = criterion(best, labels.float())"],
        ["best = outputs.max(dim=1).values", "loss = criterion(best, labels.float())"],
        ["best = outputs.topk(3)[0].mean(1)", "loss = criterion(best, labels.float())"],
        ["best = torch.max(outputs, other)", "loss = criterion(best, labels.float())"],
        ["_, picked = torch.max(outputs, 1)", "loss = criterion(outputs.gather(1, picked[:, None]), labels.float())"],
        ["_, picked = torch.max(outputs.data, 1)", "loss = criterion(outputs, picked)"],
        ["_, picked = torch.max(outputs, 1)", "right = (picked == labels).sum()", "loss = criterion(outputs, labels)"],
    ],
)
def test_a_loss_of_the_largest_outputs_themselves_is_no_fault(tmp_path, lines):
    assert "weights_change" not in read(tmp_path, program(lines)).faults()
