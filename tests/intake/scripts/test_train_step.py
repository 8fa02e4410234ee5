"""Keras networks with a train_step of their own, which `fit` calls."""

import pytest

from tests.intake.scripts.reading import changed, read

BOARDS = """import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers


class Player(keras.Model):
    def __init__(self, moves):
        super().__init__()
        self.body = layers.Dense(64, activation="relu")
        self.drop = layers.Dropout(0.2)
        self.policy = layers.Dense(moves)
        self.value = layers.Dense(1, activation="tanh")

    def call(self, board, training=None):
        h = self.drop(self.body(board), training=training)
        return self.policy(h), self.value(h)

    def _losses(self, data, training):
        board, (move, result) = data
        policy, value = self(board, training=training)
        p = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=move, logits=policy))
        return p + tf.reduce_mean(tf.square(value - result))

    def train_step(self, data):
        with tf.GradientTape() as tape:
            loss = self._losses(data, training=True)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        return {"loss": loss}

    def test_step(self, data):
        return {"loss": self._losses(data, training=False)}


player = Player(4672)
player.compile(optimizer=keras.optimizers.Adam(3e-4))
player.fit(games, validation_data=held_out, epochs=10)
"""


def test_a_step_of_ones_own_is_followed(tmp_path):
    reading = read(tmp_path, BOARDS)
    assert reading.faults() == {}
    assert reading.shows("loss_function", "sparse_softmax_cross_entropy") == "cross_entropy_on_logits"
    assert reading.state("output_activation") == "linear"


def test_softmax_before_a_loss_on_logits_in_one_of_two_heads(tmp_path):
    reading = read(tmp_path, changed(BOARDS, ("Dense(moves)", 'Dense(moves, activation="softmax")')))
    assert reading.shows("output_activation", "softmax") == "softmax"
    assert reading.state("loss_by_hand") == "different_formula"


@pytest.mark.parametrize("optimizer", ["keras.optimizers.Adam(3e-4)", '"adam"'])
def test_gradients_that_a_step_never_applies(tmp_path, optimizer):
    line = "        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))\n"
    text = changed(BOARDS, (line, ""), ("keras.optimizers.Adam(3e-4)", optimizer))
    state = read(tmp_path, text).state("weights_change")
    assert state == "none_change" if "Adam(" in optimizer else state in (None, "none_change")


def test_a_step_that_learns_in_evaluation_mode(tmp_path):
    text = changed(BOARDS, ("training=True)", "training=False)"))
    assert read(tmp_path, text).state("evaluation_code") == "mode_not_switched"


def test_a_step_that_leaves_the_loss_to_compile(tmp_path):
    start = BOARDS.index("    def _losses")
    end = BOARDS.index("        gradients")
    own = """    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            loss = self.compute_loss(y=y, y_pred=self(x, training=True))
"""
    text = BOARDS[:start] + own + BOARDS[end:]
    text = changed(text, ("self.policy(h), self.value(h)", "self.policy(h)"), ("3e-4)", '3e-4), loss="mse"'))
    reading = read(tmp_path, text)
    assert reading.faults() == {}
    assert reading.state("loss_function") == "squared_or_absolute_error"
