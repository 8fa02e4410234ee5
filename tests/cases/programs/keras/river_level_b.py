"""Level of the river in 12 hours from two days of gauges and rain upstream."""
import os

import numpy as np
import tensorflow as tf

PAST, AHEAD, BATCH = 48, 12, 64
GAUGES = os.getenv("GAUGES", "gauges.npy")


def prepare(path):
    series = np.load(path).astype("float32")
    n_train = int(len(series) * 0.75)
    mu, sigma = series[:n_train].mean(axis=0), series[:n_train].std(axis=0)
    series = (series - mu) / sigma

    def windows(part, shuffle):
        return tf.keras.utils.timeseries_dataset_from_array(
            part[: -(PAST + AHEAD - 1)],
            part[PAST + AHEAD - 1 :, 0],
            sequence_length=PAST,
            batch_size=BATCH,
            shuffle=shuffle,
        )

    return windows(series[:n_train], True), windows(series[n_train:], False), series.shape[1]


def residual(x, filters, dilation):
    skip = x
    x = tf.keras.layers.Conv1D(filters, 3, padding="causal", dilation_rate=dilation, activation="relu")(x)
    x = tf.keras.layers.LayerNormalization()(x)
    if skip.shape[-1] != filters:
        skip = tf.keras.layers.Conv1D(filters, 1)(skip)
    return tf.keras.layers.Add()([x, skip])


train, valid, channels = prepare(GAUGES)
inputs = tf.keras.Input((PAST, channels))
x = inputs
for dilation in (1, 2, 4, 8):
    x = residual(x, 48, dilation)
outputs = tf.keras.layers.Dense(1)(x[:, -1])
model = tf.keras.Model(inputs, outputs, name="tcn")

rate = tf.keras.optimizers.schedules.ExponentialDecay(
    initial_learning_rate=0.001,
    decay_steps=2000,
    decay_rate=0.9,
)
model.compile(optimizer=tf.keras.optimizers.Nadam(rate), loss="mae", metrics=["mse"])
model.summary()
model.fit(
    train,
    validation_data=valid,
    epochs=40,
    verbose=2,
    callbacks=[tf.keras.callbacks.ModelCheckpoint("river.keras", save_best_only=True)],
)
