#!/usr/bin/env python3
"""Steps of a training in PyTorch, timed: the other side of `bench-training`.

    pip install numpy torch==2.* safetensors pillow
    python3 scripts/train-pytorch.py squeezenet|lite0 [--adversary] [--steps 20] [--threads 2]

The networks of `reference.py` with folded batch norms and a new classifier on the mean over all positions: SqueezeNet
trained from fire6 on, EfficientNet-Lite0 from block 8 on. 16 pictures of 112 x 112 pixels, AdamW, channels_last, plain or
against an adversary (L2 1.5, one step). Prints the milliseconds of each step as JSON.
"""

import argparse
import json
import time

import torch
import torch.nn.functional as F
from torch import nn

import reference

BATCH, SIZE = 16, 112
WARM_UP = 3
STARTS = {"squeezenet": ("squeezenet1_1", "fire9", "fire6"), "lite0": ("efficientnet-lite0", "head", "_blocks.8.")}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", choices=sorted(STARTS))
    parser.add_argument("--adversary", action="store_true")
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    times = measure(*STARTS[options.model], options.adversary, options.steps)
    print(json.dumps({"version": torch.__version__, "milliseconds": times}))


def measure(model, features, begin, adversary, steps):
    torch.manual_seed(0)
    net = reference.load(model)
    if hasattr(net, "fold_batch_norms"):
        net.fold_batch_norms()
    net.to(memory_format=torch.channels_last)
    pictures, labels = torch.rand(BATCH, 3, SIZE, SIZE), torch.arange(BATCH) % 2
    pictures = pictures.to(memory_format=torch.channels_last)
    with torch.no_grad():
        channels = reference.activations(net, pictures, [features])[features].shape[1]
    head = nn.Linear(channels, 2)
    trained = False
    for part, parameter in net.named_parameters():
        trained |= part.startswith(begin)
        parameter.requires_grad_(trained)
    parameters = [p for p in (*net.parameters(), *head.parameters()) if p.requires_grad]
    assert 10 < len(parameters) < len(list(net.parameters())), "a part of the network is trained"
    optimizer = torch.optim.AdamW(parameters, lr=5e-4)

    def loss(x):
        return F.cross_entropy(head(reference.activations(net, x, [features])[features].mean((2, 3))), labels)

    times = []
    for _ in range(WARM_UP + steps):
        start = time.perf_counter()
        x = pictures
        if adversary:
            x = pictures.clone().requires_grad_()
            (slope,) = torch.autograd.grad(loss(x), x)
            norm = slope.flatten(1).norm(dim=1)[:, None, None, None]
            x = (pictures + 1.5 * slope / norm).clamp(0, 1).detach()
        optimizer.zero_grad()
        loss(x).backward()
        optimizer.step()
        times.append((time.perf_counter() - start) * 1e3)
    return times[WARM_UP:]


if __name__ == "__main__":
    main()
