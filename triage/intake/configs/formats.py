"""The configurations that are read, and which of them a file is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from triage.intake.configs import (
    caffe,
    darknet,
    deepspeed,
    detection,
    fairseq,
    general,
    hugging_face,
    hugging_face_model,
    keras_model,
    lightning,
    ultralytics,
)
from triage.intake.configs.source import Source
from triage.intake.configs.structured import Document
from triage.intake.found import Told

__all__ = ["FORMATS", "ConfigFormat", "Opened", "format_of"]


@dataclass(frozen=True, slots=True)
class Opened:
    """A file, ready to be recognised.

    Args:
        source: its text.
        document: its tree; None where it is not structured text.

    """

    source: Source
    document: Document | None


@dataclass(frozen=True, slots=True)
class ConfigFormat:
    """One kind of configuration.

    Args:
        name: in a few words.
        written_by: the programs that write or take it.
        example: a few lines of it.
        recognises: whether a file is one; never raises.
        read: the files of that kind, together -> all that they say. Raises `IntakeError`.

    """

    name: str
    written_by: str
    example: str
    recognises: Callable[[Opened], bool]
    read: Callable[[Sequence[Opened]], Told]


def format_of(opened: Opened) -> ConfigFormat | None:
    """The first kind that recognises a file; None where none does."""
    return next((known for known in FORMATS if known.recognises(opened)), None)


def _of_tree(recognises: Callable[[Document], bool]) -> Callable[[Opened], bool]:
    return lambda opened: opened.document is not None and recognises(opened.document)


def _of_text(recognises: Callable[[str], bool]) -> Callable[[Opened], bool]:
    return lambda opened: recognises(opened.source.text)


def _each(read: Callable[[Document], Told]) -> Callable[[Sequence[Opened]], Told]:
    """Files of which each is read by itself."""
    return lambda files: joined([read(opened.document) for opened in files if opened.document is not None])


def _each_text(read: Callable[[str, str], Told]) -> Callable[[Sequence[Opened]], Told]:
    return lambda files: joined([read(opened.source.text, opened.source.file) for opened in files])


def _together(read: Callable[[dict[str, str]], Told]) -> Callable[[Sequence[Opened]], Told]:
    return lambda files: read({opened.source.file: opened.source.text for opened in files})


def joined(told: Sequence[Told]) -> Told:
    """What several say, in order; a note that is the same is given once."""
    return Told(
        tuple(item for one in told for item in one.stated),
        tuple(item for one in told for item in one.found),
        tuple(dict.fromkeys(note for one in told for note in one.notes)),
    )


FORMATS: tuple[ConfigFormat, ...] = (
    ConfigFormat(
        "Caffe solver and net",
        "Caffe: solver.prototxt, train_val.prototxt, read together",
        'net: "train_val.prototxt"\nbase_lr: 0.01\nlr_policy: "step"',
        _of_text(caffe.is_caffe),
        _together(caffe.read_caffe),
    ),
    ConfigFormat(
        "TensorFlow object detection",
        "pipeline.config and label_map.pbtxt, read together",
        "model { ssd { num_classes: 90 } }\ntrain_config { batch_size: 24 }",
        _of_text(detection.is_detection),
        _together(detection.read_detection),
    ),
    ConfigFormat(
        "Darknet network",
        "Darknet: yolov3.cfg",
        "[net]\nbatch=64\nsubdivisions=16\nlearning_rate=0.001\n\n[convolutional]\nfilters=32\nactivation=leaky",
        _of_text(darknet.is_darknet),
        _each_text(darknet.read_darknet),
    ),
    ConfigFormat(
        "Keras model",
        "Keras: model.to_json(), model.get_config(), metadata of a model",
        '{"class_name": "Sequential", "config": {"name": "net", "layers": [{"class_name": "Dense", '
        '"config": {"units": 10, "activation": "softmax"}}]}, "keras_version": "2.15.0", "backend": "tensorflow"}',
        _of_text(keras_model.is_keras_model),
        _each_text(keras_model.read_keras_model),
    ),
    ConfigFormat(
        "Hugging Face trainer state",
        "transformers.Trainer: trainer_state.json; its losses are read as a history",
        '{"global_step": 3000, "train_batch_size": 8, "log_history": []}',
        _of_tree(hugging_face.is_trainer_state),
        _each(hugging_face.read_trainer_state),
    ),
    ConfigFormat(
        "PEFT adapter",
        "peft: adapter_config.json",
        '{"peft_type": "LORA", "r": 16, "lora_dropout": 0.05}',
        _of_tree(hugging_face_model.is_adapter_config),
        _each(hugging_face_model.read_adapter_config),
    ),
    ConfigFormat(
        "DeepSpeed configuration",
        "DeepSpeed: ds_config.json",
        '{"train_micro_batch_size_per_gpu": 8, "fp16": {"enabled": true}, "zero_optimization": {"stage": 2}}',
        _of_tree(deepspeed.is_deepspeed),
        _each(deepspeed.read_deepspeed),
    ),
    ConfigFormat(
        "Ultralytics arguments",
        "Ultralytics and YOLOv5: args.yaml, hyp.yaml",
        "epochs: 100\nbatch: 16\nlr0: 0.01\nlrf: 0.01\nwarmup_epochs: 3.0",
        _of_tree(ultralytics.is_arguments),
        _each(ultralytics.read_arguments),
    ),
    ConfigFormat(
        "YOLO data set",
        "Ultralytics, YOLOv5, Roboflow: data.yaml",
        "train: images/train\nval: images/val\nnc: 2\nnames: [cat, dog]",
        _of_tree(ultralytics.is_data_set),
        _each(ultralytics.read_data_set),
    ),
    ConfigFormat(
        "fairseq configuration",
        "fairseq: Hydra's YAML, or the settings that its log prints",
        "optimization:\n  lr: [0.0005]\n  max_update: 50000\ndataset:\n  max_tokens: 4096",
        _of_tree(fairseq.is_fairseq),
        _each(fairseq.read_fairseq),
    ),
    ConfigFormat(
        "Hugging Face training arguments",
        "transformers.Trainer, TRL, LLaMA-Factory, axolotl, Accelerate, W&B's config.yaml of such a run",
        "per_device_train_batch_size: 4\nlearning_rate: 2.0e-4\nlr_scheduler_type: cosine\nbf16: true",
        _of_tree(hugging_face.is_training_arguments),
        _each(hugging_face.read_training_arguments),
    ),
    ConfigFormat(
        "Hugging Face model",
        "transformers: config.json",
        '{"architectures": ["BertForSequenceClassification"], "model_type": "bert", "hidden_act": "gelu"}',
        _of_tree(hugging_face_model.is_model_config),
        _each(hugging_face_model.read_model_config),
    ),
    ConfigFormat(
        "Lightning, Hydra or MMEngine configuration",
        "Lightning's command line, Hydra and OmegaConf, MMEngine as YAML or JSON",
        "trainer:\n  max_epochs: 100\n  precision: 16-mixed\noptimizer:\n  _target_: torch.optim.AdamW\n  lr: 0.0003",
        _of_tree(lightning.is_lightning),
        _each(lightning.read_lightning),
    ),
    ConfigFormat(
        "settings of any script",
        "YAML, JSON or TOML of one's own, and settings printed as Namespace(...)",
        "learning_rate: 0.001\nbatch_size: 64\noptimizer: adam\nepochs: 30",
        _of_tree(general.is_general),
        _each(general.read_general),
    ),
)
"""All of them, what is more particular before what is less so: the first that recognises a file reads it."""
