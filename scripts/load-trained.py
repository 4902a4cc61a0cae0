#!/usr/bin/env python3
"""Loads a network that `oneiric models export NAME FILE` wrote into PyTorch.

    pip install torch safetensors numpy pillow
    oneiric models export pets pets.safetensors
    python3 scripts/load-trained.py pets.safetensors
    python3 scripts/load-trained.py pets.safetensors --check "oneiric look -m pets"

`load(FILE)` returns a module that takes RGB in 0 to 1, N x 3 x H x W, and returns the scores of the classes. SqueezeNet has
torchvision's names (`features.0`, ... `classifier.1`), so its tensors fit torchvision's `squeezenet1_1(num_classes=K)` too: its
first convolution takes RGB times 255 less 123, 117, 104, and there is no ReLU behind the last one. A network from scratch takes
2 x - 1. --check compares the scores of a random picture with those of the program.
"""

import argparse
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from safetensors import safe_open
from torch import nn

FIRES = (3, 4, 6, 7, 9, 10, 11, 12)


class SqueezeNet(nn.Module):
    def __init__(self, tensors):
        super().__init__()
        self.tensors = tensors

    def conv(self, name, x, **options):
        return F.conv2d(x, self.tensors[f"{name}.weight"], self.tensors[f"{name}.bias"], **options)

    def forward(self, rgb):
        x = rgb * 255 - torch.tensor([123.0, 117.0, 104.0]).reshape(1, 3, 1, 1)
        x = F.relu(self.conv("features.0", x, stride=2, padding=1))
        for i in FIRES:
            if i in (3, 6, 9):
                x = F.max_pool2d(x, 3, 2, ceil_mode=True)
            squeezed = F.relu(self.conv(f"features.{i}.squeeze", x))
            wide = self.conv(f"features.{i}.expand3x3", squeezed, padding=1)
            x = F.relu(torch.cat([self.conv(f"features.{i}.expand1x1", squeezed), wide], 1))
        return self.conv("classifier.1", x).mean((2, 3))


class Scratch(SqueezeNet):
    def __init__(self, tensors, strides):
        super().__init__(tensors)
        self.strides = strides

    def forward(self, rgb):
        x = 2 * rgb - 1
        for i, stride in enumerate(self.strides):
            x = F.relu(self.conv(f"conv{i + 1}", x, stride=stride, padding=1))
        return self.conv("class_scores", x).mean((2, 3))


def load(path):
    with safe_open(path, "pt") as file:
        card = file.metadata()["oneiric"]
        tensors = {name: file.get_tensor(name) for name in file.keys()}
    made_of = next(line for line in card.splitlines() if line.startswith("architecture"))
    made_of = made_of.split("=")[1].strip().strip("\"'")
    if made_of == "squeezenet":
        return SqueezeNet(tensors)
    if made_of[0].isdigit():
        return Scratch(tensors, [2 if layer.endswith("/2") else 1 for layer in made_of.split()])
    raise SystemExit(f"{made_of} is not written here yet: its tensors have the names of `oneiric models show`")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file")
    parser.add_argument("--check", metavar="COMMAND", help="compare with this `oneiric look` command")
    options = parser.parse_args()
    network = load(options.file)
    with torch.no_grad():
        pixels = np.random.default_rng(0).integers(0, 256, (112, 112, 3), np.uint8)
        scores = network(torch.tensor(pixels).permute(2, 0, 1)[None] / 255)[0].numpy()
    print("scores of a random picture:", *(f"{score:.5f}" for score in scores))
    if options.check:
        with tempfile.TemporaryDirectory() as folder:
            picture, values = Path(folder, "picture.png"), Path(folder, "scores.npy")
            Image.fromarray(pixels).save(picture)
            command = [*options.check.split(), picture, "--layer", "logits", "--activations", values]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            own = np.load(values).ravel()
        difference = np.abs(own - scores).max()
        print(f"largest difference from the program: {difference:.2e}")
        assert difference < 1e-4 * max(1, np.abs(scores).max()), "the scores differ"


if __name__ == "__main__":
    main()
