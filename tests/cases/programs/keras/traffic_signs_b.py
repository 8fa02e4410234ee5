import numpy as np
from keras import backend as K
from keras.layers import Conv2D, Dense, Flatten, MaxPooling2D
from keras.models import Sequential
from keras.optimizers import SGD
from keras.utils import to_categorical

data = np.load("gtsrb.npz")
x_train = data["x_train"].astype(K.floatx()) / 255 - 0.5
x_test = data["x_test"].astype(K.floatx()) / 255 - 0.5
y_train = to_categorical(data["y_train"], 43)
y_test = to_categorical(data["y_test"], 43)

model = Sequential(
    [
        Conv2D(32, (5, 5), activation="relu", input_shape=(32, 32, 3)),
        MaxPooling2D((2, 2)),
        Conv2D(64, (5, 5), activation="relu"),
        MaxPooling2D((2, 2)),
        Flatten(),
        Dense(256, activation="relu"),
        Dense(43, activation="softmax"),
    ]
)
sgd = SGD(lr=0.01, decay=1e-6, momentum=0.9, nesterov=True)
model.compile(loss="categorical_crossentropy", optimizer=sgd, metrics=["accuracy"])
model.fit(x_train, y_train, batch_size=32, epochs=30, validation_data=(x_test, y_test))
