#!/usr/bin/env python3
"""Make the fixtures that the Rust networks are tested against, with PyTorch.

    pip install numpy torch==2.* torchvision safetensors pillow
    python3 scripts/make-fixtures.py           # writes crates/zoo/tests/fixtures/*.safetensors
    python3 scripts/make-fixtures.py vgg16     # only those of the named networks

One file for each network and picture size, `NETWORK.WxH.safetensors`. Tensors:

    picture                 u8 [h, w, 3], RGB; only in files of small pictures (it is the test picture
                            below in any case)
    LAYER.activation        f32 [C, H, W]
    LAYER.gradient          f32 [3, h, w], RGB: of half the mean square of the layer, with respect
                            to the picture in 0...1, computed in f32
    X.sample, X.index       instead of X if it has more than 12,000 values: 3,000 of them (f32) and
                            their indices in the flattened X (u32, ascending); for untrained
                            networks 500, if it has more than 2,000
    X.norm                  f32 [1]: the norm of the whole X, sampled or not
    X.f64_error             f32 [1]: how far PyTorch's own f32 is from f64, in norm, relative

The file's metadata has one entry, "oneiric": a JSON object with network, layers, width, height.

The test picture, with u32 arithmetic that wraps around:

    wave(t)      u = t % 128; h = u * (127 - u) / 32; 128 + h if t % 256 < 128, else 127 - h
    hash(n)      n = n * 0x9E3779B1; n ^= n >> 15; n *= 0x85EBCA77; n ^= n >> 13; n
    p(x, y, c)   ( 3 * wave(3x + 2y + 40c)
                 + 2 * wave(7y - 5x + 90c)
                 + 2 * wave((x * x + y * y) / 64 + 30c)
                 + 192 * (((x / 24) ^ (y / 16)) % 2)
                 + hash(x + 4096y + 16777216c) % 64 ) / 8

The gradients of another processor may differ in a few places, where a ReLU or a maximum flips: the
bytes are not exactly the same everywhere.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import reference
import untrained
from reference import layer_and_gradient, to_tensor
from safetensors.numpy import save

FIXTURES = Path(__file__).resolve().parent.parent / "crates/zoo/tests/fixtures"
SEED = 20150618

LITE0 = ["stem", "block4", "block10", "logits"]
SQUEEZENET = ["conv1", "fire4", "fire8", "logits"]
CASES = [
    # On tiny pictures the head of Lite0 is dead or saturated: its gradient is all zeros.
    ("efficientnet-lite0", (1, 1), LITE0[:3]),
    ("efficientnet-lite0", (9, 7), LITE0[:3]),
    ("efficientnet-lite0", (67, 45), LITE0),
    ("efficientnet-lite0", (640, 427), LITE0),
    # Its pools leave nothing of a side under 7 pixels at fire4, under 15 at fire6.
    ("squeezenet1_1", (9, 7), ["conv1", "fire4"]),
    ("squeezenet1_1", (15, 16), SQUEEZENET),
    ("squeezenet1_1", (67, 45), SQUEEZENET),
    ("squeezenet1_1", (640, 427), SQUEEZENET),
    # VGG16's pools leave nothing of a side under 32 pixels.
    ("vgg16", (33, 33), ["features.22", "features.30"]),
    ("vgg16", (67, 45), ["features.3", "features.16", "features.22"]),
    # So small a map as those of GoogLeNet's deep layers feels every single ReLU and maximum. On these
    # sizes none of its modules comes nearer to falling to the other side than 2e-5 of its map's root
    # mean square, some ten times the rounding.
    ("googlenet", (33, 35), ["inception4c", "fc"]),
    ("googlenet", (61, 43), ["conv3", "inception3b", "inception4c", "inception5b.branch2"]),
    ("resnet50", (33, 33), ["layer3.2", "fc"]),
    ("resnet50", (67, 45), ["relu", "layer2.0", "layer3.2", "layer4.2"]),
]


def wave(t):
    u = t % 128
    h = u * (127 - u) // 32
    return np.where(t % 256 < 128, 128 + h, 127 - h)


def scramble(n):
    n = n * np.uint32(0x9E3779B1)
    n ^= n >> 15
    n = n * np.uint32(0x85EBCA77)
    return n ^ (n >> 13)


def test_picture(width: int, height: int) -> np.ndarray:
    y, x, c = np.ogrid[:height, :width, :3]
    x, y, c = x.astype(np.uint32), y.astype(np.uint32), c.astype(np.uint32)
    value = (
        3 * wave(3 * x + 2 * y + 40 * c)
        + 2 * wave(7 * y - 5 * x + 90 * c)
        + 2 * wave((x * x + y * y) // 64 + 30 * c)
        + 192 * (((x // 24) ^ (y // 16)) % 2)
        + scramble(x + 4096 * y + 16777216 * c) % 64
    ) // 8
    assert value.max() < 256
    return value.astype(np.uint8)


def load(network):
    """The network, and from how many values of a tensor on only how many are stored."""
    if network in untrained.BUILDERS:
        return untrained.load(network), (2_000, 500)
    return reference.load(network), (12_000, 3_000)


def store(tensors, name, value, exact, limits, rng):
    full, sample = limits
    value, exact = value.numpy(), exact.numpy()
    norm = np.linalg.norm(exact)
    assert norm > 0, f"{name} is all zeros"
    error = np.linalg.norm(value - exact) / norm
    tensors[f"{name}.norm"] = np.array([np.linalg.norm(value.astype(np.float64))], np.float32)
    tensors[f"{name}.f64_error"] = np.array([error], np.float32)
    if value.size <= full:
        tensors[name] = value
    else:
        index = np.sort(rng.choice(value.size, sample, replace=False)).astype(np.uint32)
        tensors[f"{name}.index"] = index
        tensors[f"{name}.sample"] = value.ravel()[index]
    # What the test asks of the Rust program, asked of PyTorch's f32 against f64.
    difference = np.sort(np.abs(value - exact).ravel())
    trimmed = np.linalg.norm(difference[: int(0.99 * difference.size)]) / norm
    cosine = (value * exact).sum() / np.linalg.norm(value.astype(np.float64)) / norm
    print(f"    {name:20} {value.shape!s:16} error of f32 {error:.1e}, without the worst 1 % "
          f"{trimmed:.1e}, 1 - cosine {1 - cosine:.1e}")  # fmt: skip


def make(network, width, height, layers):
    (net, limits), exact_net = load(network), load(network)[0].double()
    picture = test_picture(width, height)
    tensors = {"picture": picture} if picture.size <= limits[0] else {}
    rng = np.random.default_rng(SEED)
    for layer in layers:
        rgb = to_tensor(picture)
        found = layer_and_gradient(net, rgb, layer)
        exact = layer_and_gradient(exact_net, rgb.double(), layer)
        for name, value, wanted in zip(("activation", "gradient"), found, exact):
            store(tensors, f"{layer}.{name}", value, wanted, limits, rng)
    about = {"network": network, "layers": layers, "width": width, "height": height}
    path = FIXTURES / f"{network}.{width}x{height}.safetensors"
    path.write_bytes(save(tensors, {"oneiric": json.dumps(about)}))
    return path.stat().st_size


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    networks = dict.fromkeys(case[0] for case in CASES)
    parser.add_argument("network", nargs="*", help=f"of {', '.join(networks)} [default: all]")
    wanted = parser.parse_args().network or networks
    if unknown := set(wanted) - set(networks):
        parser.error(f"no fixtures of {', '.join(unknown)}")
    FIXTURES.mkdir(parents=True, exist_ok=True)
    total = 0
    for network, (width, height), layers in CASES:
        if network not in wanted:
            continue
        print(f"{network} {width}x{height}")
        total += make(network, width, height, layers)
    print(f"{total} bytes in all")
    assert total < 1_100_000


if __name__ == "__main__":
    with np.errstate(over="ignore"):
        main()
