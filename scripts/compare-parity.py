#!/usr/bin/env python3
"""Compare the activations and gradient of `oneiric look` on a photo with PyTorch's.

    pip install numpy torch==2.* safetensors pillow
    python3 scripts/compare-parity.py PHOTO --model squeezenet1_1 --layer fire8 [--size 640x427]

The script decodes and resizes the photo once for both sides and passes it on as PNG. It prints, for the
layer's activations and for the gradient of half their mean square with respect to the picture: the
relative error in norm, the cosine, and the relative error without the worst 1 % of the values. Exits with
1 if a bound is exceeded: activations 1e-4; gradient: cosine 0.9999, without the worst 1 % 1e-3. With --floor
it also compares PyTorch's f32 with PyTorch's f64: a smaller error than that is chance.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image
from reference import NETWORKS, layer_and_gradient, load, to_tensor

ROOT = Path(__file__).resolve().parent.parent


def size(text: str) -> tuple[int, int]:
    width, height = text.lower().split("x")
    return int(width), int(height)


def look(binary, picture: Image.Image, model, layer):
    """Activations and gradient as the program computes them."""
    with tempfile.TemporaryDirectory() as temporary:
        png, a, g = (Path(temporary) / name for name in ("picture.png", "a.npy", "g.npy"))
        picture.save(png)
        command = [binary, "look", png, "--model", model, "--layer", layer]
        command += ["--activations", a, "--gradient", g]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        return np.load(a), np.load(g)


def compare(ours, wanted) -> tuple[float, float, float]:
    """Relative error, cosine, relative error without the worst 1 %; all in f64."""
    if ours.shape != wanted.shape or ours.dtype != np.float32:
        sys.exit(f"got {ours.dtype} {ours.shape}, expected float32 {wanted.shape}")
    ours, wanted = ours.astype(np.float64).ravel(), wanted.astype(np.float64).ravel()
    norm = np.linalg.norm(wanted)
    errors = np.sort(np.abs(ours - wanted))
    trimmed = errors[: int(0.99 * errors.size)]
    cosine = ours @ wanted / (np.linalg.norm(ours) * norm)
    return np.linalg.norm(errors) / norm, cosine, np.linalg.norm(trimmed) / norm


def report(name, error, cosine, trimmed):
    print(
        f"    {name:26} error {error:.2e}   cosine {cosine:.7f}   without the worst 1 % {trimmed:.2e}"
    )


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("photo", type=Path)
    parser.add_argument("--model", choices=NETWORKS, required=True)
    parser.add_argument("--layer", action="append", required=True)
    parser.add_argument("--size", type=size, help="WxH; without it the photo's own")
    parser.add_argument("--floor", action="store_true", help="PyTorch's f32 against its f64 too")
    parser.add_argument("--binary", type=Path, default=ROOT / "target/release/oneiric")
    args = parser.parse_args()

    picture = Image.open(args.photo).convert("RGB")
    if args.size:
        picture = picture.resize(args.size, Image.Resampling.BICUBIC)
    net = load(args.model)
    print(f"{args.photo.name}, {picture.width}x{picture.height}, {args.model}")
    same = True
    for layer in args.layer:
        ours = look(args.binary, picture, args.model, layer)
        wanted = [t.numpy() for t in layer_and_gradient(net, to_tensor(picture), layer)]
        a, g = (compare(*pair) for pair in zip(ours, wanted))
        fine = a[0] <= 1e-4 and g[1] >= 0.9999 and g[2] <= 1e-3
        same = same and fine
        print(f"  {layer}{'' if fine else '  TOO FAR'}")
        report("activations", *a)
        report("gradient", *g)
        if args.floor:
            exact_net = load(args.model).double()
            exact = layer_and_gradient(exact_net, to_tensor(picture).double(), layer)
            report("PyTorch's own activations", *compare(wanted[0], exact[0].numpy()))
            report("PyTorch's own gradient", *compare(wanted[1], exact[1].numpy()))
    sys.exit(0 if same else 1)


if __name__ == "__main__":
    main()
