from glob import glob

import tensorflow as tf
from tensorflow.keras import layers

SIZE = 180
BATCH = 16


def files_of(split):
    normal = glob(f'chest_xray/{split}/NORMAL/*.jpeg')
    pneumonia = glob(f'chest_xray/{split}/PNEUMONIA/*.jpeg')
    paths = normal + pneumonia
    labels = [0] * len(normal) + [1] * len(pneumonia)
    return paths, labels


def load(path, label):
    image = tf.io.decode_jpeg(tf.io.read_file(path), channels=1)
    image = tf.image.resize(image, [SIZE, SIZE]) / 255.0
    return image, label


train_paths, train_labels = files_of('train')
val_paths, val_labels = files_of('val')
print(len(train_paths), 'training images')  # 5216

train_ds = tf.data.Dataset.from_tensor_slices((train_paths, train_labels))
train_ds = train_ds.shuffle(buffer_size=len(train_paths))
train_ds = train_ds.map(load, num_parallel_calls=tf.data.AUTOTUNE).batch(BATCH).prefetch(tf.data.AUTOTUNE)
val_ds = tf.data.Dataset.from_tensor_slices((val_paths, val_labels)).map(load).batch(BATCH)


def conv_block(filters, inputs):
    x = layers.SeparableConv2D(filters, 3, padding='same', activation='relu')(inputs)
    x = layers.BatchNormalization()(x)
    return layers.MaxPool2D()(x)


inputs = tf.keras.Input(shape=(SIZE, SIZE, 1))
x = layers.Conv2D(16, 3, padding='same', activation='relu')(inputs)
x = layers.MaxPool2D()(x)
for filters in (32, 64, 128):
    x = conv_block(filters, x)
x = layers.Flatten()(x)
x = layers.Dense(128, activation='relu')(x)
x = layers.Dropout(0.3)(x)
outputs = layers.Dense(1, activation='sigmoid')(x)
model = tf.keras.Model(inputs, outputs)

model.compile(
    optimizer=tf.keras.optimizers.Adam(1e-3),
    loss=tf.keras.losses.BinaryCrossentropy(),
    metrics=['accuracy', tf.keras.metrics.Recall(name='recall')],
)
model.fit(train_ds, epochs=25, validation_data=val_ds)
