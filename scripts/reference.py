#!/usr/bin/env python3
"""The built-in networks in plain PyTorch, and the classes they see in a photo.

    pip install numpy torch==2.* safetensors pillow
    python3 scripts/reference.py PHOTO...      # the five likeliest classes with both networks

As a module it is the reference with which other scripts compare the Rust program:

    net = load("efficientnet-lite0")           # or "squeezenet1_1"
    found = activations(net, rgb, ["stem", "block4.expand"])

`rgb` is a [1, 3, height, width] tensor in 0...1. The networks stop at the last requested layer. Layers:

    efficientnet-lite0   stem, block0 ... block15 (each with .expand and .depthwise; block0 has no
                         .expand), head, logits
    squeezenet1_1        conv1, fire2 ... fire9 (each with .squeeze, .expand1x1, .expand3x3), conv10,
                         logits

All values are taken after the activation function; `blockN` has none.
"""

import argparse
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from safetensors.torch import load_file
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

ASSETS = Path(__file__).resolve().parent.parent / "assets"


class SameConv2d(nn.Conv2d):
    """Convolution with TensorFlow's "same" padding: an odd pixel goes to the right and bottom."""

    def forward(self, x):
        sides = []
        for size, kernel, stride in zip(x.shape[2:], self.kernel_size, self.stride):
            total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
            sides.append((total // 2, total - total // 2))
        (top, bottom), (left, right) = sides
        if top != bottom or left != right:
            x = F.pad(x, (left, right, top, bottom))
            top = left = 0
        return F.conv2d(x, self.weight, self.bias, self.stride, (top, left), 1, self.groups)


def same_conv(inputs, outputs, kernel, stride=1, groups=1):
    return SameConv2d(inputs, outputs, kernel, stride, groups=groups, bias=False)


def batch_norm(channels):
    return nn.BatchNorm2d(channels, eps=1e-3)


class Block(nn.Module):
    """Inverted residual: expand, depthwise, project; the input is added where shapes allow it."""

    def __init__(self, inputs, outputs, kernel, stride, expansion):
        super().__init__()
        inner = inputs * expansion
        if expansion != 1:
            self._expand_conv = same_conv(inputs, inner, 1)
            self._bn0 = batch_norm(inner)
        self._depthwise_conv = same_conv(inner, inner, kernel, stride, groups=inner)
        self._bn1 = batch_norm(inner)
        self._project_conv = same_conv(inner, outputs, 1)
        self._bn2 = batch_norm(outputs)
        self.expands = expansion != 1
        self.adds = stride == 1 and inputs == outputs

    def layers(self, x, name):
        y = x
        if self.expands:
            y = F.relu6(self._bn0(self._expand_conv(y)), inplace=True)
            yield f"{name}.expand", y
        y = F.relu6(self._bn1(self._depthwise_conv(y)), inplace=True)
        yield f"{name}.depthwise", y
        y = self._bn2(self._project_conv(y))
        yield name, x + y if self.adds else y


class EfficientNetLite0(nn.Module):
    # outputs, repeat, kernel, stride, expansion
    STAGES = (
        (16, 1, 3, 1, 1),
        (24, 2, 3, 2, 6),
        (40, 2, 5, 2, 6),
        (80, 3, 3, 2, 6),
        (112, 3, 5, 1, 6),
        (192, 4, 5, 2, 6),
        (320, 1, 3, 1, 6),
    )

    def __init__(self, weights):
        super().__init__()
        self._conv_stem = same_conv(3, 32, 3, 2)
        self._bn0 = batch_norm(32)
        self._blocks = nn.ModuleList()
        channels = 32
        for outputs, repeat, kernel, stride, expansion in self.STAGES:
            for i in range(repeat):
                block = Block(channels, outputs, kernel, stride if i == 0 else 1, expansion)
                self._blocks.append(block)
                channels = outputs
        self._conv_head = same_conv(channels, 1280, 1)
        self._bn1 = batch_norm(1280)
        self._fc = nn.Linear(1280, 1000)
        self.load_state_dict(weights)

    def layers(self, rgb):
        x = (rgb * 255 - 127) / 128
        x = F.relu6(self._bn0(self._conv_stem(x)), inplace=True)
        yield "stem", x
        for i, block in enumerate(self._blocks):
            for name, y in block.layers(x, f"block{i}"):
                yield name, y
            x = y
        x = F.relu6(self._bn1(self._conv_head(x)), inplace=True)
        yield "head", x
        yield "logits", self._fc(x.mean((2, 3)))[:, :, None, None]

    def fold_batch_norms(self):
        """Fold each batch norm into the convolution before it (the values change by rounding)."""

        def fold(module, conv, norm):
            fused = fuse_conv_bn_eval(getattr(module, conv), getattr(module, norm))
            setattr(module, conv, fused)
            setattr(module, norm, nn.Identity())

        fold(self, "_conv_stem", "_bn0")
        fold(self, "_conv_head", "_bn1")
        for block in self._blocks:
            if block.expands:
                fold(block, "_expand_conv", "_bn0")
            fold(block, "_depthwise_conv", "_bn1")
            fold(block, "_project_conv", "_bn2")

    @staticmethod
    def evaluation_crop(photo: Image.Image) -> Image.Image:
        """The middle 224/256 of the shorter side, as 224x224 pixels."""
        side = min(photo.size) * 224 / 256
        left, top = (photo.width - side) / 2, (photo.height - side) / 2
        box = (left, top, left + side, top + side)
        return photo.resize((224, 224), Image.Resampling.BICUBIC, box)


class Fire(nn.Module):
    def __init__(self, inputs, squeeze, expand):
        super().__init__()
        self.squeeze = nn.Conv2d(inputs, squeeze, 1)
        self.expand1x1 = nn.Conv2d(squeeze, expand, 1)
        self.expand3x3 = nn.Conv2d(squeeze, expand, 3, padding=1)

    def layers(self, x, name):
        s = F.relu(self.squeeze(x), inplace=True)
        yield f"{name}.squeeze", s
        one = F.relu(self.expand1x1(s), inplace=True)
        yield f"{name}.expand1x1", one
        three = F.relu(self.expand3x3(s), inplace=True)
        yield f"{name}.expand3x3", three
        yield name, torch.cat((one, three), 1)


class SqueezeNet(nn.Module):
    # squeeze, expand of fire2 ... fire9; fire4 and fire6 come after a pool
    FIRES = ((16, 64), (16, 64), (32, 128), (32, 128), (48, 192), (48, 192), (64, 256), (64, 256))

    def __init__(self, weights):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 3, 2, padding=1)
        channels = 64
        for i, (squeeze, expand) in enumerate(self.FIRES):
            self.add_module(f"fire{i + 2}", Fire(channels, squeeze, expand))
            channels = 2 * expand
        self.conv10 = nn.Conv2d(channels, 1000, 1)
        # The published kernels take blue, green, red, less 104, 117, 123. Turned round, they take RGB.
        self.load_state_dict(weights | {"conv1.weight": weights["conv1.weight"].flip(1)})
        mean = torch.tensor([123.0, 117.0, 104.0]).reshape(1, 3, 1, 1)
        self.register_buffer("mean", mean, persistent=False)

    def layers(self, rgb):
        def pool(x):
            return F.max_pool2d(x, 3, 2, ceil_mode=True)

        x = F.relu(self.conv1(rgb * 255 - self.mean), inplace=True)
        yield "conv1", x
        for i in range(2, 10):
            if i in (2, 4, 6):
                x = pool(x)
            for name, y in self.get_submodule(f"fire{i}").layers(x, f"fire{i}"):
                yield name, y
            x = y
        x = F.relu(self.conv10(x), inplace=True)
        yield "conv10", x
        yield "logits", x.mean((2, 3), keepdim=True)

    def fold_batch_norms(self):
        """It has none."""

    @staticmethod
    def evaluation_crop(photo: Image.Image) -> Image.Image:
        """The middle 227/256 of the shorter side, as 227x227 pixels."""
        side = min(photo.size) * 227 / 256
        left, top = (photo.width - side) / 2, (photo.height - side) / 2
        box = (left, top, left + side, top + side)
        return photo.resize((227, 227), Image.Resampling.BICUBIC, box)


NETWORKS = {"efficientnet-lite0": EfficientNetLite0, "squeezenet1_1": SqueezeNet}


def load(name: str) -> nn.Module:
    """A network with its stored weights, frozen, in f32."""
    net = NETWORKS[name](load_file(ASSETS / f"{name}.safetensors"))
    return net.eval().requires_grad_(False)


def activations(net, rgb, wanted) -> dict[str, torch.Tensor]:
    """The wanted layers' activations, [1, channels, height, width] each."""
    found = {}
    for name, x in net.layers(rgb):
        if name in wanted:
            found[name] = x
            if len(found) == len(wanted):
                return found
    raise KeyError(f"no such layer: {', '.join(set(wanted) - set(found))}")


def layer_and_gradient(net, rgb, layer):
    """A layer's activations [C, H, W] and the gradient [3, h, w] of half their mean square."""
    rgb = rgb.detach().requires_grad_()
    a = activations(net, rgb, [layer])[layer]
    (gradient,) = torch.autograd.grad(a.square().mean() / 2, rgb)
    return a.detach()[0].contiguous(), gradient[0].contiguous()


def to_tensor(picture) -> torch.Tensor:
    """An RGB picture of bytes, [height, width, 3], as a [1, 3, height, width] tensor of 0...1."""
    pixels = torch.from_numpy(np.array(picture, dtype=np.float32))
    return pixels.permute(2, 0, 1)[None].contiguous() / 255


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("photo", nargs="+", type=Path)
    args = parser.parse_args()

    labels = (ASSETS / "imagenet-classes.txt").read_text().splitlines()
    for name in NETWORKS:
        net = load(name)
        for path in args.photo:
            photo = Image.open(path).convert("RGB")
            with torch.no_grad():
                rgb = to_tensor(net.evaluation_crop(photo))
                logits = activations(net, rgb, ["logits"])["logits"].flatten()
            best = logits.softmax(0).topk(5)
            seen = (f"{labels[i]} {100 * p:.1f} %" for p, i in zip(*map(torch.Tensor.tolist, best)))
            print(f"{name}  {path.name}: {', '.join(seen)}")


if __name__ == "__main__":
    main()
