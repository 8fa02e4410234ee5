import tensorflow as tf

from tiles import tiles

ACCUM = 16
MICRO = 8

train, valid = tiles("train").shuffle(8192).batch(MICRO, drop_remainder=True), tiles("valid").batch(64)
net = tf.keras.applications.ResNet50V2(weights=None, classes=45, classifier_activation=None, input_shape=(128, 128, 3))
xent = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
opt = tf.keras.optimizers.SGD(0.05, momentum=0.9)
buffers = [tf.Variable(tf.zeros_like(v), trainable=False) for v in net.trainable_variables]


@tf.function
def collect(x, y):
    with tf.GradientTape() as tape:
        loss = xent(y, net(x, training=True)) / ACCUM
    for b, g in zip(buffers, tape.gradient(loss, net.trainable_variables)):
        b.assign_add(g)
    return loss


@tf.function
def update():
    opt.apply_gradients(zip(buffers, net.trainable_variables))
    for b in buffers:
        b.assign(tf.zeros_like(b))


for epoch in range(40):
    for i, (x, y) in enumerate(train, 1):
        loss = collect(x, y)
        if i % ACCUM == 0:
            update()
    hits = [tf.reduce_mean(tf.cast(tf.argmax(net(x, training=False), -1) == tf.cast(y, tf.int64), tf.float32)) for x, y in valid]
    print(epoch, float(loss), float(tf.reduce_mean(hits)))
