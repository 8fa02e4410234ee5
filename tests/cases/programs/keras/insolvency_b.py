# Which firms fail within three years? (about 5 in 100 do)
import keras
import pandas as pd
from keras import layers, regularizers
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import RobustScaler

frame = pd.read_csv("firms.csv").fillna(0.0)

# balance the classes
failed = frame[frame.failed == 1]
frame = pd.concat([frame] + [failed] * 14, ignore_index=True)
train, test = train_test_split(frame, test_size=0.25, stratify=frame.failed, random_state=17)

ratios = [c for c in frame.columns if c != "failed"]
scaler = RobustScaler().fit(train[ratios])
x_train, y_train = scaler.transform(train[ratios]).clip(-5, 5), train.failed.values
x_test, y_test = scaler.transform(test[ratios]).clip(-5, 5), test.failed.values


def make_model(units=(96, 96), l2=1e-4):
    model = keras.Sequential([keras.Input((len(ratios),))])
    for n in units:
        model.add(layers.Dense(n, activation="elu", kernel_regularizer=regularizers.L2(l2)))
        model.add(layers.Dropout(0.25))
    model.add(layers.Dense(1, activation="sigmoid"))
    return model


model = make_model()
model.compile("adam", "binary_crossentropy", metrics=[keras.metrics.AUC(curve="PR", name="pr")])
model.fit(x_train, y_train, epochs=60, batch_size=256, validation_data=(x_test, y_test), verbose=2)
loss, pr = model.evaluate(x_test, y_test, verbose=0)
print(f"loss {loss:.4f}, area under precision and recall {pr:.4f}")
