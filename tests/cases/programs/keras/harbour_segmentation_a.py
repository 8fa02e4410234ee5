from pathlib import Path

import keras
import numpy as np
from keras import layers
from keras.utils import PyDataset

KINDS = ["water", "quay", "ship", "crane", "container", "vehicle"]  # labels 1 to 6; 0 is whatever is left
N_CLASSES = len(KINDS) + 1
SIZE = 128


class Harbour(PyDataset):
    def __init__(self, names, batch, mix, **kw):
        super().__init__(**kw)
        self.names, self.batch, self.mix = np.array(names), batch, mix
        self.on_epoch_end()

    def __len__(self):
        return int(np.ceil(len(self.names) / self.batch))

    def __getitem__(self, k):
        tiles = [np.load(n) for n in self.names[k * self.batch : (k + 1) * self.batch]]
        image = np.stack([t["rgb"] for t in tiles]).astype("float32") / 255.0
        label = np.stack([t["label"] for t in tiles]).astype("int32")
        assert label.max() <= 6
        return image, label

    def on_epoch_end(self):
        if self.mix:
            np.random.shuffle(self.names)


def down(x, f):
    x = layers.Conv2D(f, 3, padding="same", activation="relu")(x)
    x = layers.Conv2D(f, 3, padding="same", activation="relu")(x)
    return x, layers.MaxPooling2D(2)(x)


def up(x, skip, f):
    x = layers.UpSampling2D(2, interpolation="bilinear")(x)
    x = layers.Concatenate()([x, skip])
    return layers.Conv2D(f, 3, padding="same", activation="relu")(x)


image = keras.Input((SIZE, SIZE, 3))
s1, x = down(image, 24)
s2, x = down(x, 48)
x = layers.Conv2D(96, 3, padding="same", activation="relu")(x)
x = up(x, s2, 48)
x = up(x, s1, 24)
scores = layers.Conv2D(N_CLASSES, 1)(x)
model = keras.Model(image, scores)

tiles = sorted(map(str, Path("harbour").glob("*.npz")))
held = [t for t in tiles if "_rotterdam_" in t]
rest = [t for t in tiles if "_rotterdam_" not in t]
model.compile(
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    optimizer=keras.optimizers.Adam(5e-4),
    metrics=["accuracy"],
)
model.fit(Harbour(rest, 12, True), validation_data=Harbour(held, 12, False), epochs=30)
model.save_weights("harbour.weights.h5")
