import json

import numpy as np
import tensorflow as tf

with open("settings.json") as f:
    settings = json.load(f)

N_LAYERS = 14
UNITS = 60

blob = np.load(settings["file"])
mean, std = blob["train_x"].mean(0), blob["train_x"].std(0) + 1e-7
train_x, valid_x = (blob["train_x"] - mean) / std, (blob["valid_x"] - mean) / std

model = tf.keras.models.Sequential()
model.add(tf.keras.layers.InputLayer(shape=(train_x.shape[1],)))
for _ in range(N_LAYERS):
    model.add(tf.keras.layers.Dense(UNITS, activation="relu", kernel_initializer="he_normal"))
model.add(tf.keras.layers.Dense(1))

model.compile(optimizer=tf.keras.optimizers.SGD(learning_rate=0.01, momentum=0.9), loss="mae")
model.fit(train_x, blob["train_y"], epochs=80, batch_size=64, validation_data=(valid_x, blob["valid_y"]))
