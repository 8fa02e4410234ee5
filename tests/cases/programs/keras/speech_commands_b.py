import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

from commands_data import load_spectrograms

keras.backend.set_floatx("float16")
N = 35
train = load_spectrograms("training", batch=128, shuffle=True)
valid = load_spectrograms("validation", batch=128)

inputs = keras.Input((124, 80, 1))
x = layers.Conv2D(32, 3, padding="same", activation="relu")(inputs)
x = layers.MaxPooling2D()(x)
x = layers.Conv2D(64, 3, padding="same", activation="relu")(x)
x = layers.MaxPooling2D()(x)
x = layers.Conv2D(128, 3, padding="same", activation="relu")(x)
x = layers.GlobalMaxPooling2D()(x)
x = layers.Dense(N)(x)
outputs = layers.Activation("softmax", dtype="float32")(x)
model = keras.Model(inputs, outputs)
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(train, validation_data=valid, epochs=20, callbacks=[tf.keras.callbacks.CSVLogger("speech.csv")])
