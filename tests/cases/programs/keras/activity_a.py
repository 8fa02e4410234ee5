import os

import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

ACTIVITIES = ["walk", "stairs_up", "stairs_down", "sit", "stand", "lie"]


def read_split(split):
    xs, ys = [], []
    for k, name in enumerate(ACTIVITIES):
        part = np.load(os.path.join("har", split, name + ".npy"))
        xs.append(part)
        ys.append(np.full(len(part), k))
    return np.concatenate(xs), np.concatenate(ys)


x_train, y_train = read_split("train")
x_valid, y_valid = read_split("valid")
mu, sigma = x_train.mean(axis=(0, 1)), x_train.std(axis=(0, 1))
x_train, x_valid = (x_train - mu) / sigma, (x_valid - mu) / sigma

model = keras.Sequential(
    [
        keras.Input(shape=x_train.shape[1:]),
        layers.Conv1D(64, 5, activation="relu"),
        layers.MaxPooling1D(),
        layers.LSTM(64),
        layers.Dense(len(ACTIVITIES), activation="softmax"),
    ]
)
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(
    x_train,
    y_train,
    batch_size=64,
    epochs=30,
    shuffle=False,
    validation_data=(x_valid, y_valid),
)
