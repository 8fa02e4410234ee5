import numpy as np
import tensorflow as tf

raw = np.genfromtxt("airfoil.csv", delimiter=",").astype("float32")
rng = np.random.default_rng(0)
rng.shuffle(raw)
train, test = raw[:1200], raw[1200:]
mu, sd = train.mean(0), train.std(0)
train, test = (train - mu) / sd, (test - mu) / sd

ds = tf.data.Dataset.from_tensor_slices((train[:, :-1], train[:, -1:])).shuffle(1200).batch(32)

model = tf.keras.Sequential([tf.keras.layers.Dense(64, "relu"), tf.keras.layers.Dense(64, "relu"), tf.keras.layers.Dense(1)])
mse = tf.keras.losses.MeanSquaredError()
opt = tf.keras.optimizers.Adam(learning_rate=0.001)


@tf.function
def train_step(x, y):
    with tf.GradientTape() as tape:
        loss = mse(y, model(x, training=True))
    grads = tape.gradient(loss, model.trainable_variables)
    grads, norm = tf.clip_by_global_norm(grads, 5.0)
    opt.apply_gradients(zip(grads, model.trainable_variables))
    return loss, norm


for epoch in range(50):
    for x, y in ds:
        loss, norm = train_step(x, y)
    val = mse(test[:, -1:], model(test[:, :-1], training=False))
    print(epoch, float(loss), float(norm), float(val))
