import pandas as pd
import torch
import torch.nn as nn
from sklearn.preprocessing import StandardScaler
from torch.utils.data import DataLoader, TensorDataset

# one household, hourly: weather and the last loads -> load of the next hour
df = pd.read_csv("meter.csv", parse_dates=["time"])
df["hour"] = df["time"].dt.hour
df["weekday"] = df["time"].dt.weekday
df["load_next"] = df["load"].shift(-1)
df = df.iloc[:-1]

FEATURES = ["load", "temperature", "humidity", "wind", "hour", "weekday"]
features = df[FEATURES].dropna()  # the weather station was off at times
target = df["load_next"].values[: len(features)]
features = features.values

split = int(len(features) * 0.8)
sx, sy = StandardScaler(), StandardScaler()
x_train = sx.fit_transform(features[:split])
x_test = sx.transform(features[split:])
y_train = sy.fit_transform(target[:split].reshape(-1, 1))
y_test = sy.transform(target[split:].reshape(-1, 1))


def to_loader(x, y, train):
    data = TensorDataset(torch.tensor(x, dtype=torch.float32), torch.tensor(y, dtype=torch.float32))
    return DataLoader(data, batch_size=64, shuffle=train)


train_loader = to_loader(x_train, y_train, True)
test_loader = to_loader(x_test, y_test, False)

model = nn.Sequential(
    nn.Linear(len(FEATURES), 64),
    nn.ReLU(),
    nn.Linear(64, 64),
    nn.ReLU(),
    nn.Linear(64, 1),
)
loss_function = nn.HuberLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=0.001)

for epoch in range(50):
    model.train()
    train_loss = 0
    for inputs, labels in train_loader:
        optimizer.zero_grad()
        outputs = model(inputs)
        loss = loss_function(outputs, labels)
        loss.backward()
        optimizer.step()
        train_loss += loss.item() / len(train_loader)
    model.eval()
    test_loss = 0
    with torch.no_grad():
        for inputs, labels in test_loader:
            test_loss += loss_function(model(inputs), labels).item() / len(test_loader)
    if epoch % 5 == 0:
        print("Epoch", epoch, "train", train_loss, "test", test_loss)
