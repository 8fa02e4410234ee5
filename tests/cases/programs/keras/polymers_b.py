import tensorflow as tf
from tensorflow.keras import layers

from polymers import graphs

steps_per_update = 4
model = tf.keras.Sequential([layers.Dense(128, activation="gelu"), layers.LayerNormalization(), layers.Dense(128, activation="gelu"), layers.Dense(1)])
train_set, valid_set = graphs("train").shuffle(5000).batch(32), graphs("valid").batch(128)
model(next(iter(train_set))[0])
huber = tf.keras.losses.Huber()
adamw = tf.keras.optimizers.AdamW(3e-4, weight_decay=0.01)
acc = [tf.Variable(tf.zeros_like(w)) for w in model.trainable_weights]

step = 0
for epoch in range(100):
    for x, y in train_set:
        with tf.GradientTape() as tape:
            loss = huber(y, model(x, training=True)) / steps_per_update
        for a, g in zip(acc, tape.gradient(loss, model.trainable_weights)):
            a.assign_add(g)
        step += 1
        if step % steps_per_update == 0:
            adamw.apply_gradients(zip(acc, model.trainable_weights))
    val = tf.reduce_mean([huber(y, model(x, training=False)) for x, y in valid_set])
    print(epoch, float(loss) * steps_per_update, float(val))
