import pandas
from keras.layers import Dense
from keras.models import Sequential
from keras.optimizers import RMSprop
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import LabelEncoder, StandardScaler

dataframe = pandas.read_csv("sonar.csv", header=None)
X = dataframe.values[:, 0:60].astype(float)
Y = LabelEncoder().fit_transform(dataframe.values[:, 60])
X_train, X_test, Y_train, Y_test = train_test_split(X, Y, test_size=0.25, shuffle=True)
sc = StandardScaler()
X_train = sc.fit_transform(X_train)
X_test = sc.transform(X_test)

model = Sequential()
model.add(Dense(60, input_dim=60, kernel_initializer="normal", activation="relu"))
model.add(Dense(30, kernel_initializer="normal", activation="relu"))
model.add(Dense(1, kernel_initializer="normal", activation="sigmoid"))
model.compile(loss="binary_crossentropy", optimizer=RMSprop(lr=1e-8), metrics=["accuracy"])
model.fit(X_train, Y_train, epochs=200, batch_size=8, verbose=0)
print(model.evaluate(X_test, Y_test))
