import tensorflow as tf
from tensorflow.keras import layers, regularizers

CLASSES = 100
LR = 1e-3
EPOCHS = 60

(x, y), (xt, yt) = tf.keras.datasets.cifar100.load_data()
normalizer = layers.Normalization()
normalizer.adapt(x)


def head(t):
    t = layers.GlobalAveragePooling2D()(t)
    t = layers.Dropout(0.4)(t)
    return layers.Dense(CLASSES, name="scores")(t)


inp = layers.Input((32, 32, 3))
t = normalizer(inp)
for f in (48, 96, 192):
    t = layers.Conv2D(f, 3, padding="same", kernel_regularizer=regularizers.l2(1e-4))(t)
    t = layers.BatchNormalization()(t)
    t = layers.Activation("relu")(t)
    t = layers.MaxPooling2D(2)(t)
model = tf.keras.Model(inp, head(t))

model.compile(
    optimizer=tf.keras.optimizers.Adam(LR),
    loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
model.fit(x, y, batch_size=128, epochs=EPOCHS, validation_data=(xt, yt))
