import tensorflow as tf
from tensorflow.keras.layers import GRU, Dense, Embedding

from commands import dataset

train_ds, valid_ds, n_words, n_slots = dataset(batch=64)


class Encoder(tf.keras.layers.Layer):
    def __init__(self, n_words):
        super().__init__()
        self.emb = Embedding(n_words, 64)
        self.rnn = GRU(96, return_sequences=True)

    def call(self, tokens):
        return self.rnn(self.emb(tokens))


class Labeller(tf.keras.Model):
    def __init__(self, n_words, n_slots):
        super().__init__()
        self.encoder = Encoder(n_words)
        self.decoder = Dense(n_slots)

    def call(self, tokens):
        return self.decoder(self.encoder(tokens))


model = Labeller(n_words, n_slots)
xent = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
adam = tf.keras.optimizers.Adam(1e-3, beta_2=0.98, epsilon=1e-9)

for epoch in range(8):
    for tokens, slots in train_ds:
        with tf.GradientTape() as tape:
            loss = xent(slots, model(tokens, training=True))
        variables = model.trainable_variables
        adam.apply_gradients(zip(tape.gradient(loss, variables), variables))
    val = tf.reduce_mean([xent(s, model(t, training=False)) for t, s in valid_ds])
    print(epoch, float(loss), float(val))
