"""The number format in which a program trains, and the share that layers drop by arguments of their own."""

import pytest

from tests.intake.scripts.pytorch_programs import DIGITS, ROWS
from tests.intake.scripts.reading import changed, read

HUB = """import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM, Trainer, TrainingArguments
model = AutoModelForCausalLM.from_pretrained("gpt2", torch_dtype=torch.float16)
optimizer = torch.optim.AdamW(model.parameters(), lr=3e-5)
for batch in loader:
    loss = model(**batch).loss
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
"""
TRAINER = (
    HUB[: HUB.index("optimizer =")]
    + 'Trainer(model=model, args=TrainingArguments("out"), train_dataset=rows).train()\n'
)
TURNED = "model = Net().to(device)"
FORWARD = "        outputs = model(images)\n        loss = criterion(outputs, labels)\n"
CAST = """        with {}:
            outputs = model(images)
            loss = criterion(outputs, labels)
"""


@pytest.mark.parametrize("text", [HUB, TRAINER], ids=["own loop", "Trainer"])
@pytest.mark.parametrize("words", ["torch_dtype=torch.float16", 'dtype="float16"', "torch_dtype=torch.half"])
def test_weights_that_are_loaded_in_fp16_and_trained(tmp_path, text, words):
    text = changed(text, ("torch_dtype=torch.float16", words))
    assert read(tmp_path, text).shows("precision", words) == "fp16_pure"


@pytest.mark.parametrize(
    "changes",
    [
        [("torch.float16", "torch.bfloat16")],
        [("torch.float16", "torch.float32")],
        [("torch_dtype=torch.float16", 'torch_dtype="auto"')],
        [("optimizer =", "model = get_peft_model(model, LoraConfig(r=8))\noptimizer =")],
        [("optimizer =", "model.float()\noptimizer =")],
    ],
    ids=["bf16", "fp32", "auto", "LoRA", "turned back"],
)
def test_other_formats_of_loaded_weights_are_not_fp16(tmp_path, changes):
    assert read(tmp_path, changed(HUB, *changes)).state("precision") not in ("fp16_pure", "fp32")


def test_weights_that_are_turned_to_fp16_behind_training_were_not_trained_so(tmp_path):
    text = DIGITS + "\nmodel.half()\ntorch.save(model.state_dict(), 'half.pt')\n"
    assert read(tmp_path, text).state("precision") != "fp16_pure"
    early = changed(DIGITS, (TURNED, "model = Net().to(device, dtype=torch.half)"))
    assert read(tmp_path, early).shows("precision", "dtype=torch.half") == "fp16_pure"


@pytest.mark.parametrize(
    ("cast", "state"),
    [
        ("torch.autocast(device_type='cuda', dtype=torch.float16)", "fp16_pure"),
        ("torch.cuda.amp.autocast()", "fp16_pure"),
        ("torch.autocast('cuda', torch.bfloat16)", "bf16"),
        ("torch.autocast('cpu')", "bf16"),
    ],
)
def test_fp16_without_a_loss_scale(tmp_path, cast, state):
    reading = read(tmp_path, changed(DIGITS, (FORWARD, CAST.format(cast))))
    assert reading.shows("precision", cast) == state


def test_fp16_with_a_loss_scale_from_out_of_sight_is_mixed(tmp_path):
    cast = CAST.format("torch.cuda.amp.autocast()")
    text = changed(
        DIGITS, (FORWARD, cast), ("loss.backward()\n", "loss_scaler(loss, optimizer)\n"),
        ("        optimizer.step()\n", ""), ("BATCH =", "from timm.utils import NativeScaler\nBATCH ="),
        ("criterion =", "loss_scaler = NativeScaler()\ncriterion ="),
    )  # fmt: skip
    assert read(tmp_path, text).state("precision") != "fp16_pure"


@pytest.mark.parametrize(("field", "state"), [("fp16=True", "fp16_amp"), ("bf16=True", "bf16"), ("fp16=amp", None)])
def test_the_number_format_of_a_trainer(tmp_path, field, state):
    text = changed(TRAINER, (", torch_dtype=torch.float16", ""), ('"out"', f'"out", {field}'))
    assert read(tmp_path, text).state("precision") == state


@pytest.mark.parametrize(
    ("layer", "share"),
    [
        ("nn.LSTM(20, 20, num_layers=2, dropout=0.9)", 0.9),
        ("nn.GRU(20, 20, 3, dropout=0.9)", 0.9),
        ("nn.TransformerEncoderLayer(20, 4, dropout=0.8)", 0.8),
        ("nn.MultiheadAttention(20, 4, 0.7)", 0.7),
    ],
)
def test_dropout_that_is_an_argument_of_a_layer(tmp_path, layer, share):
    text = (
        ROWS[: ROWS.index("for epoch")].replace("nn.ReLU()", f"{layer}, nn.ReLU()", 1) + ROWS[ROWS.index("for epoch") :]
    )
    assert layer in text
    assert read(tmp_path, text).stated()["dropout"] == share


def test_dropout_between_the_layers_of_a_single_one_drops_nothing(tmp_path):
    text = ROWS.replace("nn.ReLU()", "nn.LSTM(20, 20, dropout=0.9), nn.ReLU()", 1)
    assert read(tmp_path, text).stated().get("dropout", 0) == 0


@pytest.mark.parametrize(
    ("layer", "share"),
    [
        ("layers.LSTM(8, dropout=0.85)", 0.85),
        ("layers.GRU(8, dropout=0.1, recurrent_dropout=0.9)", 0.9),
        ("layers.Bidirectional(layers.LSTM(8, dropout=0.85))", 0.85),
        ("layers.LSTM(8)", None),
    ],
)
def test_dropout_inside_recurrent_layers_of_keras(tmp_path, layer, share):
    text = f"""from tensorflow.keras import Sequential, layers
model = Sequential([layers.Embedding(99, 8), {layer}, layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(x, y, epochs=3)
"""
    assert read(tmp_path, text).stated().get("dropout") == share
