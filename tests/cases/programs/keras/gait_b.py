import numpy as np
import tensorflow as tf
from sklearn.utils import shuffle


def load(path):
    z = np.load(path)
    return z["cycles"].astype("float32"), z["subject"].astype("int32")


X, y = load("gait_train.npz")
X_val, y_val = load("gait_val.npz")
center, scale = X.mean((0, 1)), X.std((0, 1))
X, X_val = (X - center) / scale, (X_val - center) / scale

X = shuffle(X)
y = shuffle(y)

net = tf.keras.Sequential()
net.add(tf.keras.layers.Conv1D(48, 9, activation="relu", input_shape=X.shape[1:]))
net.add(tf.keras.layers.MaxPooling1D(3))
net.add(tf.keras.layers.Conv1D(96, 5, activation="relu"))
net.add(tf.keras.layers.GlobalMaxPooling1D())
net.add(tf.keras.layers.Dense(int(y.max()) + 1))
net.compile(
    tf.keras.optimizers.Adam(1e-3),
    tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["sparse_categorical_accuracy"],
)
net.fit(X, y, batch_size=32, epochs=40, validation_data=(X_val, y_val))
