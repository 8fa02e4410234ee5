import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.history.files import is_sound, read
from triage.errors import HistoryError
from triage.history.head import Head
from triage.history.key_values import FORMATS as LAST
from triage.history.text_logs import FORMATS, known

NO_LOGS = {
    "prose": "The loss is 0.5 at first. The loss is 0.4 then.\nAfter that the loss was 0.3 in step 5.\n",
    "python": "import torch\nfor epoch in range(10):\n    print(f'step {step}: train loss {loss}, val loss {val}')\n",
    "json": '{"loss": [0.5, 0.4], "epoch": 3}\n',
    "csv": "epoch,loss,val_loss\n1,0.5,0.6\n2,0.4,0.5\n",
    "pip": "Collecting torch\n     |████████████████| 619.9/619.9 MB 1.2 MB/s eta 0:00:00\n",
    "download": "\rDownloading: 100%|██████████| 440M/440M [00:10<00:00, 43.9MB/s]\n",
    "markdown": "| Epoch | loss |\n|-------|------|\n| 1 | 0.5 |\n",
    "network": "Epoch\n    (conv1): Conv2d(3, 64, kernel_size=(3, 3))\n" * 5,
    "nothing": "\n",
}


def head_of(text):
    return Head("a.log", text.encode(), True)


@pytest.mark.parametrize("known_format", FORMATS, ids=[format.name for format in FORMATS])
def test_an_example_is_known_as_its_own_format_alone_and_can_be_read(tmp_path, known_format):
    example = known_format.example + "\n"
    assert [format.name for format in FORMATS if format.recognises(head_of(example))] == [known_format.name]
    history = read(tmp_path, example * 1, "a.log")
    assert is_sound(history)
    assert history.format == known_format.name


@pytest.mark.parametrize("text", NO_LOGS.values(), ids=NO_LOGS)
def test_other_text_is_none_of_them(text):
    assert [format.name for format in FORMATS if format.recognises(head_of(text))] == []
    assert not any(map(known, text.splitlines()))


@given(st.binary(max_size=300), st.booleans())
def test_no_bytes_make_recognition_fail(data, whole):
    for format in (*FORMATS, *LAST):
        assert format.recognises(Head("a.log", data, whole)) in (True, False)


@given(st.sampled_from(FORMATS), st.data())
def test_an_example_with_other_text_in_it_is_read_or_refused(tmp_path_factory, format, data):
    text = format.example
    place = data.draw(st.integers(0, len(text)))
    broken = text[:place] + data.draw(st.text(max_size=12)) + text[place + data.draw(st.integers(0, 12)) :]
    try:
        history = read(tmp_path_factory.mktemp("logs"), broken, "a.log")
    except HistoryError:
        return
    assert is_sound(history)


HORRORS = {
    "digits": "1" * 3_900,
    "points": "1." * 1_900,
    "spaces": "Epoch 1/3 loss" + " " * 3_900,
    "pairs": "loss 1 " * 550,
    "words": "loss " * 780,
    "slashes": "Epoch 1/" * 480,
    "brackets": "[1/" * 1_300,
    "bars": "5%|" * 1_300 + " loss",
    "rich bars": "━ " * 1_900 + "loss",
    "thick bars": "━" * 3_900 + "loss",
    "braces": "{'loss': " * 430,
    "escapes": "\x1b]" * 1_950,
    "boxes": "| a" + " " * 3_900 + "|",
    "columns": "Class Images Instances" + " P" * 1_900,
    "caffe": "solver.cpp:1] Iteration 1 " * 150,
    "megatron": " iteration 1/ 2 |" + "| loss" + " " * 3_900,
    "yolox": "epoch: 1/3, iter: 1/3, " + "a" * 3_900 + "loss: ",
    "mmengine": "Epoch(train) [1][1/2] " + "a " * 1_900 + "loss",
    "keras": "1/1 " + " " * 3_800 + "loss: 1",
    "names": "a.b-c/d@" * 480 + " loss 1",
    "semicolons": ";  " * 1_300 + "loss 1",
    "times": "1:1" * 1_300,
}


@pytest.mark.parametrize("line", HORRORS.values(), ids=HORRORS)
def test_lines_that_are_made_to_cost_time_are_passed_over(tmp_path, line):
    for start in (*(format.example for format in FORMATS), "step 1 loss 0.5\nstep 2 loss 0.4\nstep 3 loss 0.3"):
        try:
            history = read(tmp_path, f"{start}\n{line}\n{line}\n{start}\n", "a.log")
        except HistoryError:
            continue
        assert is_sound(history)
