#!/usr/bin/env python3
"""Make the gradients of parameters that the engine is tested against, with PyTorch.

    pip install numpy torch==2.* safetensors
    python3 scripts/make-training-fixtures.py   # writes the files of FIXTURE and TRAININGS

Inputs and weights follow from a formula (`numbers` below, u32 arithmetic that wraps around), so that only results are
stored, computed in f64 and rounded to f32:

    CASE.I          the gradient of parameter array I of a small network: a 1x1 convolution of a picture, SiLU, and the
                    operation under test; objective: the sum of its output times `numbers`
    network.I       the gradient for a batch of a network with ReLUs, pools, branches, an inverted residual and a
                    classifier; objective: the mean cross-entropy
    trained.I       its parameters after three steps of gradient descent on that batch

`crates/engine/tests/training` builds the same networks.

A second file has ten steps of training of a network of two convolutions, for `crates/train`: TRAINING.losses, and
TRAINING.I, parameter array I after them; TRAINING is a method, see `trainings`.
"""

from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.numpy import save

FIXTURE = Path(__file__).resolve().parent.parent / "crates/engine/tests/training/pytorch.safetensors"
TRAININGS = FIXTURE.parents[3] / "train/tests/pytorch.safetensors"


def numbers(shape, seed: int) -> torch.Tensor:
    i = np.arange(np.prod(shape), dtype=np.uint32)
    mixed = (i + np.uint32(1)) * np.uint32(0x9E3779B1) ^ np.uint32(seed * 0x85EBCA77 % 2**32)
    mixed = (mixed ^ (mixed >> 15)) * np.uint32(0xC2B2AE3D)
    values = (mixed >> 8).astype(np.float32) / np.float32(1 << 23) - np.float32(1)
    return torch.from_numpy(values.reshape(shape)).double()


def weights(shape, seed):
    """Scaled in f32, as the engine's are."""
    fan_in = np.float32(np.prod(shape[1:]))
    return (numbers(shape, seed).float() / torch.tensor(np.sqrt(fan_in))).double()


