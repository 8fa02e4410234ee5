import numpy as np
import tensorflow as tf
from tensorflow.keras.layers import LSTM, Dense, Embedding

text = open("shakespeare.txt", encoding="utf8").read()
chars = sorted(set(text))
idx = {c: i for i, c in enumerate(chars)}
codes = np.array([idx[c] for c in text])
SEQ = 100

chunks = tf.data.Dataset.from_tensor_slices(codes).batch(SEQ + 1, drop_remainder=True)
pairs = chunks.map(lambda c: (c[:-1], c[1:])).shuffle(10000).batch(64, drop_remainder=True)
n_valid = 20
valid, train = pairs.take(n_valid), pairs.skip(n_valid)
optimizer = tf.keras.optimizers.SGD(learning_rate=0.05, momentum=0.9, clipnorm=0.0001)

model = tf.keras.Sequential([Embedding(len(chars), 128), LSTM(512, return_sequences=True), Dense(len(chars))])
model.compile(optimizer=optimizer, loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True))
model.fit(train, epochs=30)
print(model.evaluate(valid))
