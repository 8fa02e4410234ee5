import tensorflow as tf
from tensorflow import keras

from listings import pairs_dataset

DIM = 48
EPOCHS = 10

tower = keras.Sequential(
    [keras.layers.Dense(128, activation="relu"), keras.layers.Dense(DIM), keras.layers.UnitNormalization()]
)
scorer = keras.Sequential([keras.layers.Dense(64, activation="relu"), keras.layers.Dense(1)])
train_ds = pairs_dataset("train").shuffle(20000).batch(128)
valid_ds = pairs_dataset("valid").batch(256)
bce = keras.losses.BinaryCrossentropy(from_logits=True)
optimizer = keras.optimizers.Adam(5e-4)


def forward(a, b, training):
    va, vb = tower(a, training=training), tower(b, training=training)
    joint = tf.concat([va.numpy(), vb.numpy()], axis=-1)
    return scorer(joint, training=training)


for epoch in range(EPOCHS):
    for (a, b), clicked in train_ds:
        with tf.GradientTape() as tape:
            loss = bce(clicked, forward(a, b, True))
        weights = tower.trainable_weights + scorer.trainable_weights
        grads = tape.gradient(loss, weights)
        optimizer.apply_gradients((g, w) for g, w in zip(grads, weights) if g is not None)
    val = [float(bce(c, forward(a, b, False))) for (a, b), c in valid_ds]
    print(epoch, float(loss), sum(val) / len(val))
