import numpy as np
import torch
import torch.nn as nn
import torch.optim as optim
from torch.utils.data import TensorDataset, DataLoader

# Sign language digits, 64x64 grey images, values already in [0, 1]
X = np.load('X.npy').astype('float32')
Y = np.load('Y.npy').argmax(axis=1)

rng = np.random.RandomState(1)
order = rng.permutation(len(X))
X, Y = X[order], Y[order]
split = int(0.85 * len(X))

train_ds = TensorDataset(torch.tensor(X[:split]).unsqueeze(1), torch.tensor(Y[:split]))
test_ds = TensorDataset(torch.tensor(X[split:]).unsqueeze(1), torch.tensor(Y[split:]))
train_loader = DataLoader(train_ds, batch_size=32, shuffle=True)
test_loader = DataLoader(test_ds, batch_size=32, shuffle=False)


class Net(nn.Module):
    def __init__(self):
        super(Net, self).__init__()
        self.conv1 = nn.Conv2d(1, 16, kernel_size=5)
        self.conv2 = nn.Conv2d(16, 32, kernel_size=5)
        self.pool = nn.MaxPool2d(2, 2)
        self.relu = nn.ReLU()
        self.fc1 = nn.Linear(32 * 13 * 13, 100)
        self.fc2 = nn.Linear(100, 10)

    def forward(self, x):
        x = self.pool(self.relu(self.conv1(x)))
        x = self.pool(self.relu(self.conv2(x)))
        x = x.view(-1, 32 * 13 * 13)
        x = self.relu(self.fc1(x))
        x = self.fc2(x)
        return x


net = Net()
criterion = nn.CrossEntropyLoss()
optimizer = optim.SGD(net.parameters(), lr=0.01, momentum=0.9)

for epoch in range(20):
    correct, total, running = 0, 0, 0.0
    net.train()
    for images, labels in train_loader:
        optimizer.zero_grad()
        outputs = net(images)
        _, predicted = torch.max(outputs, 1)
        loss = criterion(outputs, labels)
        loss.backward()
        optimizer.step()
        running += loss.item()
        total += labels.size(0)
        correct += (predicted == labels).sum().item()
    print('Epoch: %d loss: %.3f acc: %.3f' % (epoch + 1, running / len(train_loader), correct / total))

net.eval()
hits = 0
with torch.no_grad():
    for images, labels in test_loader:
        hits += (net(images).argmax(dim=1) == labels).sum().item()
print('Accuracy on the test images: %.2f %%' % (100.0 * hits / len(test_ds)))
