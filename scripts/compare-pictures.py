#!/usr/bin/env python3
"""Pictures as Oneiric reads them, against Pillow (libtiff, libjpeg, libpng) with Little CMS, and against ImageMagick.

    cargo build --release
    python3 scripts/compare-pictures.py [--oneiric BINARY] [--magick COMMAND] [FILE...]

Without files it writes one of each kind with Pillow first. Each is read by a dream that changes nothing, and compared
with the pixels of both programs, converted to sRGB by the file's ICC profile. Prints the largest and the mean difference
in 8-bit levels, colours of transparent pixels left out, and fails if both means are above 1. Needs Pillow and numpy;
ImageMagick is left out if COMMAND (magick, or convert of version 6) is missing.
"""

import argparse
import io
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy
from PIL import Image, ImageCms

ROOT = Path(__file__).resolve().parent.parent
NOTHING = ["--strength", "0", "--octaves", "1", "--iterations", "1", "--no-recipe", "--overwrite"]


def reference(path: Path) -> numpy.ndarray:
    """RGBA in 0…255."""
    picture = Image.open(path)
    profile, alpha = picture.info.get("icc_profile"), None
    if picture.mode in ("LA", "PA", "RGBA", "RGBa") or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        alpha = picture.getchannel("A")
        picture = picture.convert("RGB")
    if picture.mode == "F":
        picture = Image.fromarray(numpy.clip(numpy.asarray(picture) * 255 + 0.5, 0, 255).astype("uint8"))
    if picture.mode.startswith("I;16"):
        picture = Image.fromarray((numpy.asarray(picture) / 257 + 0.5).astype("uint8"))
    if picture.mode not in ("L", "CMYK", "LAB"):
        picture = picture.convert("L" if picture.mode == "1" else "RGB")
    if picture.mode == "LAB":
        profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    if profile:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if source.profile.xcolor_space.strip() == "RGB":
            picture = picture.convert("RGB")
        picture = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    picture = picture.convert("RGB")
    picture.putalpha(alpha or Image.new("L", picture.size, 255))
    return numpy.asarray(picture).astype(int)


def by_imagemagick(path: Path, command: str, folder: Path) -> numpy.ndarray:
    """RGBA in 0…255."""
    profile, out = folder / "srgb.icc", folder / "magick.png"
    profile.write_bytes(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    try:
        has_profile = "icc_profile" in Image.open(path).info
    except OSError:
        has_profile = False
    colours = ["-profile", profile] if has_profile else ["-colorspace", "sRGB"]
    convert = [command, f"{path}[0]", "-auto-orient", *colours]
    run = subprocess.run([*convert, "-depth", "8", f"PNG32:{out}"], capture_output=True, text=True)
    if run.returncode != 0 and not out.exists():
        raise OSError(run.stderr.strip().splitlines()[0])
    pixels = numpy.asarray(Image.open(out)).astype(int)
    out.unlink()
    return pixels


def differences(got: numpy.ndarray, wanted: numpy.ndarray) -> numpy.ndarray:
    if got.shape != wanted.shape:
        raise ValueError(f"{wanted.shape[1]}x{wanted.shape[0]} pixels instead of {got.shape[1]}x{got.shape[0]}")
    difference = numpy.abs(got - wanted)
    difference[(wanted[..., 3] == 0), :3] = 0
    return difference


def samples(folder: Path) -> list[Path]:
    """Files of each kind that Pillow writes."""
    y, x = numpy.mgrid[0:64, 0:96]
    rgb = numpy.stack([x * 255 // 95, y * 255 // 63, (x * 7 + y * 5) % 256], -1).astype("uint8")
    colour, alpha = Image.fromarray(rgb), Image.fromarray((x * 2 + 40).astype("uint8"))
    see_through = colour.copy()
    see_through.putalpha(alpha)
    grey_alpha = colour.convert("LA")
    grey_alpha.putalpha(alpha)
    adobe_like = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    kinds = {
        "rgb": colour, "rgba": see_through, "grey": colour.convert("L"), "grey-alpha": grey_alpha,
        "bilevel": colour.convert("1"), "palette": colour.quantize(64), "cmyk": colour.convert("CMYK"),
        "ycbcr": colour.convert("YCbCr"), "lab": Image.merge("LAB", colour.split()),
        "float": Image.fromarray((x / 95).astype("float32")),
        "grey16": Image.fromarray((x * 689).astype("uint16")),
    }
    files = []

    def save(name: str, picture: Image.Image, **options) -> None:
        try:
            picture.save(folder / name, **options)
            files.append(folder / name)
        except (OSError, KeyError, ValueError) as error:
            print(f"Pillow does not write {name}: {error}")

    for name, picture in kinds.items():
        save(f"{name}.tif", picture)
        save(f"{name}-lzw.tif", picture, compression="tiff_lzw")
    for compression in ("jpeg", "zstd", "webp", "tiff_adobe_deflate", "packbits"):
        save(f"rgb-{compression}.tif", colour, compression=compression)
    save("ycbcr-jpeg.tif", kinds["ycbcr"], compression="jpeg")
    for compression in ("group3", "group4"):
        save(f"bilevel-{compression}.tif", kinds["bilevel"], compression=compression)
    for name in ("rgb", "rgba", "grey", "grey-alpha", "bilevel", "palette", "grey16"):
        save(f"{name}.png", kinds[name])
    save("grey-with-rgb-profile.png", kinds["grey"], icc_profile=adobe_like)
    return files


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--oneiric", type=Path, default=ROOT / "target/release/oneiric")
    parser.add_argument("--magick", default=shutil.which("magick") or "convert")
    parser.add_argument("files", nargs="*", type=Path)
    options = parser.parse_args()
    readers = {"Pillow": lambda file, _: reference(file)}
    if shutil.which(options.magick):
        readers["ImageMagick"] = lambda file, folder: by_imagemagick(file, options.magick, folder)
    worst = 0.0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        out = folder / "out.png"
        for file in options.files or samples(folder):
            command = [options.oneiric, "dream", file, *NOTHING, "-o", out]
            run = subprocess.run(command, capture_output=True, text=True)
            if run.returncode != 0:
                print(f"{file.name:28} refused: {run.stderr.strip()}")
                continue
            got = numpy.asarray(Image.open(out).convert("RGBA")).astype(int)
            line, means = f"{file.name:28}", []
            for reader, read in readers.items():
                try:
                    difference = differences(got, read(file, folder))
                except (OSError, ValueError, ImageCms.PyCMSError) as error:
                    line += f"  {reader}: {str(error)[:60]}"
                    continue
                means.append(difference.mean())
                line += f"  {reader}: largest {difference.max():3} mean {difference.mean():.3f}"
            worst = max(worst, min(means, default=0.0))
            print(line)
    return int(worst > 1.0)


if __name__ == "__main__":
    sys.exit(main())
