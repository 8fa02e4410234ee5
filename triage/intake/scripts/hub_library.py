"""What calls of Hugging Face yield: pretrained networks, data sets, trainers ("Transformers", documentation)."""

from __future__ import annotations

from triage.intake.scripts.corpora import loaded_corpus
from triage.intake.scripts.torch_library import torch_call
from triage.intake.scripts.trace import Call, Run
from triage.intake.scripts.values import Known, Model, Table, Unknown, Value, text

__all__ = ["TRAINERS", "hub_call"]

TRAINERS = frozenset({"transformers.Trainer", "transformers.Seq2SeqTrainer", "trl.SFTTrainer"})
"""Classes that make the loop themselves."""

_ARGUMENTS = frozenset({"TrainingArguments", "Seq2SeqTrainingArguments", "SFTConfig"})

_BASES = (
    "bert-base-", "bert-large-", "distilbert-base-", "roberta-base", "roberta-large", "distilroberta-base",
    "albert-base-", "xlm-roberta-base", "xlm-roberta-large", "deberta-v3-", "deberta-base", "electra-base-",
    "electra-small-",
)  # fmt: skip
"""Checkpoints of which the head is new, so that it has two classes where no number is given."""

_TUNED = ("finetun", "fine-tun", "sst", "mnli", "squad", "sentiment", "emotion", "ner", "conll")


def hub_call(run: Run, name: str, call: Call) -> Value | None:
    """What a call yields; None where nothing is known of it."""
    last = name.rsplit(".", 1)[-1]
    if name == "datasets.load_dataset":
        return loaded_corpus(call)
    if name in TRAINERS:
        run.happens("trainer", call.spot, None, call=call)
        return Unknown("trainer", run.tick())
    if last in _ARGUMENTS:
        run.happens("trainer_arguments", call.spot, None, call=call)
        return Table(dict(call.named), name="training_arguments")
    if last == "from_pretrained" and name.startswith("transformers."):
        return _pretrained(run, name.split(".")[-2], call)
    return torch_call(run, name, call) if name.startswith("transformers.") else None


def _pretrained(run: Run, made_of: str, call: Call) -> Value:
    if made_of.endswith("Config"):
        return Table(dict(call.named), name="config")
    if "Model" not in made_of and "For" not in made_of:
        return Unknown("tokenizer", run.tick())
    model = Model("ready", made_of, "pytorch", call.spot, pretrained=True, born=run.tick())
    if (kind := call.get(-1, "torch_dtype", "dtype")) is not None:
        run.happens(
            "cast",
            call.spot_of("torch_dtype" if "torch_dtype" in call.named else "dtype"),
            model,
            name="from_pretrained",
            args=[kind],
        )
    config = call.named.get("config")
    given = config.values if isinstance(config, Table) else {}
    labels = call.named.get("num_labels", given.get("num_labels"))
    if made_of.endswith(("ForSequenceClassification", "ForImageClassification")):
        if labels is None and not ({"id2label", "label2id", "config"} & set(call.named)) and _is_base(call.get(0)):
            labels = Known(2)
        if labels is not None:
            model.attributes["num_labels"] = labels
    return model


def _is_base(value: Value) -> bool:
    name = (text(value) or "").rsplit("/", 1)[-1].lower()
    return name.startswith(_BASES) and not any(word in name for word in _TUNED)
