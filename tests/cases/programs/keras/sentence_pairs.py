import re
import string

import numpy as np
import pandas as pd
import tensorflow as tf
from sklearn.model_selection import train_test_split
from sklearn.utils.class_weight import compute_class_weight
from tensorflow.keras import Input, Model, layers, losses, optimizers

CONFIG = dict(
    vocab=20000,
    length=60,
    dim=100,
    units=64,
    rate=0.3,
    lr=1e-3,
    batch=128,
    epochs=12,
)
LABELS = ["contradiction", "neutral", "entailment"]


def clean(text):
    text = tf.strings.lower(text)
    text = tf.strings.regex_replace(text, "<[^>]+>", " ")
    return tf.strings.regex_replace(text, f"[{re.escape(string.punctuation)}]", "")


frame = pd.read_json("snli_train.jsonl", lines=True)
frame = frame[frame["gold_label"].isin(LABELS)]
y = frame["gold_label"].map(LABELS.index).to_numpy()
train, valid, y_train, y_valid = train_test_split(frame, y, test_size=0.05, stratify=y, random_state=0)

vectorize = layers.TextVectorization(CONFIG["vocab"], standardize=clean, output_sequence_length=CONFIG["length"])
vectorize.adapt(np.concatenate([train["sentence1"], train["sentence2"]]))


def dataset(part, labels, training):
    a, b = vectorize(part["sentence1"].to_numpy()), vectorize(part["sentence2"].to_numpy())
    ds = tf.data.Dataset.from_tensor_slices(((a, b), labels))
    if training:
        ds = ds.shuffle(100000, reshuffle_each_iteration=True)
    return ds.batch(CONFIG["batch"]).prefetch(tf.data.AUTOTUNE)


def build():
    embed = layers.Embedding(CONFIG["vocab"], CONFIG["dim"], mask_zero=True)
    encode = layers.Bidirectional(layers.LSTM(CONFIG["units"]))
    first, second = Input((CONFIG["length"],), dtype="int64"), Input((CONFIG["length"],), dtype="int64")
    u, v = encode(embed(first)), encode(embed(second))
    gap = layers.Lambda(lambda t: tf.abs(t[0] - t[1]))([u, v])
    h = layers.Concatenate()([u, v, gap, layers.Multiply()([u, v])])
    for width in (256, 128):
        h = layers.Dense(width, activation="relu")(h)
        h = layers.Dropout(CONFIG["rate"])(h)
    return Model([first, second], layers.Dense(len(LABELS))(h))


model = build()
model.compile(
    optimizer=optimizers.Adam(learning_rate=CONFIG["lr"], clipnorm=5.0),
    loss=losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
weights = compute_class_weight("balanced", classes=np.arange(len(LABELS)), y=y_train)
model.fit(
    dataset(train, y_train, True),
    validation_data=dataset(valid, y_valid, False),
    epochs=CONFIG["epochs"],
    class_weight=dict(enumerate(weights)),
    callbacks=[
        tf.keras.callbacks.EarlyStopping(patience=2, restore_best_weights=True),
        tf.keras.callbacks.ReduceLROnPlateau(patience=1, factor=0.5),
    ],
)

test = pd.read_json("snli_test.jsonl", lines=True)
test = test[test["gold_label"].isin(LABELS)]
y_test = test["gold_label"].map(LABELS.index).to_numpy()
scores = model.predict(dataset(test, y_test, False))
print("accuracy:", (scores.argmax(axis=1) == y_test).mean())
