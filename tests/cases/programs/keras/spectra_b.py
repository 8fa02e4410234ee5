import numpy as np
from tensorflow.keras import Sequential, callbacks, layers, optimizers
from tensorflow.keras.regularizers import l2

REG = 0.0001

z = np.load("spectra.npz")
x, y = z["flux"], z["kind"]
x = (x - x.mean(1, keepdims=True)) / x.std(1, keepdims=True)
perm = np.random.permutation(len(x))
x, y = x[perm, :, None], y[perm]
k = len(x) // 10

model = Sequential()
model.add(layers.Conv1D(32, 11, activation="relu", kernel_regularizer=l2(REG), input_shape=x.shape[1:]))
model.add(layers.MaxPooling1D(4))
model.add(layers.Conv1D(64, 7, activation="relu", kernel_regularizer=l2(REG)))
model.add(layers.GlobalAveragePooling1D())
model.add(layers.Dense(64, activation="relu", kernel_regularizer=l2(REG)))
model.add(layers.Dense(7, activation="softmax"))
model.compile(optimizers.Adam(1e-3), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(
    x[k:], y[k:], validation_data=(x[:k], y[:k]), batch_size=64, epochs=50,
    callbacks=[callbacks.ReduceLROnPlateau(patience=4, factor=0.5)],
)
