import tensorflow as tf
from tensorflow.keras import layers, optimizers

from galaxies import make_datasets

train_ds, val_ds = make_datasets(batch_size=64)


def get_optimizer(name, lr):
    return {"adam": optimizers.Adam, "rmsprop": optimizers.RMSprop, "nadam": optimizers.Nadam}[name](learning_rate=lr)


model = tf.keras.Sequential(
    [
        layers.Rescaling(1 / 255.0, input_shape=(69, 69, 3)),
        layers.RandomFlip("horizontal_and_vertical"),
        layers.RandomRotation(0.5),
        layers.Conv2D(32, 5, activation="relu"),
        layers.MaxPooling2D(),
        layers.Conv2D(64, 3, activation="relu"),
        layers.MaxPooling2D(),
        layers.Conv2D(128, 3, activation="relu"),
        layers.GlobalAveragePooling2D(),
        layers.Dense(10, activation="softmax"),
    ]
)
model.compile(get_optimizer("adam", 3e-1), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(train_ds, validation_data=val_ds, epochs=30)
