import keras
import pandas as pd
from keras import layers
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

df = pd.read_csv("titanic.csv")
df["Age"] = df["Age"].fillna(df["Age"].median())
df["Sex"] = (df["Sex"] == "female").astype(int)
columns = ["Pclass", "Sex", "Age", "SibSp", "Parch", "Fare"]
X_train, X_val, y_train, y_val = train_test_split(df[columns], df["Survived"], test_size=0.2, random_state=11)
scaler = StandardScaler()
X_train = scaler.fit_transform(X_train)
X_val = scaler.transform(X_val)

inputs = keras.Input(shape=(len(columns),))
h = layers.Dense(32, activation="relu")(inputs)
h = layers.Dropout(0.2)(h)
h = layers.Dense(16, activation="relu")(h)
outputs = layers.Dense(1)(h)
model = keras.Model(inputs, outputs)

model.compile(
    optimizer=keras.optimizers.Adam(learning_rate=1e-3),
    loss=keras.losses.BinaryCrossentropy(from_logits=True),
    metrics=[keras.metrics.AUC(name="auc")],
)
model.fit(X_train, y_train, validation_data=(X_val, y_val), epochs=60, batch_size=16, verbose=2)
