# %% [markdown]
# # Ten species of monkeys with a frozen VGG-16

# %%
import matplotlib.pyplot as plt
import torch
from torch import nn, optim
from torchvision import datasets, transforms
from torchvision.models import VGG16_Weights, vgg16

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
weights = VGG16_Weights.IMAGENET1K_V1

# %%
train_transforms = transforms.Compose([
    transforms.RandomRotation(15),
    transforms.RandomResizedCrop(224, scale=(0.7, 1.0)),
    transforms.RandomHorizontalFlip(),
    transforms.ToTensor(),
    transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
])
train_data = datasets.ImageFolder("monkeys/training", transform=train_transforms)
valid_data = datasets.ImageFolder("monkeys/validation", transform=weights.transforms())
trainloader = torch.utils.data.DataLoader(train_data, batch_size=32, shuffle=True)
validloader = torch.utils.data.DataLoader(valid_data, batch_size=32)

# %%
model = vgg16(weights=weights)
for p in model.features.parameters():
    p.requires_grad = False
model.classifier[6] = nn.Linear(4096, len(train_data.classes))
model = model.to(device)

criterion = nn.CrossEntropyLoss()
optimizer = optim.SGD(model.classifier.parameters(), lr=0.01, momentum=0.9)
scheduler = optim.lr_scheduler.MultiStepLR(optimizer, milestones=[8, 12], gamma=0.1)

# %%
train_losses, valid_losses = [], []
for epoch in range(15):
    model.train()
    running = 0.0
    for inputs, labels in trainloader:
        inputs, labels = inputs.to(device), labels.to(device)
        optimizer.zero_grad()
        loss = criterion(model(inputs), labels)
        loss.backward()
        optimizer.step()
        running += loss.item()
    scheduler.step()

    model.eval()
    valid_loss, accuracy = 0.0, 0.0
    with torch.no_grad():
        for inputs, labels in validloader:
            inputs, labels = inputs.to(device), labels.to(device)
            logits = model(inputs)
            valid_loss += criterion(logits, labels).item()
            ps = torch.softmax(logits, dim=1)
            top_p, top_class = ps.topk(1, dim=1)
            accuracy += (top_class.squeeze(1) == labels).float().mean().item()
    train_losses.append(running / len(trainloader))
    valid_losses.append(valid_loss / len(validloader))
    print(f"Epoch {epoch + 1}.. Train loss: {train_losses[-1]:.3f}.. Valid loss: {valid_losses[-1]:.3f}.. "
          f"Accuracy: {accuracy / len(validloader):.3f}.. last p: {top_p.mean().item():.2f}")

# %%
plt.plot(train_losses, label="Training loss")
plt.plot(valid_losses, label="Validation loss")
plt.legend(frameon=False)
