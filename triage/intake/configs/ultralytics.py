"""Arguments of an Ultralytics run, ``args.yaml``, and its data set, ``data.yaml``.

(Ultralytics' documentation, "Configuration"; ``engine/trainer.py`` for what follows from them). With
``optimizer: auto`` the program chooses optimizer, rate and momentum itself, and with the others it takes ``momentum``
for Adam's beta1. The rate falls linearly, or as a cosine with ``cos_lr``, to ``lrf`` times itself, and gradients are
added up until about ``nbs`` samples are through.
"""

from __future__ import annotations

from collections.abc import Iterator

from triage.intake.configs import saying
from triage.intake.configs.saying import Item, sets
from triage.intake.configs.source import told_of
from triage.intake.configs.structured import Document, Node
from triage.intake.configs.terms import optimizer_of
from triage.intake.found import Stated, Told

__all__ = ["is_arguments", "is_data_set", "read_arguments", "read_data_set"]

_OWN = ("lr0", "lrf", "warmup_epochs", "warmup_momentum", "warmup_bias_lr", "nbs", "close_mosaic", "cos_lr", "mosaic")

_CHANGES = (
    ("hsv_h", "hsv_s", "hsv_v"), ("degrees",), ("translate",), ("scale",), ("shear",), ("perspective",), ("flipud",),
    ("fliplr",), ("bgr",), ("mosaic",), ("mixup",), ("cutmix",), ("copy_paste",),
)  # fmt: skip
"""Kinds of random change with the keys that switch them on."""

_OF_CLASSIFIERS = (("hsv_h", "hsv_s", "hsv_v"), ("scale",), ("flipud",), ("fliplr",), ("erasing",), ("auto_augment",))

_TASKS = {"detect": "detection", "segment": "segmentation", "classify": "classification", "obb": "detection"}
_GAINS = ("box", "cls", "dfl", "obj", "pose", "kobj")

BACKBONE = 10
"""Layers of the backbone of YOLOv8 and its kin, which ``freeze=10`` holds still."""


def is_arguments(document: Document) -> bool:
    """Whether keys stand in it that no other program has together."""
    flat = _flat(document)
    return sum(flat.has(key) for key in _OWN) >= 3 and flat.has("lr0")


def is_data_set(document: Document) -> bool:
    """Whether it names classes beside the folders of the images."""
    names = document.at("names")
    return names is not None and names.size > 1 and (document.has("train") or document.has("nc"))


def read_arguments(document: Document) -> Told:
    """All that the arguments of a run say."""
    return told_of([*document.notes, *_items(_flat(document))])


def read_data_set(document: Document) -> Told:
    """The number of classes, against the names that they have."""
    count, names = document.at("nc"), document.at("names")
    held = len(names.mapping or names.items) if names is not None else 0
    if count is None or count.number is None or names is None or not held:
        return Told(notes=document.notes)
    place = document.place(count)
    message = f"{count.number:g} classes are configured, {held} are named."
    if count.number == held:
        found = sets("compare_class_counts", "agree", message, place, 0.9)
    else:
        state = "config_has_more" if count.number > held else "labels_out_of_range"
        found = sets("compare_class_counts", state, message, place, 0.95)
    return told_of([*document.notes, *saying.number(document, "classes", count), found])


def _flat(document: Document) -> Document:
    """The file with the hyper-parameters that YOLOv5 keeps under ``hyp`` beside the rest."""
    inner = document.root.mapping.get("hyp")
    if inner is None or not inner.mapping:
        return document
    root = Node({**inner.mapping, **document.root.mapping}, document.root.line, document.root.size + inner.size)
    return Document(root, document.source, document.notes)


def _items(document: Document) -> Iterator[Item]:
    yield from saying.numbers(
        document, {"weight_decay": ("weight_decay",), "epochs": ("epochs",), "batch_size": ("batch", "batch_size")}
    )
    yield from _optimizer(document)
    yield from _schedule(document)
    yield from _accumulation(document)
    yield from _augmentations(document)
    yield from _network(document)
    yield from _start(document)
    yield from _hardware(document)
    first = document.place(document.at("lr0") or document.root)
    yield sets("framework", "pytorch", "The arguments are those of Ultralytics, which runs on PyTorch.", first)
    yield sets("gradients_reset", "reset_each_update", "Ultralytics resets the gradients.", first, 0.95)


def _optimizer(document: Document) -> Iterator[Item]:
    named, momentum = document.at("optimizer"), document.at("momentum")
    word = named.word.lower() if named is not None and named.word else ""
    if word == "auto":
        yield "The optimizer is chosen by Ultralytics (optimizer: auto), so lr0 and momentum do not count."
        return
    yield from saying.number(document, "learning_rate", document.at("lr0"))
    adam = document.at("adam")
    if named is None and adam is not None and adam.flag is not None:
        yield Stated("optimizer", "adam" if adam.flag else "sgd", document.place(adam))
        yield from saying.number(document, "beta1" if adam.flag else "momentum", momentum)
        return
    if named is None or optimizer_of(word) is None:
        # The hyper-parameters of YOLOv5 and v7 alone do not say what they are for; SGD is the default there.
        yield from saying.number(document, "momentum", momentum)
        return
    yield from saying.optimizer(document, named)
    adaptive = (optimizer_of(word) or "").startswith(("adam", "nadam", "radam"))
    yield from saying.number(document, "beta1" if adaptive else "momentum", momentum)


