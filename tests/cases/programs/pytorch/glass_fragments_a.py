import pandas as pd
import torch
import torch.nn as nn
from sklearn.metrics import classification_report
from sklearn.model_selection import StratifiedKFold
from sklearn.preprocessing import LabelEncoder, StandardScaler


class GlassClassifier:
    """Scikit-like wrapper around a small net for the forensic glass table."""

    def __init__(self, n_features, n_classes, epochs=300):
        self.epochs = epochs
        self.scaler = StandardScaler()
        self.net = nn.Sequential(
            nn.Linear(n_features, 48),
            nn.BatchNorm1d(48),
            nn.ReLU(),
            nn.Linear(48, 24),
            nn.ReLU(),
            nn.Linear(24, n_classes),
        )
        self.loss = nn.CrossEntropyLoss()
        self.optimizer = torch.optim.Adam(self.net.parameters(), lr=0.001,
                                          weight_decay=1e-4)

    def fit(self, X, y):
        X = torch.tensor(self.scaler.fit_transform(X), dtype=torch.float32)
        y = torch.tensor(y, dtype=torch.long)
        self.net.train()
        for epoch in range(self.epochs):
            for idx in torch.randperm(len(X)).split(32):
                if len(idx) < 2:
                    continue
                self.optimizer.zero_grad()
                loss = self.loss(self.net(X[idx]), y[idx])
                loss.backward()
                self.optimizer.step()
            if epoch % 50 == 0:
                print('   epoch', epoch, 'loss', loss.item())
        return self

    def predict(self, X):
        X = torch.tensor(self.scaler.transform(X), dtype=torch.float32)
        self.net.eval()
        with torch.no_grad():
            return self.net(X).argmax(dim=1).numpy()


if __name__ == '__main__':
    table = pd.read_csv('glass.csv')
    y = LabelEncoder().fit_transform(table.pop('Type'))
    X = table.to_numpy()
    folds = StratifiedKFold(n_splits=4, shuffle=True, random_state=11)
    for k, (train, test) in enumerate(folds.split(X, y)):
        clf = GlassClassifier(X.shape[1], len(set(y))).fit(X[train], y[train])
        print('fold', k)
        print(classification_report(y[test], clf.predict(X[test])))
