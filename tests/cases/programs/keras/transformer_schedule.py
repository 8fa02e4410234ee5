import time

import tensorflow as tf
from tensorflow.keras import layers

from translation import load_pairs, src_vocab_size, tgt_vocab_size

NUM_LAYERS, D_MODEL, NUM_HEADS, DFF, DROPOUT = 4, 128, 8, 512, 0.1
MAX_TOKENS, BATCH, EPOCHS = 64, 64, 20


class Positional(layers.Layer):
    def __init__(self, vocab_size):
        super().__init__()
        self.tok = layers.Embedding(vocab_size, D_MODEL)
        self.pos = layers.Embedding(MAX_TOKENS, D_MODEL)

    def call(self, ids):
        return self.tok(ids) * tf.sqrt(float(D_MODEL)) + self.pos(tf.range(tf.shape(ids)[1]))


class Feed(layers.Layer):
    def __init__(self):
        super().__init__()
        self.seq = tf.keras.Sequential([layers.Dense(DFF, activation="relu"), layers.Dense(D_MODEL), layers.Dropout(DROPOUT)])
        self.norm = layers.LayerNormalization()

    def call(self, x, training=False):
        return self.norm(x + self.seq(x, training=training))


class Attend(layers.Layer):
    def __init__(self):
        super().__init__()
        self.mha = layers.MultiHeadAttention(NUM_HEADS, D_MODEL // NUM_HEADS, dropout=DROPOUT)
        self.norm = layers.LayerNormalization()

    def call(self, x, context, mask=None, causal=False, training=False):
        out = self.mha(x, context, attention_mask=mask, use_causal_mask=causal, training=training)
        return self.norm(x + out)


class Transformer(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.src, self.tgt = Positional(src_vocab_size), Positional(tgt_vocab_size)
        self.enc = [(Attend(), Feed()) for _ in range(NUM_LAYERS)]
        self.dec = [(Attend(), Attend(), Feed()) for _ in range(NUM_LAYERS)]
        self.final = layers.Dense(tgt_vocab_size)

    def call(self, inputs, training=False):
        src, tgt = inputs
        seen = tf.not_equal(src, 0)[:, tf.newaxis, :]
        c = self.src(src)
        for attend, feed in self.enc:
            c = feed(attend(c, c, mask=seen, training=training), training=training)
        x = self.tgt(tgt)
        for self_attend, cross, feed in self.dec:
            x = self_attend(x, x, causal=True, training=training)
            x = feed(cross(x, c, mask=seen, training=training), training=training)
        return self.final(x)


class NoamSchedule(tf.keras.optimizers.schedules.LearningRateSchedule):
    def __init__(self, d_model, warmup_steps=4000):
        super().__init__()
        self.d_model = tf.cast(d_model, tf.float32)
        self.warmup_steps = warmup_steps

    def __call__(self, step):
        step = tf.cast(step, tf.float32) + 1.0
        return tf.math.rsqrt(self.d_model) * tf.minimum(tf.math.rsqrt(step), step * self.warmup_steps**-1.5)


cross_entropy = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="none")


def masked_loss(label, logits):
    mask = tf.cast(label != 0, tf.float32)
    return tf.reduce_sum(cross_entropy(label, logits) * mask) / tf.maximum(tf.reduce_sum(mask), 1.0)


train_ds = load_pairs("train", MAX_TOKENS).shuffle(20000).batch(BATCH).prefetch(tf.data.AUTOTUNE)
val_ds = load_pairs("val", MAX_TOKENS).batch(BATCH)
model = Transformer()
optimizer = tf.keras.optimizers.Adam(NoamSchedule(D_MODEL), beta_1=0.9, beta_2=0.98, epsilon=1e-9)
mean_train, mean_val = tf.keras.metrics.Mean(), tf.keras.metrics.Mean()


@tf.function
def train_step(src, tgt):
    with tf.GradientTape() as tape:
        logits = model((src, tgt[:, :-1]), training=True)
        loss = masked_loss(tgt[:, 1:], logits)
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    mean_train(loss)


@tf.function
def val_step(src, tgt):
    mean_val(masked_loss(tgt[:, 1:], model((src, tgt[:, :-1]), training=False)))


for epoch in range(EPOCHS):
    start = time.time()
    mean_train.reset_state()
    mean_val.reset_state()
    for src, tgt in train_ds:
        train_step(src, tgt)
    for src, tgt in val_ds:
        val_step(src, tgt)
    print(f"Epoch {epoch + 1} {mean_train.result():.4f} {mean_val.result():.4f} {time.time() - start:.0f}s")
    model.save_weights(f"translate_{epoch:02d}.weights.h5")
