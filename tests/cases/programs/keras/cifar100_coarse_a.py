import argparse

import tensorflow as tf
from tensorflow.keras import layers

ap = argparse.ArgumentParser()
ap.add_argument("--lr", type=float, default=5e-4)
ap.add_argument("--batch", type=int, default=128)
ap.add_argument("--epochs", type=int, default=25)
a = ap.parse_args()

(xt, yt), (xv, yv) = tf.keras.datasets.cifar100.load_data(label_mode="coarse")
xt, xv = xt.astype("float32") / 255, xv.astype("float32") / 255
train = tf.data.Dataset.from_tensor_slices((xt, yt)).shuffle(50000).batch(a.batch)
valid = tf.data.Dataset.from_tensor_slices((xv, yv)).batch(a.batch)


def stage(f):
    return [layers.Conv2D(f, 3, padding="same"), layers.BatchNormalization(), layers.ReLU(), layers.MaxPool2D()]


net = tf.keras.Sequential([tf.keras.Input((32, 32, 3)), *stage(64), *stage(128), *stage(256), layers.Flatten(), layers.Dropout(0.5), layers.Dense(20)])
opt = tf.keras.optimizers.Adam(a.lr)
ce = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
acc = tf.keras.metrics.SparseCategoricalAccuracy()


@tf.function
def learn(x, y):
    with tf.GradientTape() as t:
        l = ce(y, net(x, training=True))
    g = t.gradient(l, net.trainable_variables)
    opt.apply_gradients(zip(g, net.trainable_variables))
    return l


@tf.function
def check(x, y):
    acc.update_state(y, net(x, training=True))


for e in range(a.epochs):
    for x, y in train:
        l = learn(x, y)
    acc.reset_state()
    for x, y in valid:
        check(x, y)
    print(e, float(l), float(acc.result()))
