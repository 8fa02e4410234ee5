import tensorflow as tf
from tensorflow.keras import Model, layers, losses, metrics, optimizers


class Residual(layers.Layer):
    def __init__(self, filters):
        super().__init__()
        self.c1 = layers.Conv2D(filters, 3, padding="same", use_bias=False)
        self.b1 = layers.BatchNormalization()
        self.c2 = layers.Conv2D(filters, 3, padding="same", use_bias=False)
        self.b2 = layers.BatchNormalization()

    def call(self, x, training=None):
        h = tf.nn.relu(self.b1(self.c1(x), training=training))
        h = self.b2(self.c2(h), training=training)
        return tf.nn.relu(x + h)


class Net(Model):
    def __init__(self, n_classes):
        super().__init__()
        self.stem = layers.Conv2D(64, 3, strides=2, padding="same", activation="relu")
        self.res = [Residual(64) for _ in range(3)]
        self.pool = layers.GlobalAveragePooling2D()
        self.fc = layers.Dense(n_classes)

    def call(self, x, training=None):
        x = self.stem(x)
        for r in self.res:
            x = r(x, training=training)
        return self.fc(self.pool(x))


(x_train, y_train), (x_test, y_test) = tf.keras.datasets.mnist.load_data()
x_train = x_train[..., None].astype("float32") / 255
x_test = x_test[..., None].astype("float32") / 255
train_ds = tf.data.Dataset.from_tensor_slices((x_train, y_train)).shuffle(60000).batch(128)
test_ds = tf.data.Dataset.from_tensor_slices((x_test, y_test)).batch(500)

model = Net(10)
loss_fn = losses.SparseCategoricalCrossentropy(from_logits=True)
optimizer = optimizers.SGD(0.05, momentum=0.9)
accuracy = metrics.SparseCategoricalAccuracy()

for epoch in range(6):
    for images, labels in train_ds:
        with tf.GradientTape() as tape:
            loss = loss_fn(labels, model(images, training=False))
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    accuracy.reset_state()
    for images, labels in test_ds:
        accuracy.update_state(labels, model(images, training=False))
    print(epoch, float(loss), float(accuracy.result()))
