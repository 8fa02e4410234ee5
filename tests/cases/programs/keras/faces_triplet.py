import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

MARGIN, DIM, TRIPLETS, STEPS = 0.2, 64, 48, 400


def embedder():
    face = keras.Input((64, 64, 1))
    x = layers.Rescaling(1 / 255.0)(face)
    for filters in (32, 64, 128):
        x = layers.Conv2D(filters, 3, strides=2, padding="same", activation="swish")(x)
        x = layers.LayerNormalization()(x)
    x = layers.Flatten()(x)
    x = layers.Dense(256, activation="swish")(x)
    x = layers.Dense(DIM)(x)
    return keras.Model(face, layers.UnitNormalization()(x), name="embedder")


class Siamese(keras.Model):
    def __init__(self, embed):
        super().__init__()
        self.embed = embed
        self.loss_mean = keras.metrics.Mean(name="loss")
        self.solved = keras.metrics.Mean(name="solved")

    @property
    def metrics(self):
        return [self.loss_mean, self.solved]

    def distances(self, batch, training):
        anchor, same, other = (self.embed(part, training=training) for part in batch)
        near = tf.reduce_sum(tf.square(anchor - same), axis=-1)
        far = tf.reduce_sum(tf.square(anchor - other), axis=-1)
        return near, far

    def _report(self, near, far):
        loss = tf.reduce_mean(tf.maximum(near - far + MARGIN, 0.0))
        self.loss_mean.update_state(loss)
        self.solved.update_state(tf.cast(near < far, tf.float32))
        return loss

    def train_step(self, batch):
        with tf.GradientTape() as tape:
            loss = self._report(*self.distances(batch, training=True))
        gradients = tape.gradient(loss, self.embed.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.embed.trainable_weights))
        return {m.name: m.result() for m in self.metrics}

    def test_step(self, batch):
        self._report(*self.distances(batch, training=False))
        return {m.name: m.result() for m in self.metrics}


def triplets(faces, people, seed):
    rng = np.random.default_rng(seed)
    by_person = {p: np.flatnonzero(people == p) for p in np.unique(people)}
    known = [p for p, rows in by_person.items() if len(rows) > 1]
    while True:
        p, q = rng.choice(known, 2, replace=False)
        a, b = rng.choice(by_person[p], 2, replace=False)
        c = rng.choice(by_person[q])
        yield tuple(faces[i][..., None].astype("float32") for i in (a, b, c))


blob = np.load("faces.npz")
new = blob["person"] % 10 == 0  # whole persons are held back
spec = (tf.TensorSpec((64, 64, 1), tf.float32),) * 3
stream = lambda rows, seed: tf.data.Dataset.from_generator(  # noqa: E731
    lambda: triplets(blob["face"][rows], blob["person"][rows], seed), output_signature=spec
).batch(TRIPLETS)

model = Siamese(embedder())
model.compile(optimizer=keras.optimizers.Adam(3e-4))
model.fit(stream(~new, 1), steps_per_epoch=STEPS, epochs=30, validation_data=stream(new, 2), validation_steps=40)
model.embed.save("face_embedder.keras")
