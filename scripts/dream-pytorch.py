#!/usr/bin/env python3
"""The dream of `oneiric dream`, in PyTorch: the baseline for speed and memory.

    pip install numpy torch==2.* safetensors pillow
    python3 scripts/dream-pytorch.py PHOTO OUT.png --model squeezenet1_1 --layer fire8

Octaves from small to large, the detail is kept; in each iteration: roll by a random jitter, compute the
gradient of the layer's mean square, roll back, normalise, step by STEP * g / mean|g|, clamp to 0...1.

Tuned for PyTorch on a CPU: channels_last, batch norms folded, weights frozen, no layers after the wanted
one, freed memory kept instead of returned to the system.
"""

import argparse
import ctypes
import random
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from reference import NETWORKS, activations, load, to_tensor

LEVELS = [0.5, 1.0, 1.0, 0.8]  # Laplacian levels, fine to coarse
REST = 0.2
BINOMIAL = torch.tensor([1.0, 4.0, 6.0, 4.0, 1.0]) / 16
KERNEL = torch.outer(BINOMIAL, BINOMIAL).expand(3, 1, 5, 5).contiguous()
LUMA = torch.tensor([0.299, 0.587, 0.114]).reshape(1, 3, 1, 1)


def keep_freed_memory():
    """Tell glibc to reuse large blocks: fresh pages in every step cost up to half the time."""
    try:
        libc = ctypes.CDLL("libc.so.6")
    except OSError:
        return
    trim_threshold, mmap_threshold = -1, -3
    libc.mallopt(mmap_threshold, 1 << 30)
    libc.mallopt(trim_threshold, 1 << 30)


def resize(x, size):
    return F.interpolate(x, size=size, mode="bicubic", antialias=True)


def blur(g, sigma):
    radius = max(1, int(3 * sigma + 0.5))
    taps = torch.exp(-0.5 * (torch.arange(-radius, radius + 1) / sigma) ** 2)
    taps = (taps / taps.sum()).expand(3, 1, -1)
    padding = [min(radius, side - 1) for side in g.shape[2:]]
    g = F.pad(g, (padding[1], padding[1], padding[0], padding[0]), mode="reflect")
    rest = [radius - p for p in padding]
    g = F.pad(g, (rest[1], rest[1], rest[0], rest[0]), mode="replicate")
    return F.conv2d(F.conv2d(g, taps[..., None, :], groups=3), taps[..., None], groups=3)


def smooth(g, iteration, iterations):
    """The mean of three Gaussians that widen from iteration to iteration."""
    sigma = 2 * (iteration + 1) / iterations + 0.5
    return (blur(g, sigma / 2) + blur(g, sigma) + blur(g, 2 * sigma)) / 3


def laplacian(g):
    """Bring the levels of a Laplacian pyramid to the same strength, times their weights."""
    levels = []
    for weight in LEVELS:
        if min(g.shape[2:]) < 3:
            break
        low = F.conv2d(F.pad(g, (2, 2, 2, 2), mode="reflect"), KERNEL, stride=2, groups=3)
        levels.append((g - upsample(low, g.shape), weight))
        g = low
    merged = normalised(g) * REST
    for high, weight in reversed(levels):
        merged = upsample(merged, high.shape).add_(normalised(high), alpha=weight)
    return merged


def upsample(low, shape):
    height, width = shape[2:]
    low = F.pad(low, (1, 1, 1, 1), mode="replicate")
    up = F.conv_transpose2d(low, 4 * KERNEL, stride=2, groups=3)
    return up[:, :, 4 : 4 + height, 4 : 4 + width]


def normalised(level):
    return level / level.square().mean().sqrt().clamp_min(1e-10)


def direction(g, args, iteration):
    """The step of length one that a gradient asks for."""
    if args.normalize == "none":
        return g
    if args.normalize == "smooth":
        g = smooth(g, iteration, args.iterations)
    if args.normalize == "laplacian":
        g = laplacian(g)
    if args.chroma != 1:
        luma = (g * LUMA).sum(1, keepdim=True)
        g = torch.lerp(luma, g, args.chroma)
    return g / g.abs().mean().clamp_min(1e-20)


def dream(net, photo, args):
    jitter = random.Random(args.seed)
    height, width = photo.shape[2:]
    detail = None
    for octave in reversed(range(args.octaves)):
        scale = args.octave_scale**octave
        size = max(1, round(height / scale)), max(1, round(width / scale))
        base = resize(photo, size) if octave else photo
        x = base if detail is None else (base + resize(detail, size)).clamp_(0, 1)
        for iteration in range(args.iterations):
            shift = [jitter.randint(-args.jitter, args.jitter) for _ in range(2)]
            rolled = x.roll(shift, (2, 3)).contiguous(memory_format=torch.channels_last)
            rolled.requires_grad_()
            objective = activations(net, rolled, [args.layer])[args.layer].square().mean()
            (g,) = torch.autograd.grad(objective, rolled)
            with torch.no_grad():
                g = g.contiguous().roll([-s for s in shift], (2, 3))
                x = (x + args.step * direction(g, args, iteration)).clamp_(0, 1)
        detail = x - base
    return x


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("photo", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--model", choices=NETWORKS, default="efficientnet-lite0")
    parser.add_argument("--layer", default=None, help="default: block10 or fire8")
    parser.add_argument("--octaves", type=int, default=4)
    parser.add_argument("--octave-scale", type=float, default=1.3)
    parser.add_argument("--iterations", type=int, default=10)
    parser.add_argument("--step", type=float, default=0.006)
    parser.add_argument("--jitter", type=int, default=32)
    parser.add_argument(
        "--normalize", choices=["none", "mean", "smooth", "laplacian"], default="laplacian"
    )
    parser.add_argument("--chroma", type=float, default=0.6)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    args.layer = args.layer or {"efficientnet-lite0": "block10"}.get(args.model, "fire8")

    keep_freed_memory()
    torch.set_num_threads(args.threads)
    net = load(args.model)
    net.fold_batch_norms()
    net.to(memory_format=torch.channels_last)
    x = dream(net, to_tensor(Image.open(args.photo).convert("RGB")), args)
    pixels = (x[0].permute(1, 2, 0) * 255).round().to(torch.uint8)
    Image.fromarray(np.ascontiguousarray(pixels.numpy())).save(args.out)


if __name__ == "__main__":
    main()
