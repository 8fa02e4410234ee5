import numpy as np
import tensorflow as tf
from tensorflow.keras import layers, models


def observed_mse(y_true, y_pred):
    mask = tf.cast(tf.not_equal(y_true, 0.0), tf.float32)
    err = tf.reduce_sum(tf.square((y_true - y_pred) * mask), axis=1)
    count = tf.reduce_sum(mask, axis=1)
    return tf.math.divide_no_nan(err, count)


R = np.load("ratings.npy").astype("float32") / 5.0
rng = np.random.default_rng(21)
rows = rng.permutation(len(R))
train, valid = R[rows[2000:]], R[rows[:2000]]

auto = models.Sequential(
    [
        layers.Dense(256, activation="selu", kernel_initializer="lecun_normal"),
        layers.Dropout(0.5),
        layers.Dense(64, activation="selu", kernel_initializer="lecun_normal"),
        layers.Dense(256, activation="selu", kernel_initializer="lecun_normal"),
        layers.Dense(R.shape[1]),
    ]
)
auto.compile(optimizer=tf.keras.optimizers.Adam(1e-3), loss=observed_mse)
auto.fit(train, train, batch_size=128, epochs=60, validation_data=(valid, valid))
