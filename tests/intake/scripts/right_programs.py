"""Programs of many kinds in which nothing is wrong, written after the shapes that such programs have in public."""

RIGHT = {
    "a generative pair": """
import torch, torch.nn as nn, torch.optim as optim
from torch.utils.data import DataLoader
import torchvision.datasets as dset
import torchvision.transforms as T

nz, ngf, ndf, nc = 100, 64, 64, 3
dataset = dset.CIFAR10(
    "d", download=True, transform=T.Compose([T.Resize(64), T.ToTensor(), T.Normalize((0.5,) * 3, (0.5,) * 3)])
)
dataloader = DataLoader(dataset, batch_size=128, shuffle=True, num_workers=2)


def weights_init(m):
    classname = m.__class__.__name__
    if classname.find("Conv") != -1:
        m.weight.data.normal_(0.0, 0.02)
    elif classname.find("BatchNorm") != -1:
        m.weight.data.normal_(1.0, 0.02)
        m.bias.data.fill_(0)


class G(nn.Module):
    def __init__(self):
        super(G, self).__init__()
        self.main = nn.Sequential(
            nn.ConvTranspose2d(nz, ngf * 8, 4, 1, 0, bias=False),
            nn.BatchNorm2d(ngf * 8),
            nn.ReLU(True),
            nn.ConvTranspose2d(ngf * 8, nc, 4, 2, 1, bias=False),
            nn.Tanh(),
        )

    def forward(self, input):
        return self.main(input)


class D(nn.Module):
    def __init__(self):
        super(D, self).__init__()
        self.main = nn.Sequential(
            nn.Conv2d(nc, ndf, 4, 2, 1, bias=False),
            nn.LeakyReLU(0.2, inplace=True),
            nn.Conv2d(ndf, 1, 4, 1, 0, bias=False),
            nn.Sigmoid(),
        )

    def forward(self, input):
        return self.main(input).view(-1, 1).squeeze(1)


netG = G()
netG.apply(weights_init)
netD = D()
netD.apply(weights_init)
criterion = nn.BCELoss()
fixed = torch.randn(64, nz, 1, 1)
optD = optim.Adam(netD.parameters(), lr=2e-4, betas=(0.5, 0.999))
optG = optim.Adam(netG.parameters(), lr=2e-4, betas=(0.5, 0.999))
for epoch in range(25):
    for i, data in enumerate(dataloader, 0):
        netD.zero_grad()
        real = data[0]
        label = torch.full((real.size(0),), 1.0)
        output = netD(real)
        errD_real = criterion(output, label)
        errD_real.backward()
        noise = torch.randn(real.size(0), nz, 1, 1)
        fake = netG(noise)
        label.fill_(0)
        output = netD(fake.detach())
        errD_fake = criterion(output, label)
        errD_fake.backward()
        errD = errD_real + errD_fake
        optD.step()
        netG.zero_grad()
        label.fill_(1)
        output = netD(fake)
        errG = criterion(output, label)
        errG.backward()
        optG.step()
        if i % 100 == 0:
            fake = netG(fixed)
""",
    "a variational autoencoder": """
import torch
from torch import nn, optim
from torch.nn import functional as F
from torchvision import datasets, transforms

train_loader = torch.utils.data.DataLoader(
    datasets.MNIST("d", train=True, transform=transforms.ToTensor()), batch_size=128, shuffle=True
)
test_loader = torch.utils.data.DataLoader(
    datasets.MNIST("d", train=False, transform=transforms.ToTensor()), batch_size=128, shuffle=False
)


class VAE(nn.Module):
    def __init__(self):
        super(VAE, self).__init__()
        self.fc1 = nn.Linear(784, 400)
        self.fc21 = nn.Linear(400, 20)
        self.fc22 = nn.Linear(400, 20)
        self.fc3 = nn.Linear(20, 400)
        self.fc4 = nn.Linear(400, 784)

    def encode(self, x):
        h1 = F.relu(self.fc1(x))
        return self.fc21(h1), self.fc22(h1)

    def reparameterize(self, mu, logvar):
        std = torch.exp(0.5 * logvar)
        eps = torch.randn_like(std)
        return mu + eps * std

    def decode(self, z):
        h3 = F.relu(self.fc3(z))
        return torch.sigmoid(self.fc4(h3))

    def forward(self, x):
        mu, logvar = self.encode(x.view(-1, 784))
        z = self.reparameterize(mu, logvar)
        return self.decode(z), mu, logvar


model = VAE()
optimizer = optim.Adam(model.parameters(), lr=1e-3)


def loss_function(recon_x, x, mu, logvar):
    BCE = F.binary_cross_entropy(recon_x, x.view(-1, 784), reduction="sum")
    KLD = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return BCE + KLD


def train(epoch):
    model.train()
    train_loss = 0
    for batch_idx, (data, _) in enumerate(train_loader):
        optimizer.zero_grad()
        recon, mu, logvar = model(data)
        loss = loss_function(recon, data, mu, logvar)
        loss.backward()
        train_loss += loss.item()
        optimizer.step()


def test(epoch):
    model.eval()
    test_loss = 0
    with torch.no_grad():
        for i, (data, _) in enumerate(test_loader):
            recon, mu, logvar = model(data)
            test_loss += loss_function(recon, data, mu, logvar).item()


for epoch in range(1, 11):
    train(epoch)
    test(epoch)
""",
    "fine-tuning in two phases": """
import torch, copy
import torch.nn as nn
import torch.optim as optim
from torch.optim import lr_scheduler
import torchvision
from torchvision import datasets, models, transforms
import os

data_transforms = {
    "train": transforms.Compose(
        [
            transforms.RandomResizedCrop(224),
            transforms.RandomHorizontalFlip(),
            transforms.ToTensor(),
            transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
        ]
    ),
    "val": transforms.Compose(
        [
            transforms.Resize(256),
            transforms.CenterCrop(224),
            transforms.ToTensor(),
            transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
        ]
    ),
}
image_datasets = {
    x: datasets.ImageFolder(os.path.join("data", x), data_transforms[x]) for x in ["train", "val"]
}
dataloaders = {
    x: torch.utils.data.DataLoader(image_datasets[x], batch_size=4, shuffle=True) for x in ["train", "val"]
}


def train_model(model, criterion, optimizer, scheduler, num_epochs=25):
    best = copy.deepcopy(model.state_dict())
    for epoch in range(num_epochs):
        for phase in ["train", "val"]:
            if phase == "train":
                model.train()
            else:
                model.eval()
            running_loss = 0.0
            for inputs, labels in dataloaders[phase]:
                optimizer.zero_grad()
                with torch.set_grad_enabled(phase == "train"):
                    outputs = model(inputs)
                    _, preds = torch.max(outputs, 1)
                    loss = criterion(outputs, labels)
                    if phase == "train":
                        loss.backward()
                        optimizer.step()
                running_loss += loss.item() * inputs.size(0)
            if phase == "train":
                scheduler.step()
    model.load_state_dict(best)
    return model


model_ft = models.resnet18(weights="IMAGENET1K_V1")
num_ftrs = model_ft.fc.in_features
model_ft.fc = nn.Linear(num_ftrs, 2)
criterion = nn.CrossEntropyLoss()
optimizer_ft = optim.SGD(model_ft.parameters(), lr=0.001, momentum=0.9)
exp_lr_scheduler = lr_scheduler.StepLR(optimizer_ft, step_size=7, gamma=0.1)
model_ft = train_model(model_ft, criterion, optimizer_ft, exp_lr_scheduler, num_epochs=25)
model_conv = torchvision.models.resnet18(weights="IMAGENET1K_V1")
for param in model_conv.parameters():
    param.requires_grad = False
num_ftrs = model_conv.fc.in_features
model_conv.fc = nn.Linear(num_ftrs, 2)
optimizer_conv = optim.SGD(model_conv.fc.parameters(), lr=0.001, momentum=0.9)
exp_lr_scheduler = lr_scheduler.StepLR(optimizer_conv, step_size=7, gamma=0.1)
model_conv = train_model(model_conv, criterion, optimizer_conv, exp_lr_scheduler, num_epochs=25)
""",
    "a language model with its own update": """
import argparse, math, torch
import torch.nn as nn
import data, model as m

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=20)
parser.add_argument("--clip", type=float, default=0.25)
parser.add_argument("--epochs", type=int, default=40)
args = parser.parse_args()


class RNNModel(nn.Module):
    def __init__(self, ntoken, ninp, nhid, nlayers, dropout=0.5):
        super().__init__()
        self.drop = nn.Dropout(dropout)
        self.encoder = nn.Embedding(ntoken, ninp)
        self.rnn = nn.LSTM(ninp, nhid, nlayers, dropout=dropout)
        self.decoder = nn.Linear(nhid, ntoken)
        self.init_weights()

    def init_weights(self):
        initrange = 0.1
        nn.init.uniform_(self.encoder.weight, -initrange, initrange)
        nn.init.zeros_(self.decoder.bias)
        nn.init.uniform_(self.decoder.weight, -initrange, initrange)

    def forward(self, input, hidden):
        emb = self.drop(self.encoder(input))
        output, hidden = self.rnn(emb, hidden)
        decoded = self.decoder(self.drop(output))
        return torch.log_softmax(decoded.view(-1, 100), dim=1), hidden


model = RNNModel(100, 200, 200, 2)
criterion = nn.NLLLoss()
corpus = data.Corpus("x")
train_data = corpus.train


def get_batch(source, i):
    return source[i : i + 35], source[i + 1 : i + 36].view(-1)


def evaluate(src):
    model.eval()
    total = 0.0
    with torch.no_grad():
        for i in range(0, src.size(0) - 1, 35):
            d, t = get_batch(src, i)
            output, hidden = model(d, None)
            total += len(d) * criterion(output, t).item()
    return total


def train():
    model.train()
    total_loss = 0.0
    hidden = None
    for batch, i in enumerate(range(0, train_data.size(0) - 1, 35)):
        d, t = get_batch(train_data, i)
        model.zero_grad()
        output, hidden = model(d, hidden)
        loss = criterion(output, t)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), args.clip)
        for p in model.parameters():
            p.data.add_(p.grad, alpha=-lr)
        total_loss += loss.item()


lr = args.lr
for epoch in range(1, args.epochs + 1):
    train()
    val_loss = evaluate(corpus.valid)
""",
    "policy gradients": """
import gym, torch, numpy as np
import torch.nn as nn, torch.nn.functional as F, torch.optim as optim
from torch.distributions import Categorical


class Policy(nn.Module):
    def __init__(self):
        super(Policy, self).__init__()
        self.affine1 = nn.Linear(4, 128)
        self.dropout = nn.Dropout(p=0.6)
        self.affine2 = nn.Linear(128, 2)
        self.saved_log_probs = []
        self.rewards = []

    def forward(self, x):
        x = self.affine1(x)
        x = self.dropout(x)
        x = F.relu(x)
        return F.softmax(self.affine2(x), dim=1)


policy = Policy()
optimizer = optim.Adam(policy.parameters(), lr=1e-2)


def select_action(state):
    probs = policy(torch.from_numpy(state).float().unsqueeze(0))
    m = Categorical(probs)
    action = m.sample()
    policy.saved_log_probs.append(m.log_prob(action))
    return action.item()


def finish_episode():
    policy_loss = []
    returns = torch.tensor([1.0])
    for log_prob, R in zip(policy.saved_log_probs, returns):
        policy_loss.append(-log_prob * R)
    optimizer.zero_grad()
    policy_loss = torch.cat(policy_loss).sum()
    policy_loss.backward()
    optimizer.step()
    del policy.rewards[:]


for i_episode in range(100):
    state = env.reset()
    for t in range(1, 10000):
        action = select_action(state)
    finish_episode()
""",
    "a target network": """
import torch, random
import torch.nn as nn, torch.optim as optim, torch.nn.functional as F


class DQN(nn.Module):
    def __init__(self, n, a):
        super().__init__()
        self.layer1 = nn.Linear(n, 128)
        self.layer2 = nn.Linear(128, 128)
        self.layer3 = nn.Linear(128, a)

    def forward(self, x):
        x = F.relu(self.layer1(x))
        x = F.relu(self.layer2(x))
        return self.layer3(x)


policy_net = DQN(4, 2)
target_net = DQN(4, 2)
target_net.load_state_dict(policy_net.state_dict())
optimizer = optim.AdamW(policy_net.parameters(), lr=1e-4, amsgrad=True)


def optimize_model(memory):
    batch = memory.sample(128)
    q = policy_net(batch.state).gather(1, batch.action)
    nxt = torch.zeros(128)
    with torch.no_grad():
        nxt = target_net(batch.next).max(1).values
    expected = nxt * 0.99 + batch.reward
    loss = nn.SmoothL1Loss()(q, expected.unsqueeze(1))
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_value_(policy_net.parameters(), 100)
    optimizer.step()


memory = []
for ep in range(600):
    for t in range(100):
        optimize_model(memory)
""",
    "a loop for a pretrained transformer": """
import torch
from torch.utils.data import DataLoader
from transformers import AutoModelForSequenceClassification, get_linear_schedule_with_warmup
from torch.optim import AdamW
from datasets import load_dataset
from tqdm.auto import tqdm

ds = load_dataset("imdb")
train_dl = DataLoader(ds["train"], shuffle=True, batch_size=8)
eval_dl = DataLoader(ds["test"], batch_size=8)
model = AutoModelForSequenceClassification.from_pretrained("bert-base-cased", num_labels=2)
optimizer = AdamW(model.parameters(), lr=5e-5)
num_epochs = 3
total = num_epochs * len(train_dl)
sched = get_linear_schedule_with_warmup(optimizer, num_warmup_steps=100, num_training_steps=total)
for epoch in range(num_epochs):
    model.train()
    for batch in tqdm(train_dl):
        batch = {k: v.to("cuda") for k, v in batch.items()}
        outputs = model(**batch)
        loss = outputs.loss
        loss.backward()
        optimizer.step()
        sched.step()
        optimizer.zero_grad()
    model.eval()
    for batch in eval_dl:
        with torch.no_grad():
            outputs = model(**batch)
""",
    "a loop that a library prepares": """
import torch, torch.nn as nn
from accelerate import Accelerator

acc = Accelerator(gradient_accumulation_steps=2)
model = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 2))
opt = torch.optim.AdamW(model.parameters(), lr=1e-3)
ds = torch.utils.data.TensorDataset(torch.randn(100, 4), torch.randint(0, 2, (100,)))
dl = torch.utils.data.DataLoader(ds, batch_size=8, shuffle=True)
model, opt, dl = acc.prepare(model, opt, dl)
for epoch in range(3):
    for x, y in dl:
        with acc.accumulate(model):
            loss = nn.functional.cross_entropy(model(x), y)
            acc.backward(loss)
            opt.step()
            opt.zero_grad()
""",
    "a regression by hand": """
import torch
from torch import nn

x = torch.linspace(-1, 1, 200).unsqueeze(1)
y = x**3
net = nn.Sequential(nn.Linear(1, 32), nn.Tanh(), nn.Linear(32, 1))
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
for step in range(2000):
    loss = ((net(x) - y) ** 2).mean()
    opt.zero_grad(set_to_none=True)
    loss.backward()
    opt.step()
""",
    "an optimizer that calls back": """
import torch
from torch import nn, optim


class Seq(nn.Module):
    def __init__(self):
        super(Seq, self).__init__()
        self.lstm1 = nn.LSTMCell(1, 51)
        self.linear = nn.Linear(51, 1)

    def forward(self, input):
        outputs = []
        h = torch.zeros(1, 51)
        for t in input.split(1, dim=1):
            h, c = self.lstm1(t, (h, h))
            outputs += [self.linear(h)]
        return torch.cat(outputs, dim=1)


seq = Seq().double()
criterion = nn.MSELoss()
optimizer = optim.LBFGS(seq.parameters(), lr=0.8)
data = torch.load("t.pt")
for i in range(15):

    def closure():
        optimizer.zero_grad()
        out = seq(data)
        loss = criterion(out, data)
        loss.backward()
        return loss

    optimizer.step(closure)
""",
    "residual blocks": """
import torch, torch.nn as nn, torch.nn.functional as F


class BasicBlock(nn.Module):
    expansion = 1

    def __init__(self, in_planes, planes, stride=1):
        super().__init__()
        self.conv1 = nn.Conv2d(in_planes, planes, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(planes)
        self.conv2 = nn.Conv2d(planes, planes, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(planes)
        self.shortcut = nn.Sequential()
        if stride != 1 or in_planes != planes:
            self.shortcut = nn.Sequential(
                nn.Conv2d(in_planes, planes, 1, stride, bias=False), nn.BatchNorm2d(planes)
            )

    def forward(self, x):
        out = F.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        out += self.shortcut(x)
        return F.relu(out)


class ResNet(nn.Module):
    def __init__(self, block, num_blocks, num_classes=10):
        super().__init__()
        self.in_planes = 64
        self.conv1 = nn.Conv2d(3, 64, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.layer1 = self._make_layer(block, 64, num_blocks[0], 1)
        self.layer2 = self._make_layer(block, 128, num_blocks[1], 2)
        self.linear = nn.Linear(128, num_classes)

    def _make_layer(self, block, planes, n, stride):
        strides = [stride] + [1] * (n - 1)
        layers = []
        for s in strides:
            layers.append(block(self.in_planes, planes, s))
            self.in_planes = planes * block.expansion
        return nn.Sequential(*layers)

    def forward(self, x):
        out = F.relu(self.bn1(self.conv1(x)))
        out = self.layer2(self.layer1(out))
        out = F.avg_pool2d(out, 4)
        out = out.view(out.size(0), -1)
        return self.linear(out)


net = ResNet(BasicBlock, [2, 2])


def init(net):
    for m in net.modules():
        if isinstance(m, nn.Conv2d):
            nn.init.kaiming_normal_(m.weight, mode="fan_out")
        elif isinstance(m, nn.BatchNorm2d):
            nn.init.constant_(m.weight, 1)
            nn.init.constant_(m.bias, 0)
        elif isinstance(m, nn.Linear):
            nn.init.normal_(m.weight, std=1e-3)
            nn.init.constant_(m.bias, 0)
    for m in net.modules():
        if isinstance(m, BasicBlock):
            nn.init.constant_(m.bn2.weight, 0)


init(net)
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9, weight_decay=5e-4)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=200)


def train(trainloader):
    net.train()
    for inputs, targets in trainloader:
        optimizer.zero_grad()
        loss = criterion(net(inputs), targets)
        loss.backward()
        optimizer.step()
""",
    "segmentation in mixed precision": """
import torch, torch.nn as nn
from torch.utils.data import DataLoader, random_split
from mydata import Carvana


class DoubleConv(nn.Module):
    def __init__(self, i, o):
        super().__init__()
        self.d = nn.Sequential(
            nn.Conv2d(i, o, 3, padding=1),
            nn.BatchNorm2d(o),
            nn.ReLU(inplace=True),
            nn.Conv2d(o, o, 3, padding=1),
            nn.BatchNorm2d(o),
            nn.ReLU(inplace=True),
        )

    def forward(self, x):
        return self.d(x)


class UNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.inc = DoubleConv(3, 64)
        self.down = nn.Sequential(nn.MaxPool2d(2), DoubleConv(64, 128))
        self.up = nn.ConvTranspose2d(128, 64, 2, 2)
        self.conv = DoubleConv(128, 64)
        self.outc = nn.Conv2d(64, 1, 1)

    def forward(self, x):
        a = self.inc(x)
        b = self.down(a)
        u = self.up(b)
        return self.outc(self.conv(torch.cat([a, u], dim=1)))


def dice_loss(p, t, eps=1e-6):
    inter = 2 * (p * t).sum()
    sets = p.sum() + t.sum()
    sets = torch.where(sets == 0, inter, sets)
    return 1 - (inter + eps) / (sets + eps)


dataset = Carvana("x")
train_set, val_set = random_split(dataset, [900, 100], generator=torch.Generator().manual_seed(0))
train_loader = DataLoader(train_set, shuffle=True, batch_size=4)
val_loader = DataLoader(val_set, shuffle=False, drop_last=True, batch_size=4)
model = UNet()
optimizer = torch.optim.RMSprop(model.parameters(), lr=1e-5, weight_decay=1e-8, momentum=0.999)
scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, "max", patience=5)
grad_scaler = torch.cuda.amp.GradScaler(enabled=True)
criterion = nn.BCEWithLogitsLoss()


@torch.inference_mode()
def evaluate(net, dataloader):
    net.eval()
    for batch in dataloader:
        pred = net(batch["image"])
    net.train()
    return 0


for epoch in range(1, 6):
    model.train()
    for batch in train_loader:
        images, masks = batch["image"], batch["mask"]
        with torch.autocast("cuda", enabled=True):
            pred = model(images)
            loss = criterion(pred.squeeze(1), masks.float())
            loss += dice_loss(torch.sigmoid(pred.squeeze(1)), masks.float())
        optimizer.zero_grad(set_to_none=True)
        grad_scaler.scale(loss).backward()
        grad_scaler.unscale_(optimizer)
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        grad_scaler.step(optimizer)
        grad_scaler.update()
        score = evaluate(model, val_loader)
        scheduler.step(score)
""",
    "a trainer of classes": """
import torch, torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset
from dataclasses import dataclass


@dataclass
class Config:
    lr: float = 3e-4
    batch_size: int = 32
    max_epochs: int = 10
    grad_norm_clip: float = 1.0


class MLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(8, 64), nn.GELU(), nn.Dropout(0.1), nn.Linear(64, 3))

    def forward(self, x, y=None):
        logits = self.net(x)
        loss = None
        if y is not None:
            loss = nn.functional.cross_entropy(logits, y)
        return logits, loss


class Trainer:
    def __init__(self, model, train_ds, test_ds, config):
        self.model, self.train_ds, self.test_ds, self.config = model, train_ds, test_ds, config

    def train(self):
        model, config = self.model, self.config
        optimizer = torch.optim.AdamW(model.parameters(), lr=config.lr, betas=(0.9, 0.95))

        def run_epoch(split):
            is_train = split == "train"
            model.train(is_train)
            data = self.train_ds if is_train else self.test_ds
            loader = DataLoader(data, shuffle=is_train, batch_size=config.batch_size)
            for it, (x, y) in enumerate(loader):
                with torch.set_grad_enabled(is_train):
                    logits, loss = model(x, y)
                    loss = loss.mean()
                if is_train:
                    model.zero_grad()
                    loss.backward()
                    torch.nn.utils.clip_grad_norm_(model.parameters(), config.grad_norm_clip)
                    optimizer.step()

        for epoch in range(config.max_epochs):
            run_epoch("train")
            if self.test_ds is not None:
                run_epoch("test")


t = Trainer(MLP(), TensorDataset(torch.randn(100, 8), torch.randint(0, 3, (100,))), None, Config())
t.train()
""",
    "steps of a module": """
import torch, torch.nn as nn, torch.nn.functional as F
import pytorch_lightning as pl


class Lit(pl.LightningModule):
    def __init__(self):
        super().__init__()
        self.l1 = nn.Linear(784, 128)
        self.l2 = nn.Linear(128, 10)

    def forward(self, x):
        return self.l2(torch.relu(self.l1(x.view(x.size(0), -1))))

    def training_step(self, batch, batch_idx):
        x, y = batch
        return F.cross_entropy(self(x), y)

    def validation_step(self, batch, batch_idx):
        x, y = batch
        self.log("v", F.cross_entropy(self(x), y))

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=0.02)


trainer = pl.Trainer(max_epochs=3)
trainer.fit(Lit(), dl)
""",
    "a critic with clipped weights": """
import torch, torch.nn as nn

G = nn.Sequential(nn.Linear(100, 256), nn.LeakyReLU(0.2), nn.Linear(256, 784), nn.Tanh())
D = nn.Sequential(nn.Linear(784, 256), nn.LeakyReLU(0.2), nn.Linear(256, 1))
og = torch.optim.RMSprop(G.parameters(), lr=5e-5)
od = torch.optim.RMSprop(D.parameters(), lr=5e-5)
for epoch in range(100):
    for i, (imgs, _) in enumerate(loader):
        od.zero_grad()
        z = torch.randn(64, 100)
        fake = G(z).detach()
        loss_D = -torch.mean(D(imgs)) + torch.mean(D(fake))
        loss_D.backward()
        od.step()
        for p in D.parameters():
            p.data.clamp_(-0.01, 0.01)
        if i % 5 == 0:
            og.zero_grad()
            gen = G(z)
            loss_G = -torch.mean(D(gen))
            loss_G.backward()
            og.step()
""",
    "a teacher and a student": """
import torch, torch.nn as nn, torch.nn.functional as F
from torchvision import models

teacher = models.resnet50(pretrained=True).eval()
student = nn.Sequential(
    nn.Conv2d(3, 16, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(16, 1000)
)
opt = torch.optim.Adam(student.parameters(), 1e-3)
for epoch in range(10):
    for x, y in loader:
        with torch.no_grad():
            t = teacher(x)
        s = student(x)
        loss = F.kl_div(
            F.log_softmax(s / 4, 1), F.softmax(t / 4, 1), reduction="batchmean"
        ) * 16 + F.cross_entropy(s, y)
        opt.zero_grad()
        loss.backward()
        opt.step()
""",
    "weights without an optimizer": """
import torch

w = torch.randn(3, requires_grad=True)
for t in range(500):
    y = x @ w
    loss = (y - tgt).pow(2).sum()
    loss.backward()
    with torch.no_grad():
        w -= 1e-3 * w.grad
        w.grad.zero_()
""",
    "an encoder and a decoder": """
import torch, random
import torch.nn as nn
from torch import optim


class Enc(nn.Module):
    def __init__(self, i, h):
        super().__init__()
        self.embedding = nn.Embedding(i, h)
        self.gru = nn.GRU(h, h)

    def forward(self, input, hidden):
        e = self.embedding(input).view(1, 1, -1)
        output, hidden = self.gru(e, hidden)
        return output, hidden


class Dec(nn.Module):
    def __init__(self, h, o):
        super().__init__()
        self.embedding = nn.Embedding(o, h)
        self.gru = nn.GRU(h, h)
        self.out = nn.Linear(h, o)
        self.softmax = nn.LogSoftmax(dim=1)

    def forward(self, input, hidden):
        output = torch.relu(self.embedding(input).view(1, 1, -1))
        output, hidden = self.gru(output, hidden)
        return self.softmax(self.out(output[0])), hidden


def train(inp, tgt, enc, dec, eo, do, criterion):
    eo.zero_grad()
    do.zero_grad()
    loss = 0
    h = None
    for ei in range(inp.size(0)):
        o, h = enc(inp[ei], h)
    d = torch.tensor([[0]])
    for di in range(tgt.size(0)):
        out, h = dec(d, h)
        topv, topi = out.topk(1)
        d = topi.squeeze().detach()
        loss += criterion(out, tgt[di])
    loss.backward()
    eo.step()
    do.step()
    return loss.item() / tgt.size(0)


def trainIters(enc, dec, n_iters, lr=0.01):
    eo = optim.SGD(enc.parameters(), lr=lr)
    do = optim.SGD(dec.parameters(), lr=lr)
    criterion = nn.NLLLoss()
    for it in range(1, n_iters + 1):
        loss = train(None, None, enc, dec, eo, do, criterion)


trainIters(Enc(10, 256), Dec(256, 20), 75000)
""",
    "a subclassed network with a tape": """
import tensorflow as tf


class M(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.c = tf.keras.layers.Conv2D(32, 3, activation="relu")
        self.f = tf.keras.layers.Flatten()
        self.d1 = tf.keras.layers.Dense(128, activation="relu")
        self.drop = tf.keras.layers.Dropout(0.5)
        self.d2 = tf.keras.layers.Dense(10)

    def call(self, x, training=False):
        return self.d2(self.drop(self.d1(self.f(self.c(x))), training=training))


(x_train, y_train), (x_test, y_test) = tf.keras.datasets.mnist.load_data()
x_train, x_test = x_train / 255.0, x_test / 255.0
x_train = x_train[..., tf.newaxis].astype("float32")
x_test = x_test[..., tf.newaxis].astype("float32")
train_ds = tf.data.Dataset.from_tensor_slices((x_train, y_train)).shuffle(10000).batch(32)
test_ds = tf.data.Dataset.from_tensor_slices((x_test, y_test)).batch(32)
model = M()
loss_object = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
optimizer = tf.keras.optimizers.Adam()


@tf.function
def train_step(images, labels):
    with tf.GradientTape() as tape:
        predictions = model(images, training=True)
        loss = loss_object(labels, predictions)
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))


@tf.function
def test_step(images, labels):
    predictions = model(images, training=False)
    t_loss = loss_object(labels, predictions)


for epoch in range(5):
    for images, labels in train_ds:
        train_step(images, labels)
    for images, labels in test_ds:
        test_step(images, labels)
""",
    "transfer learning in two stages": """
from tensorflow import keras
from tensorflow.keras import layers

train_ds = keras.utils.image_dataset_from_directory(
    "d", validation_split=0.2, subset="training", seed=1, image_size=(160, 160), batch_size=32
)
val_ds = keras.utils.image_dataset_from_directory(
    "d", validation_split=0.2, subset="validation", seed=1, image_size=(160, 160), batch_size=32
)
base_model = keras.applications.MobileNetV2(input_shape=(160, 160, 3), include_top=False, weights="imagenet")
base_model.trainable = False
inputs = keras.Input(shape=(160, 160, 3))
x = layers.RandomFlip("horizontal")(inputs)
x = keras.applications.mobilenet_v2.preprocess_input(x)
x = base_model(x, training=False)
x = layers.GlobalAveragePooling2D()(x)
x = layers.Dropout(0.2)(x)
outputs = layers.Dense(1)(x)
model = keras.Model(inputs, outputs)
model.compile(optimizer=keras.optimizers.Adam(1e-4), loss=keras.losses.BinaryCrossentropy(from_logits=True))
model.fit(train_ds, epochs=10, validation_data=val_ds)
base_model.trainable = True
for layer in base_model.layers[:100]:
    layer.trainable = False
model.compile(
    optimizer=keras.optimizers.RMSprop(1e-5), loss=keras.losses.BinaryCrossentropy(from_logits=True)
)
model.fit(train_ds, epochs=20, validation_data=val_ds)
""",
    "an autoencoder": """
from keras.layers import Input, Dense
from keras.models import Model
from keras.datasets import mnist
import numpy as np

(x_train, _), (x_test, _) = mnist.load_data()
x_train = x_train.astype("float32") / 255.0
x_test = x_test.astype("float32") / 255.0
x_train = x_train.reshape((len(x_train), np.prod(x_train.shape[1:])))
x_test = x_test.reshape((len(x_test), np.prod(x_test.shape[1:])))
i = Input(shape=(784,))
e = Dense(32, activation="relu")(i)
d = Dense(784, activation="sigmoid")(e)
ae = Model(i, d)
encoder = Model(i, e)
ae.compile(optimizer="adadelta", loss="binary_crossentropy")
ae.fit(x_train, x_train, epochs=50, batch_size=256, shuffle=True, validation_data=(x_test, x_test))
""",
    "a generative pair in Keras": """
from keras.models import Sequential, Model
from keras.layers import *
from keras.optimizers import Adam
import numpy as np


def build_d():
    m = Sequential()
    m.add(Flatten(input_shape=(28, 28)))
    m.add(Dense(512))
    m.add(LeakyReLU(0.2))
    m.add(Dense(1, activation="sigmoid"))
    img = Input(shape=(28, 28))
    return Model(img, m(img))


def build_g():
    m = Sequential()
    m.add(Dense(256, input_dim=100))
    m.add(LeakyReLU(0.2))
    m.add(BatchNormalization(momentum=0.8))
    m.add(Dense(784, activation="tanh"))
    m.add(Reshape((28, 28)))
    z = Input(shape=(100,))
    return Model(z, m(z))


d = build_d()
d.compile(loss="binary_crossentropy", optimizer=Adam(0.0002, 0.5))
g = build_g()
z = Input(shape=(100,))
img = g(z)
d.trainable = False
valid = d(img)
combined = Model(z, valid)
combined.compile(loss="binary_crossentropy", optimizer=Adam(0.0002, 0.5))
from keras.datasets import mnist

(X_train, _), (_, _) = mnist.load_data()
X_train = X_train / 127.5 - 1.0
for epoch in range(30000):
    idx = np.random.randint(0, X_train.shape[0], 32)
    noise = np.random.normal(0, 1, (32, 100))
    gen = g.predict(noise)
    d.train_on_batch(X_train[idx], np.ones((32, 1)))
    d.train_on_batch(gen, np.zeros((32, 1)))
    combined.train_on_batch(noise, np.ones((32, 1)))
""",
    "cross-validation": """
import torch, torch.nn as nn
from torch.utils.data import DataLoader, Subset, SubsetRandomSampler
from torchvision import datasets, transforms
from sklearn.model_selection import KFold

ds = datasets.MNIST("d", train=True, transform=transforms.ToTensor())
for fold, (tr, va) in enumerate(KFold(5, shuffle=True).split(ds)):
    train_loader = DataLoader(ds, batch_size=64, sampler=SubsetRandomSampler(tr))
    val_loader = DataLoader(ds, batch_size=64, sampler=SubsetRandomSampler(va))
    model = nn.Sequential(nn.Flatten(), nn.Linear(784, 100), nn.ReLU(), nn.Dropout(0.2), nn.Linear(100, 10))
    opt = torch.optim.Adam(model.parameters())
    for epoch in range(5):
        model.train()
        for x, y in train_loader:
            opt.zero_grad()
            nn.functional.cross_entropy(model(x), y).backward()
            opt.step()
        model.eval()
        for x, y in val_loader:
            with torch.no_grad():
                out = model(x)
""",
    "a transformer": """
import torch, math
import torch.nn as nn


class PE(nn.Module):
    def __init__(self, d, p=0.1):
        super().__init__()
        self.dropout = nn.Dropout(p)
        self.register_buffer("pe", torch.zeros(5000, d))

    def forward(self, x):
        return self.dropout(x + self.pe[: x.size(0)])


class T(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.pos = PE(d)
        enc = nn.TransformerEncoderLayer(d, 4, 200, 0.2)
        self.enc = nn.TransformerEncoder(enc, 2)
        self.emb = nn.Embedding(n, d)
        self.dec = nn.Linear(d, n)

    def forward(self, src, mask=None):
        return self.dec(self.enc(self.pos(self.emb(src) * 4), mask))


model = T(1000, 200)
crit = nn.CrossEntropyLoss()
opt = torch.optim.SGD(model.parameters(), lr=5.0)
sch = torch.optim.lr_scheduler.StepLR(opt, 1.0, gamma=0.95)


def train(model):
    model.train()
    for batch, i in enumerate(range(0, 1000, 35)):
        out = model(get(i)).view(-1, 1000)
        loss = crit(out, tg(i))
        opt.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 0.5)
        opt.step()


def evaluate(model, data):
    model.eval()
    with torch.no_grad():
        for i in range(0, 100, 35):
            out = model(get(i))


for epoch in range(1, 4):
    train(model)
    evaluate(model, None)
    sch.step()
""",
    "frozen batch norm": """
import torch, torch.nn as nn
from torchvision import models

m = models.resnet18(weights="DEFAULT")
for name, p in m.named_parameters():
    if not name.startswith("fc"):
        p.requires_grad = False
m.fc = nn.Linear(512, 5)
opt = torch.optim.Adam(filter(lambda p: p.requires_grad, m.parameters()), lr=1e-3)
for e in range(5):
    m.train()
    for mod in m.modules():
        if isinstance(mod, nn.BatchNorm2d):
            mod.eval()
    for x, y in train_loader:
        opt.zero_grad()
        l = nn.CrossEntropyLoss()(m(x), y)
        l.backward()
        opt.step()
    m.eval()
    with torch.no_grad():
        for x, y in val_loader:
            m(x)
""",
    "forecasts of a series": """
import numpy as np
from sklearn.preprocessing import MinMaxScaler
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import LSTM, Dense, Dropout
import pandas as pd

df = pd.read_csv("x.csv", usecols=[1])
values = df.values.astype("float32")
n = int(len(values) * 0.67)
train, test = values[:n], values[n:]
sc = MinMaxScaler()
train = sc.fit_transform(train)
test = sc.transform(test)


def make(d, look=10):
    X, Y = [], []
    for i in range(len(d) - look):
        X.append(d[i : i + look, 0])
        Y.append(d[i + look, 0])
    return np.array(X), np.array(Y)


tx, ty = make(train)
vx, vy = make(test)
tx = np.reshape(tx, (tx.shape[0], 10, 1))
vx = np.reshape(vx, (vx.shape[0], 10, 1))
m = Sequential([LSTM(50, return_sequences=True, input_shape=(10, 1)), Dropout(0.2), LSTM(50), Dense(1)])
m.compile(loss="mean_squared_error", optimizer="adam")
m.fit(tx, ty, epochs=100, batch_size=16, validation_data=(vx, vy), shuffle=True)
""",
}
