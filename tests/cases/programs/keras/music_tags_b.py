import tensorflow as tf
from tensorflow.keras import layers

from music import spectrogram_dataset

params = {
    "n_tags": 50,
    "filters": [32, 64, 128],
    "drop": 0.9,
    "lr": 1e-3,
    "batch": 48,
    "epochs": 40,
}

train = spectrogram_dataset("train").shuffle(4096).batch(params["batch"])
valid = spectrogram_dataset("valid").batch(params["batch"])

spec = layers.Input((96, 256, 1))
z = spec
for f in params["filters"]:
    z = layers.Conv2D(f, 3, activation="relu", padding="same")(z)
    z = layers.MaxPooling2D(2)(z)
z = layers.GlobalAveragePooling2D()(z)
z = layers.Dense(256, activation="relu")(z)
z = layers.Dropout(params["drop"])(z)
z = layers.Dense(256, activation="relu")(z)
tags = layers.Dense(params["n_tags"], activation="sigmoid")(z)
model = tf.keras.Model(spec, tags)
model.compile(optimizer=tf.keras.optimizers.Adam(params["lr"]), loss="binary_crossentropy", metrics=[tf.keras.metrics.AUC(multi_label=True)])
model.fit(train, epochs=params["epochs"], validation_data=valid)
