"""Distil a big sketch recogniser into one that fits on a phone."""
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset


def stage(i, o, depthwise):
    if depthwise:
        body = [nn.Conv2d(i, i, 3, 1, 1, groups=i, bias=False), nn.Conv2d(i, o, 1, bias=False)]
    else:
        body = [nn.Conv2d(i, o, 3, 1, 1, bias=False)]
    return nn.Sequential(*body, nn.BatchNorm2d(o), nn.ReLU6(), nn.MaxPool2d(2))


def network(widths, classes, depthwise):
    stages = [stage(i, o, depthwise and i > 1) for i, o in zip((1, *widths), widths)]
    return nn.Sequential(*stages, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(widths[-1], classes))


def distillation_loss(student_logits, teacher_logits, target, temperature, alpha):
    soft_student = torch.softmax(student_logits / temperature, dim=1)
    soft_teacher = torch.softmax(teacher_logits / temperature, dim=1)
    divergence = (soft_teacher * (soft_teacher.log() - soft_student.log())).sum(dim=1).mean()
    hard = F.cross_entropy(student_logits, target)
    return alpha * temperature**2 * divergence + (1 - alpha) * hard


def evaluate(net, loader):
    net.eval()
    with torch.no_grad():
        hits = sum((net(x).argmax(1) == y).sum().item() for x, y in loader)
    net.train()
    return hits / len(loader.dataset)


def train(epochs=30, temperature=2.0, alpha=0.7):
    blob = torch.load("sketches.pt")
    as_set = lambda part: TensorDataset(blob[part]["ink"].float().unsqueeze(1) / 255, blob[part]["kind"])
    train_loader = DataLoader(as_set("train"), batch_size=128, shuffle=True)
    test_loader = DataLoader(as_set("test"), batch_size=512)
    classes = blob["n_kinds"]
    teacher = network((64, 128, 256, 256), classes, depthwise=False)
    teacher.load_state_dict(torch.load("teacher.pt"))
    teacher.eval().requires_grad_(False)
    student = network((16, 32, 64, 64), classes, depthwise=True)
    optimizer = torch.optim.Adam(student.parameters(), lr=2e-3)
    scheduler = torch.optim.lr_scheduler.MultiStepLR(optimizer, [18, 25], gamma=0.1)
    for epoch in range(epochs):
        student.train()
        for x, y in train_loader:
            with torch.no_grad():
                guide = teacher(x)
            loss = distillation_loss(student(x), guide, y, temperature, alpha)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        scheduler.step()
        print(f"epoch {epoch:2d} | loss {loss.item():.4f} | test acc {evaluate(student, test_loader):.4f}")


if __name__ == "__main__":
    train()
