import pytest

from tests.intake.configs.configs_written import shown, stated, told_of

ARGUMENTS = {
    "task": "detect", "model": "yolo11n.pt", "epochs": "60", "batch": "16", "device": "'0,1'", "optimizer": "SGD",
    "pretrained": "true", "resume": "false", "amp": "true", "freeze": "null", "cos_lr": "false", "lr0": "0.01",
    "lrf": "0.01", "momentum": "0.937", "weight_decay": "0.0005", "warmup_epochs": "3.0", "nbs": "64", "box": "7.5",
    "cls": "0.5", "dfl": "1.5", "hsv_h": "0.015", "hsv_s": "0.7", "degrees": "0.0", "fliplr": "0.5", "mosaic": "1.0",
    "mixup": "0.0", "dropout": "0.0",
}  # fmt: skip


def read(folder, **changed):
    text = "".join(f"{key}: {value}\n" for key, value in (ARGUMENTS | changed).items() if value)
    return told_of(folder, text, "args.yaml")


def test_arguments_are_read(tmp_path):
    told = read(tmp_path)
    assert stated(told) == {
        "weight_decay": 0.0005,
        "epochs": 60,
        "batch_size": 16,
        "learning_rate": 0.01,
        "optimizer": "sgd",
        "momentum": 0.937,
        "schedule": "decay",
        "warmup_ratio": 0.05,
        "accumulation_steps": 4,
        "augmentations": 3,
        "loss_terms": 3,
        "devices": 2,
    }
    assert shown(told) == {
        "task": "detection",
        "network_kind": "convolutional",
        "start_point": "fresh",
        "initialization": "pretrained",
        "trained_part": "everything",
        "precision": "fp16_amp",
        "framework": "pytorch",
        "gradients_reset": "reset_each_update",
    }


def test_what_the_program_chooses_itself_is_not_stated(tmp_path):
    told = read(tmp_path, optimizer="auto")
    assert not {"learning_rate", "momentum", "optimizer"} & stated(told).keys()
    assert told.notes == (
        "The optimizer is chosen by Ultralytics (optimizer: auto), so lr0 and momentum do not count.",
    )


def test_adam_takes_momentum_for_its_beta1(tmp_path):
    told = stated(read(tmp_path, optimizer="AdamW"))
    assert told["beta1"] == 0.937
    assert "momentum" not in told


def test_a_batch_that_is_fitted_to_the_card_is_not_stated(tmp_path):
    told = stated(read(tmp_path, batch="-1"))
    assert not {"batch_size", "accumulation_steps"} & told.keys()


@pytest.mark.parametrize(
    ("changed", "finding", "state"),
    [
        ({"resume": "last.pt"}, "start_point", "resumed"),
        ({"model": "yolov8n.yaml"}, "initialization", "framework_default"),
        ({"model": "yolov8n.yaml", "pretrained": "w.pt"}, "initialization", "pretrained"),
        ({"freeze": "10"}, "trained_part", "head_or_adapter_only"),
        ({"freeze": "[0, 1, 2]"}, "trained_part", None),
        ({"amp": "false"}, "precision", "fp32"),
        ({"device": "cpu"}, "precision", None),
        ({"device": "cpu"}, "devices", "cpu"),
        ({"device": "mps"}, "devices", "mps_tpu_or_other"),
        ({"task": "classify"}, "task", "classification"),
        ({"task": "segment"}, "task", "segmentation"),
    ],
)
def test_arguments_show_findings(tmp_path, changed, finding, state):
    assert shown(read(tmp_path, **changed)).get(finding) == state


def test_a_rate_that_ends_where_it_began_is_constant(tmp_path):
    assert stated(read(tmp_path, lrf="1.0"))["schedule"] == "constant"


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("nc: 3\nnames: [a, b, c]\n", "agree"),
        ("nc: 80\nnames: [a]\n", "config_has_more"),
        ("nc: 1\nnames:\n  0: a\n  1: b\n", "labels_out_of_range"),
        ("names: [a, b]\n", None),
    ],
)
def test_classes_are_compared_with_their_names(tmp_path, text, state):
    told = told_of(tmp_path, f"train: a\nval: b\n{text}", "data.yaml")
    assert shown(told).get("compare_class_counts") == state


@pytest.mark.parametrize(("adam", "named"), [("false", "sgd"), ("true", "adam")])
def test_hyper_parameters_that_are_kept_apart_are_read(tmp_path, adam, named):
    text = f"adam: {adam}\nepochs: 6\nbatch_size: 2\nhyp: {{lr0: 0.02, lrf: 0.2, warmup_epochs: 3, mosaic: 1.0}}\n"
    assert stated(told_of(tmp_path, text, "opt.yaml")) == {
        "epochs": 6,
        "batch_size": 2,
        "learning_rate": 0.02,
        "optimizer": named,
        "schedule": "decay",
        "warmup_ratio": 0.5,
        "augmentations": 1,
    }
