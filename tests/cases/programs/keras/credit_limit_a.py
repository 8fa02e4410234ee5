"""Will the customer miss a payment? Numbers only: euros, years, days."""
import keras
import numpy as np
import pandas as pd
from keras import layers

NUMERIC = ["income_eur", "debt_eur", "age_years", "account_days", "limit_eur", "payments_late"]

customers = pd.read_csv("customers.csv").sample(frac=1, random_state=3).reset_index(drop=True)
x = customers[NUMERIC].to_numpy("float32")
y = customers["missed"].to_numpy("float32")
n = int(0.8 * len(x))
print("mean of the inputs:", x[:n].mean(axis=0).round(1))  # 41203.7, 5210.2, 43.9, 1711.4, 6120.0, 0.6

features = keras.Input((len(NUMERIC),))
normalise = layers.Normalization()
normalise.adapt(x[:n])
h = layers.Dense(64, activation="relu")(normalise(features))
h = layers.Dense(64, activation="relu")(h)
h = layers.Dense(32, activation="relu")(h)
risk = layers.Dense(1, activation="sigmoid")(h)

model = keras.Model(features, risk)
model.compile(
    optimizer=keras.optimizers.SGD(learning_rate=0.01, momentum=0.9),
    loss="binary_crossentropy",
    metrics=["accuracy", keras.metrics.AUC()],
)
model.fit(x[:n], y[:n], validation_data=(x[n:], y[n:]), epochs=30, batch_size=32)
print("share predicted to miss:", float(np.mean(model.predict(x[n:]) > 0.5)), "true share:", float(y[n:].mean()))
