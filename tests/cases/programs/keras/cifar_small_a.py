import tensorflow as tf
from tensorflow.keras import layers

(x_train, y_train), (x_test, y_test) = tf.keras.datasets.cifar10.load_data()
x_train, x_test = x_train / 255.0, x_test / 255.0

act = "relu"
net = tf.keras.Sequential(
    [
        tf.keras.Input((32, 32, 3)),
        layers.Conv2D(32, 3, strides=2, padding="same", activation=act),
        layers.Conv2D(64, 3, strides=2, padding="same", activation=act),
        layers.Conv2D(128, 3, strides=2, padding="same", activation=act),
        layers.Flatten(),
        layers.Dense(128, activation=act),
        layers.Dense(10, activation="softmax"),
    ]
)
net.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
net.fit(x_train, y_train, batch_size=64, epochs=20, validation_data=(x_test, y_test))
