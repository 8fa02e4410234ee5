import matplotlib.pyplot as plt
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras.applications import Xception
from tensorflow.keras.layers import (
    Dense,
    Dropout,
    GlobalAveragePooling2D,
    Input,
    RandomFlip,
    RandomRotation,
    Rescaling,
)

SIZE = (150, 150)
BATCH_SIZE = 64
HEAD_EPOCHS, FINE_EPOCHS = 10, 8
HEAD_LR = 1e-3
FINE_LR = 1e-5

train_ds, validation_ds = keras.utils.image_dataset_from_directory(
    "PetImages",
    label_mode="binary",
    validation_split=0.2,
    subset="both",
    seed=1337,
    image_size=SIZE,
    batch_size=BATCH_SIZE,
)
test_ds = keras.utils.image_dataset_from_directory("PetImagesTest", label_mode="binary", image_size=SIZE, batch_size=BATCH_SIZE)
train_ds = train_ds.prefetch(tf.data.AUTOTUNE)
validation_ds = validation_ds.prefetch(tf.data.AUTOTUNE)


def make_model():
    base = Xception(weights="imagenet", input_shape=SIZE + (3,), include_top=False)
    base.trainable = False

    inputs = Input(shape=SIZE + (3,))
    x = RandomFlip("horizontal")(inputs)
    x = RandomRotation(0.1)(x)
    x = Rescaling(scale=1 / 127.5, offset=-1)(x)
    # batch norm of the base stays in inference mode in both phases
    x = base(x, training=False)
    x = GlobalAveragePooling2D()(x)
    x = Dropout(0.2)(x)
    outputs = Dense(1, activation="sigmoid")(x)
    return keras.Model(inputs, outputs), base


def compile_with(model, lr):
    model.compile(
        optimizer=keras.optimizers.Adam(lr),
        loss=keras.losses.BinaryCrossentropy(),
        metrics=[keras.metrics.BinaryAccuracy()],
    )


def plot(*histories):
    train = [v for h in histories for v in h.history["loss"]]
    val = [v for h in histories for v in h.history["val_loss"]]
    plt.plot(train, label="train")
    plt.plot(val, label="validation")
    plt.legend()
    plt.savefig("pets.png")


model, base_model = make_model()
model.summary(show_trainable=True)

compile_with(model, HEAD_LR)
first = model.fit(train_ds, epochs=HEAD_EPOCHS, validation_data=validation_ds)

base_model.trainable = True
compile_with(model, FINE_LR)
second = model.fit(
    train_ds,
    epochs=HEAD_EPOCHS + FINE_EPOCHS,
    initial_epoch=HEAD_EPOCHS,
    validation_data=validation_ds,
    callbacks=[keras.callbacks.EarlyStopping(monitor="val_loss", patience=3, restore_best_weights=True)],
)

plot(first, second)
print(dict(zip(model.metrics_names, model.evaluate(test_ds))))
model.save("pets.keras")
