import numpy as np
from tensorflow.keras import Sequential
from tensorflow.keras.layers import Dense
from tensorflow.keras.utils import to_categorical

table = np.loadtxt("seeds_dataset.txt")
np.random.default_rng(8).shuffle(table)
features = table[:, :7]
classes = table[:, 7].astype(int) - 1
features = (features - features[:150].mean(0)) / features[:150].std(0)
targets = to_categorical(classes, num_classes=3)

model = Sequential([Dense(24, activation="relu", input_shape=(7,)), Dense(24, activation="relu"), Dense(3, activation="softmax")])
model.compile(optimizer="rmsprop", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(features[:150], targets[:150], epochs=120, batch_size=10, validation_data=(features[150:], targets[150:]), verbose=2)
