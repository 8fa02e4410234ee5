import numpy as np
from tensorflow.keras.layers import Dense
from tensorflow.keras.models import Sequential

np.random.seed(7)
dataset = np.loadtxt("pima-indians-diabetes.csv", delimiter=",")
np.random.shuffle(dataset)
split = int(len(dataset) * 0.8)
mean, std = dataset[:split, :8].mean(axis=0), dataset[:split, :8].std(axis=0)
X = (dataset[:, :8] - mean) / std
Y = dataset[:, 8]

model = Sequential()
model.add(Dense(12, input_dim=8, activation="relu"))
model.add(Dense(8, activation="relu"))
model.add(Dense(1, activation="softmax"))
model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
model.fit(X[:split], Y[:split], epochs=150, batch_size=10, validation_data=(X[split:], Y[split:]))
