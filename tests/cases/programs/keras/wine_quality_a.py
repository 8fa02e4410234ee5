from random import seed, shuffle

import numpy as np
from keras.layers import Dense
from keras.models import Sequential
from keras.utils import to_categorical

seed(4)
rows = np.genfromtxt("winequality-white.csv", delimiter=";", skip_header=1)
shuffle(rows)
n = int(0.75 * len(rows))
mean, dev = rows[:n, :-1].mean(0), rows[:n, :-1].std(0)
x = (rows[:, :-1] - mean) / dev
y = to_categorical(rows[:, -1] - 3, 7)

model = Sequential()
model.add(Dense(64, activation="relu", input_shape=(11,)))
model.add(Dense(64, activation="relu"))
model.add(Dense(7, activation="softmax"))
model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
model.fit(x[:n], y[:n], epochs=50, batch_size=32, validation_data=(x[n:], y[n:]))
