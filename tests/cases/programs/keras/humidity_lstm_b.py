import numpy as np
import pandas as pd
from sklearn.preprocessing import MinMaxScaler
from tensorflow.keras.callbacks import EarlyStopping
from tensorflow.keras.layers import LSTM, Dense, Dropout
from tensorflow.keras.models import Sequential

WINDOW = 48

df = pd.read_csv("greenhouse.csv", parse_dates=["time"], index_col="time").resample("30min").mean().interpolate()
values = df[["humidity", "temp_in", "temp_out", "vent"]].values
split = int(len(values) * 0.8)
train, test = values[:split], values[split:]

sc = MinMaxScaler(feature_range=(0, 1))
train_scaled = sc.fit_transform(train)
test_scaled = sc.transform(test)


def make_windows(a):
    xs = np.array([a[i - WINDOW:i] for i in range(WINDOW, len(a))])
    ys = a[WINDOW:, 0]
    return xs, ys


X_train, y_train = make_windows(train_scaled)
X_test, y_test = make_windows(test_scaled)

regressor = Sequential()
regressor.add(LSTM(units=50, return_sequences=True, input_shape=(WINDOW, 4)))
regressor.add(Dropout(0.2))
regressor.add(LSTM(units=50))
regressor.add(Dropout(0.2))
regressor.add(Dense(units=1))
regressor.compile(optimizer="adam", loss="mean_squared_error")

regressor.fit(
    X_train, y_train,
    epochs=60, batch_size=32,
    validation_data=(X_test, y_test),
    callbacks=[EarlyStopping(patience=8, restore_best_weights=True)],
)

predicted = regressor.predict(X_test)[:, 0]
print("RMSE (scaled):", np.sqrt(np.mean((predicted - y_test) ** 2)))
