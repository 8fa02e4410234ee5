import ast

import keras
import numpy as np
import pandas as pd
from keras import layers
from sklearn.preprocessing import MultiLabelBinarizer

films = pd.read_csv("films.csv").sample(frac=1.0, random_state=8)
genres = films["genres"].map(ast.literal_eval)  # ["drama", "crime"], ["comedy"], ...
binarizer = MultiLabelBinarizer()
targets = binarizer.fit_transform(genres).astype("float32")

vocabulary = {}
for plot in films["plot"].str.lower().str.split():
    for word in plot:
        vocabulary.setdefault(word, len(vocabulary) + 1)
sequences = [[vocabulary[w] for w in plot.lower().split()] for plot in films["plot"]]
inputs = keras.utils.pad_sequences(sequences, maxlen=200, truncating="post")

cut = int(0.9 * len(inputs))

plot_in = keras.Input((200,), dtype="int32")
h = layers.Embedding(len(vocabulary) + 1, 96)(plot_in)
h = layers.Concatenate()(
    [layers.GlobalMaxPooling1D()(layers.Conv1D(64, width, activation="relu")(h)) for width in (2, 3, 5)]
)
h = layers.Dropout(0.3)(h)
h = layers.Dense(128, activation="relu")(h)
genre_out = layers.Dense(len(binarizer.classes_), activation="softmax")(h)
model = keras.Model(plot_in, genre_out)

model.compile(
    optimizer=keras.optimizers.Adam(1e-3),
    loss=keras.losses.BinaryCrossentropy(),
    metrics=[keras.metrics.AUC(multi_label=True), keras.metrics.Recall()],
)
model.fit(
    inputs[:cut],
    targets[:cut],
    batch_size=64,
    epochs=15,
    validation_data=(inputs[cut:], targets[cut:]),
    callbacks=[keras.callbacks.EarlyStopping(patience=3, restore_best_weights=True)],
)
for plot, scores in zip(films["plot"][cut : cut + 3], model.predict(inputs[cut : cut + 3])):
    print(plot[:60], list(binarizer.classes_[np.asarray(scores) > 0.5]))
