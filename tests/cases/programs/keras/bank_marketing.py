import numpy as np
import pandas as pd
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

NUMERIC = ["age", "campaign", "previous", "emp.var.rate", "euribor3m"]
CATEGORICAL = ["job", "marital", "education", "contact", "month", "poutcome"]

frame = pd.read_csv("bank-additional-full.csv", sep=";")
frame["target"] = (frame.pop("y") == "yes").astype("int32")
frame = frame[NUMERIC + CATEGORICAL + ["target"]]
train, val, test = np.split(frame.sample(frac=1, random_state=1337), [int(0.8 * len(frame)), int(0.9 * len(frame))])


def df_to_dataset(df, shuffle=True, batch_size=256):
    df = df.copy()
    labels = df.pop("target")
    ds = tf.data.Dataset.from_tensor_slices(({k: v.to_numpy()[:, None] for k, v in df.items()}, labels))
    if shuffle:
        ds = ds.shuffle(buffer_size=len(df))
    return ds.batch(batch_size).prefetch(tf.data.AUTOTUNE)


train_ds = df_to_dataset(train)
val_ds = df_to_dataset(val, shuffle=False)
test_ds = df_to_dataset(test, shuffle=False)

all_inputs, encoded = {}, []
for name in NUMERIC:
    column = keras.Input(shape=(1,), name=name)
    normalizer = layers.Normalization(axis=None)
    normalizer.adapt(train[name].to_numpy().astype("float32"))
    all_inputs[name] = column
    encoded.append(normalizer(column))
for name in CATEGORICAL:
    column = keras.Input(shape=(1,), name=name, dtype="string")
    lookup = layers.StringLookup(output_mode="multi_hot")
    lookup.adapt(train[name].to_numpy())
    all_inputs[name] = column
    encoded.append(lookup(column))

x = layers.concatenate(encoded)
x = layers.Dense(64, activation="relu")(x)
x = layers.Dropout(0.5)(x)
x = layers.Dense(32, activation="relu")(x)
output = layers.Dense(1, activation="sigmoid")(x)

model = keras.Model(all_inputs, output)
model.compile("adam", "binary_crossentropy", metrics=["accuracy", keras.metrics.AUC(name="auc")])
model.fit(train_ds, epochs=20, validation_data=val_ds)

print(dict(zip(model.metrics_names, model.evaluate(test_ds))))
called = model.predict(test_ds)[:, 0] > 0.3
print("customers to be called:", int(called.sum()))
