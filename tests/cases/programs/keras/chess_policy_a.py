"""Learn the moves of strong players (policy) and who won in the end (value)."""
import numpy as np
import tensorflow as tf
from tensorflow.keras import layers


def tower(planes=18, filters=64, blocks=5):
    board = tf.keras.Input((8, 8, planes))
    x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(board)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    for _ in range(blocks):
        y = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
        y = layers.ReLU()(layers.BatchNormalization()(y))
        y = layers.Conv2D(filters, 3, padding="same", use_bias=False)(y)
        y = layers.BatchNormalization()(y)
        x = layers.ReLU()(layers.Add()([x, y]))
    return tf.keras.Model(board, x, name="tower")


class PolicyValue(tf.keras.Model):
    def __init__(self, n_moves):
        super().__init__()
        self.tower = tower()
        self.flatten = layers.Flatten()
        self.policy = layers.Dense(n_moves, name="policy")
        self.value = layers.Dense(1, activation="tanh", name="value")
        self.policy_loss = tf.keras.metrics.Mean(name="policy_loss")
        self.value_loss = tf.keras.metrics.Mean(name="value_loss")
        self.hit = tf.keras.metrics.SparseCategoricalAccuracy(name="hit")

    @property
    def metrics(self):
        return [self.policy_loss, self.value_loss, self.hit]

    def call(self, board, training=None):
        h = self.flatten(self.tower(board, training=training))
        return self.policy(h), self.value(h)

    def _both(self, data, training):
        board, (move, result) = data
        policy, value = self(board, training=training)
        p = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=move, logits=policy))
        v = tf.reduce_mean(tf.square(tf.squeeze(value, -1) - result))
        self.policy_loss.update_state(p)
        self.value_loss.update_state(v)
        self.hit.update_state(move, policy)
        return p + v

    def train_step(self, data):
        with tf.GradientTape() as tape:
            loss = self._both(data, training=True)
        variables = self.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
        return {m.name: m.result() for m in self.metrics}

    def test_step(self, data):
        self._both(data, training=False)
        return {m.name: m.result() for m in self.metrics}


games = np.load("games.npz")
n = len(games["board"]) - 20000
slices = lambda a, b: (games["board"][a:b].astype("float32"), (games["move"][a:b], games["result"][a:b].astype("float32")))  # noqa: E731
train = tf.data.Dataset.from_tensor_slices(slices(0, n)).shuffle(100_000).batch(256)
held_out = tf.data.Dataset.from_tensor_slices(slices(n, None)).batch(1024)

net = PolicyValue(n_moves=4672)
net.compile(optimizer=tf.keras.optimizers.Adam(3e-4))
net.fit(train, validation_data=held_out, epochs=10)
