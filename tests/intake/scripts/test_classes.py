"""How many classes the labels have, and which numbers stand for them, against the units of the last layer."""

import pytest

from tests.intake.scripts.pytorch_programs import DIGITS
from tests.intake.scripts.reading import changed, read

NET = DIGITS[DIGITS.index("class Net") : DIGITS.index("steps = ")]
READY = "CLASSES = 100\n{}\n\n\ndef Net():\n    return net\n\n\n"


@pytest.mark.parametrize(
    ("lines", "words", "state"),
    [
        ("from torchvision.models import resnet18\nnet = resnet18(weights=None, num_classes=CLASSES)", "resnet18(", 1),
        ("from torchvision.models import resnet18\nnet = resnet18(num_classes=10)", "resnet18(", 0),
        ("import timm\nnet = timm.create_model('vit_tiny', num_classes=CLASSES)", "create_model", 1),
        ("import timm\nnet = timm.create_model('vit_tiny', num_classes=0)", "", None),
        ("import torchvision\nnet = torchvision.models.resnet18()", "", None),
        ("import torchvision\nnet = torchvision.models.resnet18()\nnet.fc = nn.Linear(512, CLASSES)", "net.fc", 1),
        ("import timm\nnet = timm.create_model('vit', num_classes=9)\nnet.head = nn.Linear(8, 10)", "net.head", 0),
        (
            "import torchvision\nnet = torchvision.models.vgg16()\nnet.classifier[6] = nn.Linear(4096, CLASSES)",
            "net.classifier",
            1,
        ),
        (
            "import torchvision\nnet = torchvision.models.vit_b_16()\nnet.heads.head = nn.Linear(768, CLASSES)",
            "net.heads",
            1,
        ),
        (
            "import torchvision\nnet = torchvision.models.resnet18()\n"
            "net.fc = nn.Sequential(nn.Linear(512, 64), nn.ReLU(), nn.Linear(64, CLASSES))",
            "net.fc",
            1,
        ),
        ("import torchvision\nnet = torchvision.models.resnet18()\nnet.fc = nn.Identity()", "", None),
        ("import torchvision\nnet = torchvision.models.resnet18(num_classes=many())", "", None),
    ],
)  # fmt: skip
def test_the_head_of_a_network_that_a_library_has_ready(tmp_path, lines, words, state):
    reading = read(tmp_path, changed(DIGITS, (NET, READY.format(lines))))
    told = reading.shows("compare_class_counts", words) if words else reading.state("compare_class_counts")
    assert told == (None if state is None else "config_has_more" if state else "agree")


@pytest.mark.parametrize(("units", "state"), [(10, "agree"), (100, "config_has_more"), (7, "labels_out_of_range")])
def test_an_application_of_keras_with_classes_of_its_own(tmp_path, units, state):
    text = f"""from tensorflow import keras
(x, y), _ = keras.datasets.cifar10.load_data()
model = keras.applications.ResNet50(weights=None, input_shape=(32, 32, 3), classes={units})
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x / 255, y, epochs=9)
"""
    assert read(tmp_path, text).shows("compare_class_counts", "ResNet50") == state
