import pandas as pd
from keras import backend as K
from keras.layers import Dense, Dropout
from keras.models import Sequential
from keras.optimizers import Adam
from sklearn.preprocessing import RobustScaler


def weighted_bce(pos_weight):
    def loss(y_true, y_pred):
        y_pred = K.clip(y_pred, K.epsilon(), 1 - K.epsilon())
        pos = pos_weight * y_true * K.log(y_pred)
        neg = (1 - y_true) * K.log(1 - y_pred)
        return -K.mean(pos + neg, axis=-1)

    return loss


train = pd.read_csv("creditcard_train.csv")
test = pd.read_csv("creditcard_test.csv")
y_train, y_test = train.pop("Class").astype("float32"), test.pop("Class").astype("float32")
rs = RobustScaler().fit(train)
x_train, x_test = rs.transform(train), rs.transform(test)

model = Sequential()
model.add(Dense(64, activation="relu", input_dim=x_train.shape[1]))
model.add(Dropout(0.3))
model.add(Dense(32, activation="relu"))
model.add(Dense(1, activation="sigmoid"))
model.compile(optimizer=Adam(lr=1e-3), loss=weighted_bce(20.0), metrics=["accuracy"])
model.fit(x_train, y_train, batch_size=256, epochs=20, validation_data=(x_test, y_test), verbose=2)
