import os
import pathlib

import tensorflow as tf

AUTOTUNE = tf.data.AUTOTUNE
IMG_HEIGHT, IMG_WIDTH = 150, 150
data_dir = pathlib.Path("rps")
class_names = sorted(p.name for p in data_dir.iterdir() if p.is_dir())

image_count = len(list(data_dir.glob("*/*.png")))
list_ds = tf.data.Dataset.list_files(str(data_dir / "*/*.png"), shuffle=False)
list_ds = list_ds.shuffle(image_count, seed=123, reshuffle_each_iteration=False)
val_size = int(image_count * 0.2)
train_ds, val_ds = list_ds.skip(val_size), list_ds.take(val_size)


def get_label(file_path):
    parts = tf.strings.split(file_path, os.path.sep)
    return tf.argmax(tf.cast(parts[-2] == class_names, tf.int32))


def decode_img(img):
    img = tf.io.decode_png(img, channels=3)
    img = tf.image.resize(img, [IMG_HEIGHT, IMG_WIDTH])
    img = tf.cast(img, tf.float32) / 255.0
    return img


def process_path(file_path):
    return decode_img(tf.io.read_file(file_path)), get_label(file_path)


train_ds = train_ds.map(process_path, num_parallel_calls=AUTOTUNE).cache()
train_ds = train_ds.shuffle(1000).batch(64).prefetch(AUTOTUNE)
val_ds = val_ds.map(process_path, num_parallel_calls=AUTOTUNE).cache().batch(64).prefetch(AUTOTUNE)

model = tf.keras.models.Sequential([
    tf.keras.layers.Conv2D(32, 3, activation="relu", input_shape=(IMG_HEIGHT, IMG_WIDTH, 3)),
    tf.keras.layers.MaxPooling2D(),
    tf.keras.layers.Conv2D(64, 3, activation="relu"),
    tf.keras.layers.MaxPooling2D(),
    tf.keras.layers.Conv2D(64, 3, activation="relu"),
    tf.keras.layers.MaxPooling2D(),
    tf.keras.layers.Flatten(),
    tf.keras.layers.Dense(128, activation="relu"),
    tf.keras.layers.Dense(len(class_names), activation="softmax"),
])
model.compile(
    optimizer=tf.keras.optimizers.SGD(learning_rate=0.01, momentum=0.9),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
model.fit(train_ds, validation_data=val_ds, epochs=20)
