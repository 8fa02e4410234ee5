import string

import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split
from tensorflow.keras.layers import LSTM, Bidirectional, Dense, Embedding
from tensorflow.keras.models import Sequential
from tensorflow.keras.preprocessing.sequence import pad_sequences

MAXLEN = 120
alphabet = {c: i for i, c in enumerate(string.printable, start=1)}

data = pd.read_csv("urls.csv")
X = pad_sequences([[alphabet.get(c, 0) for c in url] for url in data.url], maxlen=MAXLEN)
y = (data.label == "phishing").astype(int).values
print(X.shape, y.mean())

X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=1, stratify=y)

model = Sequential()
model.add(Embedding(len(alphabet) + 1, 32, mask_zero=True))
model.add(Bidirectional(LSTM(48, dropout=0.85)))
model.add(Dense(24, activation="relu"))
model.add(Dense(1, activation="sigmoid"))
model.compile(loss="binary_crossentropy", optimizer="rmsprop", metrics=["accuracy"])

history = model.fit(X_train, y_train, validation_split=0.1, epochs=10, batch_size=128)
score, acc = model.evaluate(X_test, y_test, batch_size=512)
print("Test loss", score, "Test accuracy", acc)

wrong = np.flatnonzero((model.predict(X_test)[:, 0] > 0.5) != y_test)
for i in wrong[:10]:
    print("missed", i)
