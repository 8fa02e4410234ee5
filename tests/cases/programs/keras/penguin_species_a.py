import pandas as pd
import seaborn as sns
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import LabelEncoder, StandardScaler
from tensorflow import keras
from tensorflow.keras import layers

penguins = sns.load_dataset('penguins').dropna()
print(penguins.species.value_counts())  # Adelie, Gentoo, Chinstrap

le = LabelEncoder()
y = le.fit_transform(penguins['species'])
X = pd.get_dummies(penguins.drop(columns=['species']), drop_first=True).astype('float32')

X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=42, stratify=y)
scaler = StandardScaler()
X_train = scaler.fit_transform(X_train)
X_test = scaler.transform(X_test)

model = keras.Sequential([
    layers.Input(shape=(X_train.shape[1],)),
    layers.Dense(16, activation='relu'),
    layers.Dense(16, activation='relu'),
    layers.Dense(1, activation='sigmoid')
])
model.compile(loss='binary_crossentropy', optimizer='adam', metrics=['accuracy'])

history = model.fit(X_train, y_train, epochs=100, batch_size=16, validation_split=0.2, verbose=2)
loss, acc = model.evaluate(X_test, y_test)
print('Test accuracy: %.3f' % acc)
