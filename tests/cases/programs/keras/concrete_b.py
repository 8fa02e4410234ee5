import keras
import numpy as np
import pandas as pd
from keras import layers, ops

frame = pd.read_csv("concrete.csv").sample(frac=1.0, random_state=2).to_numpy("float32")
train, valid = frame[:820], frame[820:]
mean, std = train.mean(axis=0), train.std(axis=0)
train, valid = (train - mean) / std, (valid - mean) / std


class Strength(keras.Model):
    def __init__(self, width=64):
        super().__init__()
        self.a = layers.Dense(width, activation="swish")
        self.b = layers.Dense(width, activation="swish")
        self.head = layers.Dense(1)

    def call(self, x):
        h = self.b(self.a(x))
        return self.head(h)


model = Strength()
model.compile(optimizer=keras.optimizers.RMSprop(1e-3), loss=keras.losses.MeanSquaredError())
history = model.fit(
    train[:, :-1], train[:, -1:], validation_data=(valid[:, :-1], valid[:, -1:]), epochs=120, batch_size=32, verbose=2
)
print(np.min(history.history["val_loss"]))
