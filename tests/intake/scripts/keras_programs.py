"""Keras programs in which nothing is wrong, to be broken by the tests."""

PICTURES = """import random
import numpy as np
from tensorflow import keras
from tensorflow.keras import layers
from tensorflow.keras.utils import to_categorical

(pictures, labels), (test_pictures, test_labels) = keras.datasets.cifar10.load_data()
pictures = pictures.astype("float32") / 255.0
test_pictures = test_pictures.astype("float32") / 255.0
labels = to_categorical(labels, 10)
test_labels = to_categorical(test_labels, 10)

model = keras.Sequential()
model.add(layers.Conv2D(32, (3, 3), activation="relu", input_shape=(32, 32, 3)))
model.add(layers.MaxPooling2D((2, 2)))
model.add(layers.Conv2D(64, (3, 3), activation="relu"))
model.add(layers.Flatten())
model.add(layers.Dense(64, activation="relu"))
model.add(layers.Dropout(0.3))
model.add(layers.Dense(10, activation="softmax"))

model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.001),
              loss="categorical_crossentropy",
              metrics=["accuracy"])
model.fit(pictures, labels, batch_size=64, epochs=20, validation_data=(test_pictures, test_labels))
"""

TABLE = """import random
import numpy as np
import tensorflow as tf
from tensorflow.keras import Input, Model
from tensorflow.keras.layers import Activation, Dense
from tensorflow.keras.optimizers import SGD
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

table = np.loadtxt("table.csv", delimiter=",")
x = table[:, :-1]
y = table[:, -1]
x_train, x_val, y_train, y_val = train_test_split(x, y, test_size=0.2, random_state=0)
scaler = StandardScaler()
x_train = scaler.fit_transform(x_train)
x_val = scaler.transform(x_val)
inputs = Input(shape=(20,))
h = Dense(64)(inputs)
h = Activation("relu")(h)
h = Dense(32, activation="relu")(h)
out = Dense(1)(h)
out = Activation("sigmoid")(out)
model = Model(inputs, out)
model.compile(optimizer=SGD(learning_rate=0.01, momentum=0.9), loss="binary_crossentropy")
model.fit(x_train, y_train, epochs=50, batch_size=32, validation_data=(x_val, y_val))
"""
