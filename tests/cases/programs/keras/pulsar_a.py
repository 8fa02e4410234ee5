import pandas as pd
import tensorflow as tf

table = pd.read_csv("pulsar_train.csv").sort_values("target_class")
holdout = pd.read_csv("pulsar_test.csv")
y, yh = table.pop("target_class"), holdout.pop("target_class")

norm = tf.keras.layers.Normalization()
norm.adapt(table.to_numpy())

train = tf.data.Dataset.from_tensor_slices((table.to_numpy(), y.to_numpy())).shuffle(len(y)).batch(64).prefetch(2)
test = tf.data.Dataset.from_tensor_slices((holdout.to_numpy(), yh.to_numpy())).batch(256)

model = tf.keras.Sequential(
    [
        norm,
        tf.keras.layers.Dense(32, activation="elu"),
        tf.keras.layers.Dense(32, activation="elu"),
        tf.keras.layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(optimizer=tf.keras.optimizers.Nadam(1e-3), loss=tf.keras.losses.BinaryCrossentropy(), metrics=["AUC"])
model.fit(train, epochs=25, validation_data=test, verbose=2)
