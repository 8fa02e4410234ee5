"""Which of four rooms is the phone in? Seven wifi signal strengths, a layer of my own."""
import keras
import numpy as np
from keras import layers, ops


class MyDense(layers.Layer):
    def __init__(self, units=32, activation=None, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.activation = keras.activations.get(activation)

    def build(self, input_shape):
        self.w = self.add_weight(name="w", shape=(input_shape[-1], self.units), initializer="he_normal", trainable=True)
        self.b = self.add_weight(name="b", shape=(self.units,), initializer="zeros", trainable=True)

    def call(self, inputs):
        return self.activation(ops.matmul(inputs, self.w) + self.b)

    def get_config(self):
        return {**super().get_config(), "units": self.units, "activation": keras.activations.serialize(self.activation)}


table = np.loadtxt("wifi_localization.txt")
np.random.default_rng(8).shuffle(table, axis=0)
signals, room = table[:, :-1].astype("float32"), table[:, -1].astype("int32") - 1

cut = 1600
norm = layers.Normalization()
norm.adapt(signals[:cut])

model = keras.Sequential(
    [
        keras.Input((7,)),
        norm,
        MyDense(40, activation="relu"),
        MyDense(20, activation="relu"),
        MyDense(4, activation="softmax"),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(signals[:cut], room[:cut], batch_size=32, epochs=40, validation_data=(signals[cut:], room[cut:]))