def _schedule(document: Document) -> Iterator[Item]:
    last, cosine = document.at("lrf"), document.at("cos_lr")
    shape = cosine if cosine is not None and cosine.flag else last
    if shape is not None and last is not None and last.number is not None:
        yield Stated("schedule", "constant" if last.number == 1 else "decay", document.place(shape))
    warmup, epochs = document.at("warmup_epochs"), document.at("epochs")
    if warmup is None or warmup.number is None or warmup.number < 0:
        return
    if warmup.number == 0:
        yield Stated("warmup_steps", 0, document.place(warmup))
    elif epochs is not None and epochs.number:
        yield Stated("warmup_ratio", min(1.0, warmup.number / abs(epochs.number)), document.place(warmup))


def _accumulation(document: Document) -> Iterator[Item]:
    batch, nominal = document.at("batch", "batch_size"), document.at("nbs")
    size, wanted = (node.number if node is not None else None for node in (batch, nominal))
    if nominal is not None and size is not None and wanted is not None and size >= 1 and wanted >= 1:
        yield Stated("accumulation_steps", max(round(wanted / size), 1), document.place(nominal))


def _augmentations(document: Document) -> Iterator[Item]:
    task = document.at("task")
    kinds = _OF_CLASSIFIERS if task is not None and task.word == "classify" else _CHANGES
    on = [node for keys in kinds if (node := _first_on(document, keys)) is not None]
    present = document.at(*(key for keys in kinds for key in keys))
    if present is not None:
        yield Stated("augmentations", len(on), document.place(on[0] if on else present))


def _first_on(document: Document, keys: tuple[str, ...]) -> Node | None:
    return next((node for key in keys if (node := document.at(key)) is not None and not node.off), None)


def _network(document: Document) -> Iterator[Item]:
    task = document.at("task")
    kind = _TASKS.get(task.word or "") if task is not None else None
    if task is not None and kind is not None:
        yield sets("task", kind, f"The task is {task.word}.", document.place(task))
    model = document.at("model", "weights", "cfg")
    name = (model.word or "").lower() if model is not None else ""
    if model is not None and "yolo" in name and "rtdetr" not in name:
        yield sets("network_kind", "convolutional", "The network is a YOLO.", document.place(model), 0.93)
    gains = [node for key in _GAINS if (node := document.at(key)) is not None and not node.off]
    if len(gains) > 1 and kind != "classification":
        yield Stated("loss_terms", len(gains), document.place(gains[0]))
    yield from saying.number(document, "dropout", document.at("dropout") if kind == "classification" else None)


def _start(document: Document) -> Iterator[Item]:
    resume = document.root.mapping.get("resume")
    if resume is not None:
        message = "No run is resumed." if resume.off else "A run is resumed."
        yield sets("start_point", "fresh" if resume.off else "resumed", message, document.place(resume), 0.95)
    model, pretrained = document.at("model", "weights"), document.root.mapping.get("pretrained")
    name = (model.word or "").lower() if model is not None else ""
    if model is not None and name.endswith((".pt", ".pth")):
        message = "Training starts from weights that are loaded."
        yield sets("initialization", "pretrained", message, document.place(model), 0.95)
    elif pretrained is not None and (pretrained.word or "").endswith((".pt", ".pth")):
        message = "Training starts from weights that are loaded."
        yield sets("initialization", "pretrained", message, document.place(pretrained), 0.95)
    elif model is not None and name.endswith((".yaml", ".yml")):
        message = "The network is built from its description alone, without weights."
        yield sets("initialization", "framework_default", message, document.place(model), 0.9)
    frozen = document.root.mapping.get("freeze")
    if frozen is None:
        return
    layers = max([node.number or 0.0 for node in frozen.items], default=frozen.number or 0.0)
    layers = layers + 1 if frozen.items else layers
    if layers >= BACKBONE:
        message = f"The first {layers:g} layers are frozen."
        yield sets("trained_part", "head_or_adapter_only", message, document.place(frozen), 0.9)
    elif layers == 0:
        yield sets("trained_part", "everything", "No layer is frozen.", document.place(frozen), 0.93)


def _hardware(document: Document) -> Iterator[Item]:
    device, amp = document.at("device"), document.at("amp")
    word = str(device.value).strip().lower() if device is not None and not device.items else ""
    if device is not None and word in ("cpu", "mps"):
        state = "cpu" if word == "cpu" else "mps_tpu_or_other"
        yield sets("devices", state, f"The device is {word}.", document.place(device))
    elif device is not None and (device.items or word):
        several = len(device.items) or len([part for part in word.split(",") if part.strip()])
        if device.items or word.replace(",", "").replace(" ", "").isdecimal():
            yield Stated("devices", max(several, 1), document.place(device))
    if amp is None or amp.flag is None:
        return
    if amp.flag is False:
        yield sets("precision", "fp32", "Mixed precision is switched off.", document.place(amp), 0.95)
    elif word not in ("cpu", "mps"):
        # It is left off on cards that fail the program's own test of it.
        yield sets("precision", "fp16_amp", "Mixed precision is switched on.", document.place(amp), 0.93)
