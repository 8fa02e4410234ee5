import numpy as np
import pandas as pd
import tensorflow as tf
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

LOOK_BACK, BATCH, EPOCHS = 28, 64, 80

sales = pd.read_csv("bakery_daily.csv", index_col="day", parse_dates=True)
sales["weekend"] = (sales.index.dayofweek >= 5).astype(float)
past, recent = train_test_split(sales.to_numpy(dtype="float32"), test_size=0.2, shuffle=False)
scaler = StandardScaler().fit(past)
past, recent = scaler.transform(past), scaler.transform(recent)


def windows(days):
    x = np.stack([days[i:i + LOOK_BACK] for i in range(len(days) - LOOK_BACK)])
    return x.astype("float32"), days[LOOK_BACK:, :1].astype("float32")


x_train, y_train = windows(past)
x_test, y_test = windows(recent)
train_ds = tf.data.Dataset.from_tensor_slices((x_train, y_train)).shuffle(len(x_train)).batch(BATCH)
test_ds = tf.data.Dataset.from_tensor_slices((x_test, y_test)).batch(BATCH)


class CausalNet(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.convs = [
            tf.keras.layers.Conv1D(32, 3, dilation_rate=2 ** k, padding="causal", activation="relu") for k in range(4)
        ]
        self.out = tf.keras.layers.Dense(1)

    def call(self, x):
        for conv in self.convs:
            x = conv(x)
        return self.out(x[:, -1])


net = CausalNet()
rate = tf.keras.optimizers.schedules.CosineDecay(1e-3, decay_steps=EPOCHS * len(train_ds))
optimizer = tf.keras.optimizers.Adam(learning_rate=rate)
mse = tf.keras.losses.MeanSquaredError()


@tf.function
def step(x, y):
    with tf.GradientTape() as tape:
        loss = mse(y, net(x, training=True))
    grads = tape.gradient(loss, net.trainable_weights)
    optimizer.apply_gradients(zip(grads, net.trainable_weights))
    return loss


for epoch in range(EPOCHS):
    losses = [step(x, y).numpy() for x, y in train_ds]
    if epoch % 10 == 9:
        test_loss = np.mean([mse(y, net(x, training=False)).numpy() for x, y in test_ds])
        print(f"{epoch + 1:3d} train {np.mean(losses):.4f} test {test_loss:.4f}")

loaves = net.predict(x_test)[:, 0] * scaler.scale_[0] + scaler.mean_[0]
actual = recent[LOOK_BACK:, 0] * scaler.scale_[0] + scaler.mean_[0]
print("mean absolute error in loaves:", np.abs(loaves - actual).mean().round(1))
