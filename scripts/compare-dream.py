#!/usr/bin/env python3
"""Whole dreams, `oneiric dream` against the same algorithm in PyTorch: time and peak memory.

    cargo build --release
    python3 scripts/compare-dream.py PHOTO [--runs 7] [--python PYTHON_WITH_TORCH]

Runs both sides in turn, process start included, with the same settings: each network's default layer
(block10, fire8), 4 octaves of 10 iterations. Prints the seconds and peak resident memory of every run,
then the medians and the ratio; before that, the memory of `import torch` alone: the CUDA build of
PyTorch, which PyPI has for Linux, needs about 650 MB for it. Needs the packages of `dream-pytorch.py`.
Run it on an otherwise idle machine: PyTorch's waiting threads waste time when the cores are busy.
"""

# Only the standard library: Linux counts this process's own memory in a child's peak.
import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
LAYERS = {"squeezenet1_1": "fire8", "efficientnet-lite0": "block10"}
RESIZE = """
import sys
from PIL import Image
photo, out, size = sys.argv[1:]
size = tuple(map(int, size.split("x")))
Image.open(photo).convert("RGB").resize(size, Image.Resampling.BICUBIC).save(out)
"""


def run(command, log) -> tuple[float, float]:
    """Wall seconds and peak megabytes of a command."""
    log.seek(0)
    log.truncate()
    start = time.perf_counter()
    process = subprocess.Popen(list(map(str, command)), stdout=log, stderr=log)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        log.seek(0)
        sys.exit(f"{' '.join(map(str, command))} failed:\n{log.read()}")
    return seconds, usage.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


def commands(args, model, picture, folder):
    settings = ["--model", model, "--layer", args.layer or LAYERS[model]]
    settings += ["--octaves", args.octaves, "--octave-scale", "1.3", "--step", "0.006"]
    settings += ["--iterations", args.iterations, "--jitter", "32", "--seed", "0"]
    settings += ["--normalize", args.normalize, "--chroma", "0.6", "--threads", args.threads]
    ours = [args.binary, "dream", picture, "-o", folder / "oneiric.png", "--overwrite", "--quiet"]
    theirs = [args.python, ROOT / "scripts/dream-pytorch.py", picture, folder / "pytorch.png"]
    return ours + settings, theirs + settings


def row(title, values) -> str:
    a, b, c, d = values
    return f"  {title:8}{a:7.2f} s {b:6.0f} MB {c:7.2f} s {d:6.0f} MB"


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("photo", type=Path)
    parser.add_argument("--model", choices=LAYERS, help="default: each")
    parser.add_argument("--layer")
    parser.add_argument("--size", default="640x427", help="WxH the photo is resized to")
    parser.add_argument("--octaves", type=int, default=4)
    parser.add_argument("--iterations", type=int, default=10)
    parser.add_argument("--normalize", default="laplacian")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--runs", type=int, default=5, help="of each side")
    parser.add_argument("--binary", type=Path, default=ROOT / "target/release/oneiric")
    parser.add_argument("--python", default=sys.executable, help="the Python that has torch")
    parser.add_argument("--keep", type=Path, help="folder to leave the dreams in")
    args = parser.parse_args()
    if args.layer and not args.model:
        parser.error("--layer needs --model")

    print(f"{args.photo.name} at {args.size}, {args.octaves} octaves of {args.iterations}, "
          f"{args.threads} threads, {platform.platform()}")  # fmt: skip
    with tempfile.TemporaryDirectory() as temporary, tempfile.TemporaryFile("w+") as log:
        picture = Path(temporary) / "photo.png"
        subprocess.run([args.python, "-c", RESIZE, args.photo, picture, args.size], check=True)
        seconds, megabytes = run([args.python, "-c", "import torch"], log)
        print(f"import torch alone: {seconds:.2f} s, {megabytes:.0f} MB")
        for model in [args.model] if args.model else LAYERS:
            folder = (args.keep or Path(temporary)) / model
            folder.mkdir(parents=True, exist_ok=True)
            ours, theirs = commands(args, model, picture, folder)
            print(f"\n{model} {args.layer or LAYERS[model]}")
            print("              oneiric             PyTorch")
            results = []
            for i in range(args.runs):
                results.append((*run(ours, log), *run(theirs, log)))
                print(row(f"run {i + 1}", results[-1]))
            medians = [median(column) for column in zip(*results)]
            print(row("median", medians))
            a, b, c, d = medians
            print(f"  oneiric takes 1/{c / a:.2f} of the time, 1/{d / b:.2f} of the memory")


if __name__ == "__main__":
    main()
