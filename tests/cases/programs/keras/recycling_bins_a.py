import tensorflow as tf
from tensorflow.keras import Model
from tensorflow.keras.layers import Conv2D, Dense, Flatten, MaxPooling2D

# cardboard, glass, metal, paper, plastic, trash
train_raw, test_raw = tf.keras.utils.image_dataset_from_directory(
    "trashnet", validation_split=0.2, subset="both", seed=5, image_size=(96, 96), batch_size=32
)
train_ds = train_raw.map(lambda x, y: (x / 255.0, y)).prefetch(2)
test_ds = test_raw.map(lambda x, y: (x / 255.0, y)).prefetch(2)


class MyModel(Model):
    def __init__(self):
        super().__init__()
        self.conv1 = Conv2D(32, 3, activation="relu")
        self.pool1 = MaxPooling2D()
        self.conv2 = Conv2D(64, 3, activation="relu")
        self.pool2 = MaxPooling2D()
        self.flatten = Flatten()
        self.d1 = Dense(128, activation="relu")
        self.d2 = Dense(6)

    def call(self, x):
        x = self.pool1(self.conv1(x))
        x = self.pool2(self.conv2(x))
        x = self.flatten(x)
        x = self.d1(x)
        return self.d2(x)


model = MyModel()
loss_object = tf.keras.losses.SparseCategoricalCrossentropy()
optimizer = tf.keras.optimizers.Adam()

train_loss = tf.keras.metrics.Mean(name="train_loss")
train_accuracy = tf.keras.metrics.SparseCategoricalAccuracy(name="train_accuracy")
test_accuracy = tf.keras.metrics.SparseCategoricalAccuracy(name="test_accuracy")


@tf.function
def train_step(images, labels):
    with tf.GradientTape() as tape:
        predictions = model(images, training=True)
        loss = loss_object(labels, predictions)
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    train_loss(loss)
    train_accuracy(labels, predictions)


@tf.function
def test_step(images, labels):
    test_accuracy(labels, model(images, training=False))


for epoch in range(12):
    for metric in (train_loss, train_accuracy, test_accuracy):
        metric.reset_state()
    for images, labels in train_ds:
        train_step(images, labels)
    for images, labels in test_ds:
        test_step(images, labels)
    print(
        f"Epoch {epoch + 1}, Loss: {train_loss.result():.3f}, "
        f"Accuracy: {train_accuracy.result() * 100:.1f}, Test Accuracy: {test_accuracy.result() * 100:.1f}"
    )
