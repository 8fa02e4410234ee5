import tensorflow as tf
from tensorflow.keras import Model
from tensorflow.keras.layers import Conv2D, Dense, GlobalAveragePooling2D, MaxPool2D

IMG = 128
BATCH = 32

train_ds = tf.keras.utils.image_dataset_from_directory("flowers/train", image_size=(IMG, IMG), batch_size=BATCH)
val_ds = tf.keras.utils.image_dataset_from_directory("flowers/val", image_size=(IMG, IMG), batch_size=BATCH, shuffle=False)
rescale = lambda x, y: (tf.cast(x, tf.float32) / 127.5 - 1.0, y)
train_ds, val_ds = train_ds.map(rescale), val_ds.map(rescale)


class FlowerNet(Model):
    def __init__(self, n):
        super().__init__()
        self.convs = [Conv2D(f, 3, activation="relu", padding="same") for f in (32, 64, 128)]
        self.pool = MaxPool2D()
        self.gap = GlobalAveragePooling2D()
        self.out = Dense(n)

    def call(self, x):
        for c in self.convs:
            x = self.pool(c(x))
        x = self.out(self.gap(x))
        return x


model = FlowerNet(5)
loss_object = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
optimizer = tf.keras.optimizers.Adam(1e-3)
train_loss = tf.keras.metrics.Mean()
val_acc = tf.keras.metrics.SparseCategoricalAccuracy()

for epoch in range(15):
    train_loss.reset_state()
    val_acc.reset_state()
    for x, y in train_ds:
        with tf.GradientTape() as tape:
            loss = loss_object(y, model(x, training=True))
        grads = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(grads, model.trainable_variables))
        train_loss(loss)
    for x, y in val_ds:
        val_acc(y, model(x, training=False))
    print(epoch, train_loss.result().numpy(), val_acc.result().numpy())
