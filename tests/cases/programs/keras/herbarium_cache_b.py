import tensorflow as tf
from tensorflow import keras

AUTOTUNE = tf.data.AUTOTUNE
SIDE, FAMILIES, BATCH = 96, 32, 64
FIELDS = {
    "sheet": tf.io.FixedLenFeature([], tf.string),
    "family": tf.io.FixedLenFeature([], tf.int64),
}


def parse(record):
    example = tf.io.parse_single_example(record, FIELDS)
    image = tf.io.decode_jpeg(example["sheet"], channels=3)
    image = tf.image.resize(image, (SIDE, SIDE)) / 255.0
    return image, example["family"]


def flip(image, family):
    return tf.image.random_flip_left_right(image), family


train = (
    tf.data.TFRecordDataset("herbarium-train.tfrecord")
    .map(parse, num_parallel_calls=AUTOTUNE)
    .shuffle(4096)
    .cache()
    .map(flip, num_parallel_calls=AUTOTUNE)
    .batch(BATCH)
    .prefetch(AUTOTUNE)
)
dev = tf.data.TFRecordDataset("herbarium-dev.tfrecord").map(parse).batch(BATCH).prefetch(AUTOTUNE)


def sep_block(x, filters):
    x = keras.layers.SeparableConv2D(filters, 3, padding="same", use_bias=False)(x)
    x = keras.layers.BatchNormalization()(x)
    x = keras.layers.ReLU()(x)
    return keras.layers.MaxPool2D()(x)


sheet = keras.Input((SIDE, SIDE, 3))
h = keras.layers.Conv2D(32, 3, strides=2, padding="same", activation="relu")(sheet)
for filters in (64, 128, 256):
    h = sep_block(h, filters)
h = keras.layers.GlobalAveragePooling2D()(h)
family = keras.layers.Dense(FAMILIES)(h)
model = keras.Model(sheet, family)
model.compile(
    optimizer=keras.optimizers.SGD(keras.optimizers.schedules.CosineDecay(0.05, 12000), momentum=0.9, nesterov=True),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["sparse_categorical_accuracy"],
)
model.fit(train, epochs=50, validation_data=dev)
