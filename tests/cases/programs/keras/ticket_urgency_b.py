import json

import numpy as np
import tensorflow as tf

with open("tickets.json") as f:
    tickets = json.load(f)
rng = np.random.default_rng(12)
rng.shuffle(tickets)
texts = np.array([t["subject"] + " " + t["body"] for t in tickets])
urgent = np.array([int(t["priority"] <= 1) for t in tickets])

n = len(texts) * 4 // 5
vectorize = tf.keras.layers.TextVectorization(max_tokens=15000, output_sequence_length=150)
vectorize.adapt(texts[:n])

batches = lambda a, b: tf.data.Dataset.from_tensor_slices((vectorize(a), b)).shuffle(len(a)).batch(64)  # noqa: E731
train_ds = batches(texts[:n], urgent[:n])
test_ds = tf.data.Dataset.from_tensor_slices((vectorize(texts[n:]), urgent[n:])).batch(256)


class Attend(tf.keras.layers.Layer):
    """Weighted mean of the words; the weights are learned."""

    def build(self, shape):
        self.score = self.add_weight(name="score", shape=(shape[-1], 1), initializer="glorot_uniform")

    def call(self, x):
        weight = tf.nn.softmax(tf.matmul(x, self.score), axis=1)
        return tf.reduce_sum(weight * x, axis=1)


model = tf.keras.Sequential(
    [
        tf.keras.layers.Embedding(15000, 64),
        tf.keras.layers.Bidirectional(tf.keras.layers.GRU(32, return_sequences=True)),
        Attend(),
        tf.keras.layers.Dense(32, activation="relu"),
        tf.keras.layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(
    loss="categorical_crossentropy",
    optimizer="adam",
    metrics=["accuracy"],
)
model.fit(train_ds, epochs=6, validation_data=test_ds)
