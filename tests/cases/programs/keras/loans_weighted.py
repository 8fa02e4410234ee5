import argparse

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.metrics import average_precision_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.utils.class_weight import compute_class_weight
from tensorflow import keras
from tensorflow.keras import layers, regularizers

args = argparse.ArgumentParser()
args.add_argument("--table", default="loans.csv")
args.add_argument("--target", default="defaulted")
args.add_argument("--width", type=int, default=128)
args.add_argument("--l2", type=float, default=1e-4)
args.add_argument("--batch", type=int, default=128)
args = args.parse_args()

table = pd.read_csv(args.table)
y = table.pop(args.target).to_numpy()
train_rows, test_rows, y_train, y_test = train_test_split(table, y, test_size=0.2, stratify=y, random_state=4)
train_rows, val_rows, y_train, y_val = train_test_split(train_rows, y_train, test_size=0.15, stratify=y_train, random_state=4)

numbers = list(table.select_dtypes("number").columns)
words = [c for c in table.columns if c not in numbers]
prepare = ColumnTransformer(
    [("z", StandardScaler(), numbers), ("onehot", OneHotEncoder(handle_unknown="ignore", sparse_output=False), words)]
)
x_train = prepare.fit_transform(train_rows)
x_val, x_test = prepare.transform(val_rows), prepare.transform(test_rows)

weights = compute_class_weight("balanced", classes=np.array([0, 1]), y=y_train)


def dense(h):
    h = layers.Dense(args.width, kernel_initializer="he_normal", kernel_regularizer=regularizers.l2(args.l2))(h)
    h = layers.Activation("relu")(h)
    return layers.Dropout(0.5)(h)


row = keras.Input((x_train.shape[1],))
risk = layers.Dense(1, activation="sigmoid")(dense(dense(row)))
model = keras.Model(row, risk)
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="binary_crossentropy", metrics=["AUC"])
model.fit(
    x_train,
    y_train,
    batch_size=args.batch,
    epochs=100,
    validation_data=(x_val, y_val),
    class_weight={0: weights[0], 1: weights[1]},
    callbacks=[keras.callbacks.EarlyStopping(patience=6, restore_best_weights=True)],
    verbose=2,
)
print("average precision", average_precision_score(y_test, model.predict(x_test)[:, 0]))
