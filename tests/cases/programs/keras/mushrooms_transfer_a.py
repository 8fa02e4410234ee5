import argparse

import tensorflow as tf
from tensorflow.keras import applications, layers, models

cli = argparse.ArgumentParser(description="edible, poisonous or deadly")
cli.add_argument("folder", nargs="?", default="mushrooms")
cli.add_argument("--epochs", type=int, default=12)
options = cli.parse_args()

load = lambda part, mix: tf.keras.utils.image_dataset_from_directory(  # noqa: E731
    f"{options.folder}/{part}", image_size=(224, 224), batch_size=32, label_mode="categorical", shuffle=mix
)
train, val = load("train", True), load("val", False)
n_kinds = len(train.class_names)
prep = applications.resnet50.preprocess_input
train = train.map(lambda im, kind: (prep(im), kind)).prefetch(2)
val = val.map(lambda im, kind: (prep(im), kind)).prefetch(2)

resnet = applications.ResNet50(weights="imagenet", include_top=False, pooling="avg", input_shape=(224, 224, 3))
hidden = layers.Dense(256, activation="relu")(resnet.output)
hidden = layers.Dropout(0.4)(hidden)
model = models.Model(resnet.input, layers.Dense(n_kinds, activation="softmax")(hidden))

# keep everything but the last twelve layers as ImageNet has left it
for layer in model.layers[-12:]:
    layer.trainable = False

model.compile(
    optimizer=tf.keras.optimizers.Adam(1e-4),
    loss=tf.keras.losses.CategoricalCrossentropy(label_smoothing=0.1),
    metrics=["accuracy"],
)
model.fit(train, validation_data=val, epochs=options.epochs)
model.save("mushrooms.keras")
