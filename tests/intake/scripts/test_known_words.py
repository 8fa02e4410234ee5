"""Classes of tables of seaborn, which encoders number."""

import pytest

from tests.intake.scripts.reading import read

PROGRAM = """import pandas as pd
import seaborn as sns
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import LabelEncoder, StandardScaler
from tensorflow import keras
from tensorflow.keras import layers

table = sns.load_dataset("{name}").dropna()
{labels}
x = pd.get_dummies(table.drop(columns=["species"])).astype("float32")
x_train, x_test, y_train, y_test = train_test_split(x, y, stratify=y)
x_train = StandardScaler().fit_transform(x_train)
model = keras.Sequential([layers.Dense(16, activation="relu"), layers.Dense({units})])
model.compile(loss="{loss}", optimizer="adam")
model.fit(x_train, y_train, epochs=100)
"""
FINDING, OUTSIDE = "compare_class_counts", "labels_out_of_range"
ENCODED = 'y = LabelEncoder().fit_transform(table["species"])'
ONE, THREE = '1, activation="sigmoid"', '3, activation="softmax"'
BINARY, SPARSE = "binary_crossentropy", "sparse_categorical_crossentropy"


def program(name="penguins", labels=ENCODED, units=ONE, loss=BINARY):
    return PROGRAM.format(name=name, labels=labels, units=units, loss=loss)


@pytest.mark.parametrize("name", ["penguins", "iris"])
def test_three_kinds_and_one_unit(tmp_path, name):
    assert read(tmp_path, program(name)).state(FINDING) == OUTSIDE


@pytest.mark.parametrize(
    "changes",
    [
        {"units": THREE, "loss": SPARSE},
        {"labels": 'y = (table["species"] == "Gentoo").astype(int)'},
        {"labels": 'y = table["species"].eq("Gentoo").astype(int)'},
        {"labels": 'y = table["species"].map({"Gentoo": 1, "Adelie": 0, "Chinstrap": 0})'},
        {"labels": f'table = table[table["species"] != "Gentoo"]\n{ENCODED}'},
        {"labels": f"table = table.query(\"species != 'Gentoo'\")\n{ENCODED}"},
        {"labels": f'table = table[table["species"].isin(["Adelie", "Gentoo"])]\n{ENCODED}'},
        {"labels": f"table = table.iloc[:100]\n{ENCODED}"},
        {"labels": 'y = LabelEncoder().fit_transform(table["sex"])'},
        {"name": "titanic"},
    ],
)
def test_kinds_that_fit_the_units_or_are_not_told(tmp_path, changes):
    assert read(tmp_path, program(**changes)).state(FINDING) != OUTSIDE
