import tensorflow as tf
from tensorflow.keras import Input, Model, layers

from ecg import load_beats

(x_tr, y_tr), (x_va, y_va) = load_beats(normalize=True)

beat = Input(shape=x_tr.shape[1:])
h = layers.Conv1D(32, 7, activation="relu", padding="same")(beat)
h = layers.MaxPooling1D(2)(h)
h = layers.Conv1D(64, 5, activation="relu", padding="same")(h)
h = layers.MaxPooling1D(2)(h)
h = layers.Conv1D(64, 3, activation="relu", padding="same")(h)
h = layers.GlobalAveragePooling1D()(h)
h = layers.Dense(32, activation="relu")(h)
kind = layers.Dense(5, activation="softmax")(h)

model = Model(beat, kind)
model.compile(optimizer=tf.keras.optimizers.Adam(1e-3), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_tr, y_tr, batch_size=64, epochs=25, validation_data=(x_va, y_va))
