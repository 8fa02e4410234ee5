import numpy as np
import pandas as pd
from sklearn.preprocessing import StandardScaler
from tensorflow.keras import layers, models, optimizers

LOOKBACK = 60
changes = pd.read_csv("AAPL.csv")["Close"].pct_change().dropna().to_numpy().reshape(-1, 1)
n_train = int(len(changes) * 0.8)
scaler = StandardScaler().fit(changes[:n_train])
scaled = scaler.transform(changes)


def make_windows(a):
    xs = np.stack([a[i - LOOKBACK : i] for i in range(LOOKBACK, len(a))])
    return xs, a[LOOKBACK:]


x_train, y_train = make_windows(scaled[:n_train])
x_test, y_test = make_windows(scaled[n_train:])

regressor = models.Sequential()
regressor.add(layers.LSTM(50, return_sequences=True, input_shape=(LOOKBACK, 1)))
regressor.add(layers.Dropout(0.2))
regressor.add(layers.LSTM(50))
regressor.add(layers.Dropout(0.2))
regressor.add(layers.Dense(1, activation="relu"))
regressor.compile(optimizer=optimizers.Adam(learning_rate=1e-3), loss="mean_squared_error")
regressor.fit(x_train, y_train, epochs=30, batch_size=32, validation_data=(x_test, y_test))
predicted = scaler.inverse_transform(regressor.predict(x_test))