def conv(inputs, outputs, kernel, seed, groups=1):
    kernel = kernel if isinstance(kernel, tuple) else (kernel, kernel)
    return weights((outputs, inputs // groups, *kernel), seed), numbers((outputs,), seed + 1)


# Name, channels of the input, its parameters from seed 30 on, the operation. All see a picture of 11x9 (height, width).
CASES = {
    "three_by_three": (16, conv(16, 20, 3, 30), lambda x, w, b: F.conv2d(x, w, b, padding=1)),
    "strided": (12, conv(12, 17, (5, 3), 30), lambda x, w, b: F.conv2d(x, w, b, stride=(2, 3), padding=(1, 2), dilation=(2, 1))),
    "grouped": (12, conv(12, 18, 3, 30, 3), lambda x, w, b: F.conv2d(x, w, b, padding=1, groups=3)),
    "depthwise": (20, conv(20, 20, 5, 30, 20), lambda x, w, b: F.conv2d(x, w, b, stride=2, padding=2, groups=20)),
    "multiplied": (6, conv(6, 12, 3, 30, 6), lambda x, w, b: F.conv2d(x, w, b, padding=1, groups=6)),
    "pointwise": (40, conv(40, 33, 1, 30), lambda x, w, b: F.conv2d(x, w, b)),
    "of_a_picture": (3, conv(3, 24, 7, 30), lambda x, w, b: F.conv2d(x, w, b, stride=2, padding=3)),
    "to_a_picture": (16, conv(16, 3, 3, 30), lambda x, w, b: F.conv2d(x, w, b, padding=1)),
    "unbiased": (5, conv(5, 7, 3, 30)[:1], lambda x, w: F.conv2d(x, w)),
    "linear": (5, (weights((7, 5 * 11 * 9), 30), numbers((7,), 31)), lambda x, w, b: F.linear(x.flatten(1), w, b)),
    "scaled": (20, (numbers((20,), 30), numbers((20,), 31)), lambda x, s, t: x * s[:, None, None] + t[:, None, None]),
    "scaled_picture": (3, (numbers((3,), 30), numbers((3,), 31)), lambda x, s, t: x * s[:, None, None] + t[:, None, None]),
}


def case(channels, parameters, run):
    parameters = [p.clone().requires_grad_() for p in (*conv(3, channels, 1, 10), *parameters)]
    first, rest = parameters[:2], parameters[2:]
    output = run(F.silu(F.conv2d(numbers((1, 3, 11, 9), 1), *first)), *rest)
    # Pixels in rows, their channels side by side, as the engine has them.
    output = output if output.dim() == 2 else output.permute(0, 2, 3, 1)
    (output * numbers(output.shape, 2)).sum().backward()
    return [p.grad for p in parameters]


BATCH, LABELS, STEPS, RATE = 6, 10, 3, 0.1


def network_parameters():
    layers = [
        conv(3, 16, 3, 100), conv(16, 48, 1, 102), conv(48, 48, 3, 104, 48), conv(48, 16, 1, 106),
        conv(16, 16, 1, 108), conv(16, 32, 3, 110), (numbers((48,), 112), numbers((48,), 113)),
        (weights((LABELS, 48), 114), numbers((LABELS,), 115)),
    ]  # fmt: skip
    return [p for layer in layers for p in layer]


def network(x, p):
    x = F.max_pool2d(F.relu(F.conv2d(x, p[0], p[1], stride=2, padding=1)), 3, 2)
    inner = F.relu6(F.conv2d(x, p[2], p[3]))
    inner = F.relu6(F.conv2d(inner, p[4], p[5], padding=1, groups=48))
    x = x + F.conv2d(inner, p[6], p[7])
    x = torch.cat([F.relu(F.conv2d(x, p[8], p[9])), F.relu(F.conv2d(x, p[10], p[11], padding=1))], 1)
    x = F.avg_pool2d(x, 2) * p[12][:, None, None] + p[13][:, None, None]
    return F.linear(x.mean((2, 3)), p[14], p[15])


def train():
    parameters = [p.clone().requires_grad_() for p in network_parameters()]
    pictures = torch.cat([numbers((1, 3, 33, 35), 200 + i) for i in range(BATCH)])
    labels = torch.tensor([(7 * i + 3) % LABELS for i in range(BATCH)])
    first = None
    for _ in range(STEPS):
        loss = F.cross_entropy(network(pictures, parameters), labels)
        print(f"loss {loss.item():.9f}")
        gradients = torch.autograd.grad(loss, parameters)
        first = first or gradients
        with torch.no_grad():
            for p, g in zip(parameters, gradients):
                p -= RATE * g
    return first, parameters


CLASSES, RATES = 4, 10


def scores(x, p):
    return F.conv2d(F.relu(F.conv2d(x, p[0], p[1], stride=2, padding=1)), p[2], p[3]).mean((2, 3))


def attacked(x, labels, p, norm, bound):
    """One step of the whole bound against the network."""
    x = x.clone().requires_grad_()
    (slope,) = torch.autograd.grad(F.cross_entropy(scores(x, p), labels, reduction="sum"), x)
    if norm == "l2":
        slope = bound * slope / slope.flatten(1).norm(dim=1)[:, None, None, None]
    else:
        slope = bound * slope.sign()
    return (x + slope).detach().clamp(0, 1)


def training(optimizer, smoothing=0.0, clip=None, adversary=None):
    parameters = [p.clone().requires_grad_() for p in (*conv(3, 8, 3, 300), *conv(8, CLASSES, 1, 302))]
    optimizer, losses = optimizer(parameters), []
    pictures = torch.cat([numbers((1, 3, 12, 10), 400 + i) * 0.5 + 0.5 for i in range(8)])
    labels = torch.tensor([i % CLASSES for i in range(8)])
    for step in range(RATES):
        # Rises over three steps, then falls along a cosine.
        rate = (step + 1) / 3 if step < 3 else 0.5 * (1 + np.cos(np.pi * (step - 3) / (RATES - 3)))
        for group in optimizer.param_groups:
            group["lr"] = 0.02 * rate
        seen = attacked(pictures, labels, parameters, *adversary) if adversary else pictures
        loss = F.cross_entropy(scores(seen, parameters), labels, label_smoothing=smoothing)
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        if clip:
            torch.nn.utils.clip_grad_norm_(parameters, clip)
        optimizer.step()
    return [torch.tensor(losses), *parameters]


def trainings():
    adamw = lambda p: torch.optim.AdamW(p, weight_decay=0.1)
    return {
        "adamw": training(adamw),
        "smoothed": training(adamw, smoothing=0.1),
        "sgd": training(lambda p: torch.optim.SGD(p, lr=1, momentum=0.9, weight_decay=0.01)),
        "plain": training(lambda p: torch.optim.SGD(p, lr=1)),
        "clipped": training(lambda p: torch.optim.SGD(p, lr=1, momentum=0.9), clip=0.05),
        "l2": training(adamw, adversary=("l2", 0.5)),
        "linf": training(adamw, adversary=("linf", 0.03)),
    }


def main():
    TRAININGS.write_bytes(save({
        f"{name}.{'losses' if i == 0 else i - 1}": array.detach().flatten().numpy().astype(np.float32)
        for name, arrays in trainings().items() for i, array in enumerate(arrays)
    }))  # fmt: skip
    tensors = {}
    gradients, trained = train()
    found = {name: case(*about) for name, about in CASES.items()} | {"network": gradients, "trained": trained}
    for name, arrays in found.items():
        for i, array in enumerate(arrays):
            tensors[f"{name}.{i}"] = array.detach().flatten().numpy().astype(np.float32)
    FIXTURE.write_bytes(save(tensors))
    print(f"{FIXTURE.stat().st_size} bytes")


if __name__ == "__main__":
    with np.errstate(over="ignore"):
        main()
