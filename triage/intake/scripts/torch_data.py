"""Data sets, loaders and transforms of PyTorch and torchvision ("torch.utils.data", "Transforming images")."""

from __future__ import annotations

from triage.intake.scripts.source import Spot
from triage.intake.scripts.trace import Call, Run
from triage.intake.scripts.values import (
    Data,
    Instance,
    Items,
    Known,
    Loader,
    Table,
    Transforms,
    Unknown,
    Value,
    text,
)

__all__ = ["CLASSES", "torch_data_call"]

CLASSES = {
    "MNIST": 10, "FashionMNIST": 10, "KMNIST": 10, "QMNIST": 10, "USPS": 10, "CIFAR10": 10, "CIFAR100": 100,
    "SVHN": 10, "STL10": 10, "Food101": 101, "Flowers102": 102, "GTSRB": 43, "OxfordIIITPet": 37, "DTD": 47,
    "FGVCAircraft": 100, "Caltech101": 101,
}  # fmt: skip
"""Classes of the data sets of torchvision ("Datasets", documentation of torchvision)."""


_BY_SPLIT = frozenset(
    {
        "SVHN", "STL10", "Flowers102", "Food101", "GTSRB", "DTD", "OxfordIIITPet", "FGVCAircraft", "StanfordCars",
        "PCAM", "RenderedSST2", "FER2013", "Country211", "Imagenette", "ImageNet", "CelebA", "Places365", "EuroSAT",
        "VOCSegmentation", "VOCDetection", "SBDataset", "Cityscapes",
    }
)  # fmt: skip
"""Data sets whose parts are named by `split` or `image_set`."""

_LONG = frozenset({"STL10", "DTD", "OxfordIIITPet", "FGVCAircraft", "ImageNet", "CelebA", "Places365", "Imagenette"})
"""Those of them whose third argument is not the transform."""

_EMNIST = {"byclass": 62, "bymerge": 47, "balanced": 47, "digits": 10, "mnist": 10, "letters": 27}


def torch_data_call(run: Run, name: str, call: Call) -> Value | None:
    """What a call yields; None where nothing is known of it."""
    last = name.rsplit(".", 1)[-1]
    if name.startswith("torchvision.datasets."):
        return _dataset(last, call)
    if name.startswith("torchvision.transforms."):
        return _transforms(name, last, call)
    if last == "DataLoader":
        found = Loader(call.get(0, "dataset"), call.spot, _loader_facts(call))
        data = found.data
        if isinstance(data, Data) and len(data.arrays) > 1:
            found.facts["element"] = Items(list(data.arrays))
        run.happens("loader", call.spot, found)
        return found
    if last == "TensorDataset":
        if len(call.args) > 1:
            run.happens("pair", call.spot, None, x=call.args[0], y=call.args[-1], way=last)
        return Data(last, call.spot, arrays=tuple(call.args))
    if last == "random_split":
        return _split(run, call)
    if last == "Subset":
        base = call.get(0, "dataset")
        return Data(last, call.spot, getattr(base, "split", ""), base=base, part=call.get(1, "indices"),
                    classes=getattr(base, "classes", None))  # fmt: skip
    if last == "ConcatDataset":
        return Data(last, call.spot, base=None, part=call.get(0))
    if last.endswith("Sampler"):
        return Table({"data": call.get(0), **call.named}, name=last)
    return None


def _loader_facts(call: Call) -> dict[str, Value]:
    facts = dict(call.named)
    for position, name in ((1, "batch_size"), (2, "shuffle"), (3, "sampler"), (4, "batch_sampler")):
        if position < len(call.args):
            facts.setdefault(name, call.args[position])
    return facts


def _dataset(last: str, call: Call) -> Value | None:
    if not last[:1].isupper():
        return None
    split = ""
    classes = CLASSES.get(last)
    if last in _BY_SPLIT:
        given = call.get(1, "split", "image_set")
        split = _side(given.value) if isinstance(given, Known) else "train" if given is None else ""
        transform = call.named.get("transform") if last in _LONG else call.get(2, "transform")
    elif last == "EMNIST":
        given = call.named.get("train", Known(True))
        split = ("train" if given.value else "test") if isinstance(given, Known) else ""
        transform = call.named.get("transform")
        classes = _EMNIST.get(text(call.get(1, "split")) or "")
    elif last in ("ImageFolder", "DatasetFolder"):
        transform = call.get(1, "transform")
    else:
        given = call.get(1, "train")
        if given is None:
            split = "train" if last in CLASSES else ""
        elif isinstance(given, Known):
            split = "train" if given.value else "test"
        transform = call.get(2, "transform")
    if {"target_transform", "target_types", "target_type", "annotation_level"} & set(call.named):
        classes = None
    whole = last in ("ImageFolder", "DatasetFolder") and not {"is_valid_file", "loader"} & set(call.named)
    place = call.get(0, "root") if whole else None
    return Data(last, call.spot, split, transform, classes=classes, indexed=last != "VisionDataset", place=place)


def _side(split: object) -> str:
    """Whether the part of a data set is for training or for testing; empty where its name does not say."""
    words = str(split)
    if words.startswith("train"):
        return "train"
    return "test" if words.startswith(("test", "val")) else ""


def _transforms(name: str, last: str, call: Call) -> Value | None:
    if last == "Compose":
        inner = call.get(0, "transforms")
        if not isinstance(inner, Items):
            return Transforms([], whole=False)
        steps: list[tuple[str, list[Value], Spot]] = []
        whole = not inner.open
        for part in inner.values:
            if isinstance(part, Transforms):
                steps += part.steps
                whole = whole and part.whole
            else:
                whole = False
        return Transforms(steps, whole)
    if not last[:1].isupper() or name.endswith(("InterpolationMode", "AutoAugmentPolicy")):
        return None
    inner = call.get(0, "transforms")
    steps = [(last, [*call.args, *call.named.values()], call.spot)]
    if last in ("RandomApply", "RandomChoice", "RandomOrder") and isinstance(inner, Items):
        steps += [step for part in inner.values if isinstance(part, Transforms) for step in part.steps]
    return Transforms(steps, whole=last != "Lambda")


def _split(run: Run, call: Call) -> Value:
    base = call.get(0, "dataset")
    sizes = call.get(1, "lengths")
    parts = len(sizes.values) if isinstance(sizes, Items) else 2
    name = base.name if isinstance(base, Data) else "random_split"
    token = object()
    held = base if isinstance(base, Data | Instance) else Unknown("data", run.tick())
    return Items(
        [
            Data("random_split", call.spot, "", getattr(base, "transform", None), base=held, part=(token, index),
                 classes=getattr(base, "classes", None), indexed=bool(name))
            for index in range(parts)
        ]
    )  # fmt: skip
