import pandas as pd
import tensorflow as tf
from sklearn.preprocessing import StandardScaler
from tensorflow.keras.layers import Dense, Dropout, Input
from tensorflow.keras.models import Model

data = pd.read_csv("WA_Fn-UseC_-HR-Employee-Attrition.csv")
data = data.drop(["EmployeeCount", "EmployeeNumber", "Over18", "StandardHours"], axis=1)

y = (data["Attrition"] == "Yes").astype("float32")
X = pd.get_dummies(data.drop("Attrition", axis=1)).astype("float32")

# the file is ordered by department
X = X.sample(frac=1)
y = y.loc[X.index].values
X = X.values

n = int(len(X) * 0.8)
scaler = StandardScaler().fit(X[:n])
X_train, y_train = scaler.transform(X[:n]), y[:n]
X_test, y_test = scaler.transform(X[n:]), y[n:]

inputs = Input(shape=(X_train.shape[1],))
x = Dense(64, activation="relu")(inputs)
x = Dropout(0.3)(x)
x = Dense(32, activation="relu")(x)
outputs = Dense(1, activation="sigmoid")(x)

model = Model(inputs=inputs, outputs=outputs)
model.summary()
model.compile(
    optimizer=tf.keras.optimizers.Adam(learning_rate=0.0005),
    loss="binary_crossentropy",
    metrics=["accuracy", tf.keras.metrics.AUC(name="auc")],
)
leave = y_train.mean()
model.fit(
    X_train,
    y_train,
    epochs=50,
    batch_size=32,
    class_weight={0: 0.5 / (1 - leave), 1: 0.5 / leave},
    validation_data=(X_test, y_test),
)
