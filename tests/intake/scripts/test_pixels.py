"""Numbers from 0 to 255 that reach a network as they are."""

import pytest

from tests.intake.scripts.keras_programs import PICTURES
from tests.intake.scripts.pytorch_programs import ROWS
from tests.intake.scripts.reading import changed, read

SCALED = 'pictures = pictures.astype("float32") / 255.0\ntest_pictures = test_pictures.astype("float32") / 255.0\n'
X = 'x = np.load("x.npy").astype("float32")\n'
BYTES = "x = np.frombuffer(open('images', 'rb').read(), {}, offset=16).reshape(-1, 20)\n"
FOLDER = """from tensorflow import keras
from tensorflow.keras import layers
from keras.preprocessing.image import ImageDataGenerator
train = {}
model = keras.Sequential([
    {}
    layers.Conv2D(8, 3, activation="relu"), layers.Flatten(), layers.Dense(4, activation="softmax")])
model.compile("adam", "categorical_crossentropy")
model.fit(train, epochs=9)
"""
FROM_FOLDER = 'keras.utils.image_dataset_from_directory("train", label_mode="categorical")'


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (BYTES.format("np.uint8"), "frombuffer"),
        (BYTES.format("dtype=np.uint8") + "x = torch.tensor(x, dtype=torch.float32)\n", "torch.tensor"),
        (BYTES.format('"uint8"') + 'x = x.astype("float32")\n', "astype"),
        ("x = np.fromfile('images', dtype=np.uint8).reshape(-1, 20)\n", "fromfile"),
        (
            "from torchvision import datasets\nx = datasets.MNIST('d', train=True).data.view(-1, 784).float()\n",
            ".float()",
        ),
        (
            "from sklearn.datasets import fetch_openml\nx = fetch_openml('mnist_784', as_frame=False).data\n"
            "x = x.astype('float32')\n",
            "astype",
        ),
    ],
)
def test_bytes_that_reach_a_network_unscaled(tmp_path, lines, words):
    assert read(tmp_path, changed(ROWS, (X, lines))).shows("input_scaling", words) == "raw"


@pytest.mark.parametrize(
    "changes",
    [
        [(X, BYTES.format("np.uint8") + "x = x / 255\n")],
        [(X, BYTES.format("np.uint8") + "x = (x - x.mean()) / x.std()\n")],
        [(X, BYTES.format("np.float32"))],
        [(X, BYTES.format("np.int16"))],
        [(X, BYTES.format("kind"))],
        [(X, BYTES.format("np.uint8") + "x = prepared(x)\n")],
        [(X, BYTES.format("np.uint8")), ("net(a)", "net(a / 255)")],
        [(X, BYTES.format("np.uint8")), ("net(a)", "net(prepared(a))")],
        [(X, BYTES.format("np.uint8")), ("nn.Linear(20, 64)", "nn.BatchNorm1d(20), nn.Linear(20, 64)")],
        [(X, BYTES.format("np.uint8")), ("nn.Linear(20, 64)", "nn.Embedding(256, 8), nn.Flatten(), nn.Linear(20, 64)")],
    ],
)
def test_bytes_that_are_scaled_or_may_be_or_are_no_pixels(tmp_path, changes):
    assert read(tmp_path, changed(ROWS, *changes)).state("input_scaling") != "raw"


def test_bytes_that_the_network_divides_itself(tmp_path):
    own = """class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.out = nn.Linear(20, 3)

    def forward(self, x):
        return self.out(x / 255)


net = Net()
"""
    text = changed(ROWS, (X, BYTES.format("np.uint8")), (ROWS[ROWS.index("net = ") : ROWS.index("criterion")], own))
    assert read(tmp_path, text).state("input_scaling") != "raw"


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ('pictures = pictures.astype("float32")\n', "astype"),
        ("pictures = pictures.reshape(-1, 32, 32, 3)\n", "reshape"),
        ("", "load_data"),
    ],
)
def test_the_line_where_pixels_were_last_touched(tmp_path, lines, words):
    assert read(tmp_path, changed(PICTURES, (SCALED, lines))).shows("input_scaling", words) == "raw"


@pytest.mark.parametrize(
    ("data", "layer", "state"),
    [
        (FROM_FOLDER, "", "raw"),
        ('ImageDataGenerator().flow_from_directory("train")', "", "raw"),
        ('ImageDataGenerator(rotation_range=9).flow_from_directory("train")', "", "raw"),
        ('ImageDataGenerator(rescale=1 / 255).flow_from_directory("train")', "", "zero_to_one"),
        (FROM_FOLDER, "layers.Rescaling(1 / 255),", "zero_to_one"),
        (FROM_FOLDER, 'layers.RandomFlip("horizontal"), layers.Rescaling(1 / 255),', "zero_to_one"),
        (f"{FROM_FOLDER}.map(lambda a, b: (a / 255.0, b))", "", "zero_to_one"),
        (f"{FROM_FOLDER}.map(prepared)", "", None),
        (FROM_FOLDER, "layers.Lambda(lambda a: a / 255),", None),
        (FROM_FOLDER, "keras.applications.EfficientNetB0(include_top=False),", None),
        (FROM_FOLDER.replace("image_", "text_"), "", None),
    ],
)
def test_images_of_a_folder(tmp_path, data, layer, state):
    assert read(tmp_path, FOLDER.format(data, layer)).state("input_scaling") == state
