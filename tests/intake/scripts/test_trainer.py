"""Programs that leave the loop to the Trainer of Hugging Face."""

import pytest

from tests.intake.scripts.reading import read

PROGRAM = """from datasets import load_dataset
from transformers import AutoModelForSequenceClassification, AutoTokenizer, Trainer, TrainingArguments

tok = AutoTokenizer.from_pretrained("bert-base-cased")
raw = load_dataset("{data}")
ds = raw.map(lambda batch: {mapped}, batched=True)
model = AutoModelForSequenceClassification.from_pretrained("{checkpoint}"{labels})
args = TrainingArguments(
    "out",
{fields}
)
trainer = Trainer(model=model, args=args, train_dataset=ds["train"].shuffle(seed=1), eval_dataset=ds["test"])
trainer.train()
"""
FIELDS = ("learning_rate=2e-5", "per_device_train_batch_size=16", "num_train_epochs=3", "weight_decay=0.01")


def program(
    *fields,
    data="ag_news",
    labels=", num_labels=4",
    checkpoint="bert-base-cased",
    mapped='tok(batch["text"], truncation=True)',
):
    lines = "\n".join(f"    {field}," for field in fields)
    return PROGRAM.format(data=data, labels=labels, checkpoint=checkpoint, mapped=mapped, fields=lines)


def test_the_arguments_are_stated_each_in_its_line(tmp_path):
    more = ("warmup_ratio=0.1", "gradient_accumulation_steps=4", "max_grad_norm=1.0", 'lr_scheduler_type="cosine"')
    reading = read(tmp_path, program(*FIELDS, *more))
    assert reading.stated() == {
        "learning_rate": 2e-5, "batch_size": 16, "epochs": 3, "weight_decay": 0.01, "warmup_ratio": 0.1,
        "accumulation_steps": 4, "clip_norm": 1.0, "optimizer": "adamw", "schedule": "decay",
    }  # fmt: skip
    assert {one.name: one.place.line for one in reading.told.stated}["learning_rate"] == 10
    assert reading.state("initialization") == "pretrained"
    assert reading.state("gradients_reset") == "reset_each_update"


def test_what_is_not_given_is_as_the_trainer_has_it(tmp_path):
    stated = read(tmp_path, program()).stated()
    assert stated == {"learning_rate": 5e-5, "weight_decay": 0.0, "optimizer": "adamw", "schedule": "decay"}


def test_an_optimizer_of_ones_own_takes_the_place_of_the_arguments(tmp_path):
    text = program(*FIELDS).replace("args=args,", "args=args, optimizers=(make_optimizer(model), None),")
    assert read(tmp_path, text).stated() == {"batch_size": 16, "epochs": 3}


@pytest.mark.parametrize(
    ("labels", "state"),
    [
        (", num_labels=2", "labels_out_of_range"),
        ("", "labels_out_of_range"),
        (", num_labels=9", "config_has_more"),
        (", num_labels=4", "agree"),
    ],
)
def test_the_classes_of_the_network_against_those_of_the_data(tmp_path, labels, state):
    assert read(tmp_path, program(labels=labels)).shows("compare_class_counts", "from_pretrained") == state


@pytest.mark.parametrize(
    "changes",
    [
        {"labels": ", num_labels=len(names)"},
        {"labels": ", num_labels=2", "mapped": '{"labels": [y > 1 for y in batch["label"]]}'},
        {"labels": ", num_labels=2", "data": "someone/their_own_news"},
        {"labels": "", "checkpoint": "someone/news-of-four-kinds"},
        {"labels": ", num_labels=1"},
    ],
    ids=["counted", "labels made anew", "unknown data", "a tuned checkpoint", "regression"],
)
def test_classes_that_are_not_told_are_no_fault(tmp_path, changes):
    assert read(tmp_path, program(*FIELDS, **changes)).faults() == {}


def test_a_trainer_of_the_programs_own(tmp_path):
    text = program(*FIELDS, labels=", num_labels=2").replace(
        "trainer = Trainer(",
        "class Own(Trainer):\n    def compute_loss(self, model, inputs, return_outputs=False):\n"
        "        return super().compute_loss(model, inputs, return_outputs)\n\ntrainer = Own(",
    )
    assert read(tmp_path, text).state("compare_class_counts") == "labels_out_of_range"
