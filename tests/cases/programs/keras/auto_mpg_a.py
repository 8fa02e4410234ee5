import matplotlib.pyplot as plt
import pandas as pd
from keras.layers import Dense
from keras.models import Sequential

column_names = ['MPG', 'Cylinders', 'Displacement', 'Horsepower', 'Weight', 'Acceleration', 'Model Year', 'Origin']
raw_dataset = pd.read_csv('auto-mpg.data', names=column_names, na_values='?', comment='\t',
                          sep=' ', skipinitialspace=True)
dataset = raw_dataset.dropna()
origin = dataset.pop('Origin')
dataset = dataset.assign(USA=(origin == 1) * 1.0, Europe=(origin == 2) * 1.0, Japan=(origin == 3) * 1.0)

train_dataset = dataset.sample(frac=0.8, random_state=0)
test_dataset = dataset.drop(train_dataset.index)
train_labels = train_dataset.pop('MPG')
test_labels = test_dataset.pop('MPG')
stats = train_dataset.describe().transpose()
normed_train_data = (train_dataset - stats['mean']) / stats['std']
normed_test_data = (test_dataset - stats['mean']) / stats['std']

model = Sequential()
model.add(Dense(64, kernel_initializer='normal', input_dim=train_dataset.shape[1]))
model.add(Dense(64, kernel_initializer='normal'))
model.add(Dense(1, kernel_initializer='normal'))

model.compile(loss='mse', optimizer='rmsprop', metrics=['mae', 'mse'])
history = model.fit(normed_train_data, train_labels, epochs=400, validation_split=0.2, verbose=0)

hist = pd.DataFrame(history.history)
print(hist.tail())
plt.plot(hist['mae'], label='train')
plt.plot(hist['val_mae'], label='val')
plt.ylabel('Mean Abs Error [MPG]')
plt.legend()
plt.show()
loss, mae, mse = model.evaluate(normed_test_data, test_labels, verbose=2)
print('Testing set Mean Abs Error: {:5.2f} MPG'.format(mae))
