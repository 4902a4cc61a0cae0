#!/usr/bin/env python3
"""Make assets/kits/: the photos and paintings of the kit `impressionist`.

    pip install pillow==13.0.0
    apt-get download gcompris-qt-data                   # 3.1-2
    python3 scripts/make-kit-pictures.py FILE.deb           # write assets/kits/
    python3 scripts/make-kit-pictures.py FILE.deb --check   # say whether assets/kits/ is what this makes

GCompris keeps its pictures in Qt resource files (.rcc). In each folder of them is a README, which states the author
and the licence of each file. Only pictures that it marks CC0 or public domain are taken, and of those not the ones
that `UNSUITED` names.
"""

import argparse
import csv
import hashlib
import io
import re
import struct
import subprocess
import sys
import tarfile
import zlib
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from PIL import Image

OUT = Path(__file__).resolve().parent.parent / "assets/kits"
PACKAGE_SHA256 = "e9cf06ab2105529068df73085784e835d2ff03f870d2a8091f09125d40abac9f"
RESOURCES = "./usr/share/gcompris-qt/rcc/{}.rcc"
FREE = {"cc0-1.0": "CC0-1.0", "public domain": "public domain"}

# resource file: folder of its pictures
PHOTOS = {
    "erase": "erase/resource",
    "explore_farm_animals": "explore_farm_animals/resource/animals",
    "explore_monuments": "explore_monuments/resource",
    "explore_world_animals": "explore_world_animals/resource/animals",
}
PHOTO_SIDE, PHOTO_QUALITY = 320, 80

UNSUITED = {
    "erase/resource/giraffe": "another giraffe is better",
    "explore_farm_animals/resource/animals/duck": "nearly black",
    "explore_monuments/resource/egypt/bentPyramid": "nearly empty",
    "explore_monuments/resource/egypt/meidumPyramid": "nearly empty",
    "explore_monuments/resource/egypt/redPyramid": "nearly empty",
    "explore_monuments/resource/germany/wormsCathedral": "a statue by a sculptor of our days",
    "explore_monuments/resource/usa/cabrillo": "a statue by a sculptor who died in 1962",
    "explore_monuments/resource/usa/castillodeSanMarcos": "only a few colours",
    "explore_monuments/resource/usa/castleClinton": "without colours",
    "explore_monuments/resource/usa/georgeWashingtonBirthplace": "faded",
}

PAINTINGS_FOLDER = "details/resource/image"
# file without "_background": (name here, title, sides to cut off: left, top, right, bottom)
PAINTINGS = {
    "Eglise_dAuvers-sur-Oise": ("church", "The Church at Auvers (1890)", (2, 2, 2, 2)),
    "Gogh4": ("cafe-terrace", "Café Terrace at Night (1888)", (2, 2, 2, 2)),
    "PortraitOfPereTanguy": ("tanguy", "Portrait of Père Tanguy (1887)", (2, 2, 2, 2)),
    "Van_Gogh_The_Night_Cafe": ("night-cafe", "The Night Café (1888)", (4, 4, 4, 4)),
    "VincentVanGogh0012": ("vestibule", "Vestibule in the Asylum (1889)", (2, 2, 2, 4)),
    "VincentVanGogh0013": ("road-to-tarascon", "The Painter on the Road to Tarascon (1888)", (2, 2, 2, 2)),
    "VincentVanGogh0019": ("harvest", "Harvest at La Crau (1888)", (6, 12, 6, 12)),
    "VincentVanGoghBridge": ("bridge", "Langlois Bridge at Arles (1888)", (6, 6, 6, 6)),
}
PAINTING_SIDE, PAINTING_QUALITY = 512, 90


def read_resources(data):
    """The files of a Qt resource file: path to bytes. Layout: qtbase/src/corelib/io/qresource.cpp."""
    magic, version, tree, contents, names = struct.unpack_from(">4s4I", data)
    assert magic == b"qres", "not a Qt resource file"
    node_size = 14 if version < 2 else 22
    files = {}

    def name(offset):
        (length,) = struct.unpack_from(">H", data, names + offset)
        start = names + offset + 6
        return data[start : start + 2 * length].decode("utf-16-be")

    def content(offset, flags):
        start = contents + offset
        (length,) = struct.unpack_from(">I", data, start)
        stored = data[start + 4 : start + 4 + length]
        assert not flags & 4, "compressed with Zstandard, which GCompris 3.1 does not use"
        return zlib.decompress(stored[4:]) if flags & 1 else stored

    def visit(node, folder):
        at = tree + node * node_size
        name_offset, flags = struct.unpack_from(">IH", data, at)
        path = folder / name(name_offset) if node else folder
        if flags & 2:
            count, first = struct.unpack_from(">2I", data, at + 6)
            for child in range(first, first + count):
                visit(child, path)
        else:
            (offset,) = struct.unpack_from(">I", data, at + 10)
            files[str(path)] = content(offset, flags)

    visit(0, PurePosixPath())
    return files


def read_licences(readme):
    """What a README says: file to its fields. A paragraph is one author's files; its fields come in any order."""
    said = {}
    for paragraph in re.split(r"\n\s*\n", readme):
        fields, files = {}, []
        for line in filter(None, map(str.strip, paragraph.splitlines())):
            key, colon, value = line.partition(":")
            if colon and key in ("Copyright", "License", "Source", "Files", "Comment", "Comments"):
                fields[key] = value.strip()
            else:
                files.append(line)
        if fields.get("Files"):
            files.append(fields["Files"])
        for file in files:
            assert file not in said, f"{file} is listed twice"
            said[file] = fields
    return said


def title_of(fields, name):
    """The photo's name on Wikimedia Commons, or else its name in the package."""
    found = re.search(r"/File:(.+)\.\w+$", fields.get("Source", ""))
    return unquote(found[1]).replace("_", " ").strip() if found else name


def words_of(name):
    """`citedeCarcassonne` as `cite-de-carcassonne`."""
    name = re.sub(r"(?<=[a-z])(des|de|du|of)(?=[A-Z])", r"-\1", name)
    return re.sub(r"(?<=[a-z])(?=[A-Z])|_", "-", name).lower()


def jpeg(picture, side, quality):
    picture.thumbnail((side, side), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()


def open_folder(archive, resource, folder):
    """The pictures of a folder that are free: path in the folder to (bytes, fields)."""
    root = f"gcompris/src/activities/{folder}/"
    files = read_resources(archive.extractfile(RESOURCES.format(resource)).read())
    licences = read_licences(files[root + "README"].decode())
    for file, fields in sorted(licences.items()):
        if file.endswith(".webp") and fields["License"].lower() in FREE and root + file in files:
            yield file, files[root + file], fields


def photos(archive):
    for resource, folder in PHOTOS.items():
        for file, data, fields in open_folder(archive, resource, folder):
            path = PurePosixPath(folder, file)
            if str(path.with_suffix("")) in UNSUITED:
                continue
            words = words_of(path.stem)
            picture = Image.open(io.BytesIO(data)).convert("RGB")
            row = title_of(fields, words), fields["Copyright"], path, fields["License"]
            yield f"photos/{words}.jpg", jpeg(picture, PHOTO_SIDE, PHOTO_QUALITY), row


def paintings(archive):
    for file, data, fields in open_folder(archive, "details", PAINTINGS_FOLDER):
        found = PAINTINGS.get(file.removesuffix("_background.webp"))
        if not found:
            continue
        name, title, (left, top, right, bottom) = found
        assert "painting by Van Gogh" in fields["Comment"], file
        picture = Image.open(io.BytesIO(data)).convert("RGB")
        picture = picture.crop((left, top, picture.width - right, picture.height - bottom))
        row = title, "Vincent van Gogh", f"{PAINTINGS_FOLDER}/{file}", fields["License"]
        yield f"paintings/{name}.jpg", jpeg(picture, PAINTING_SIDE, PAINTING_QUALITY), row


def make(archive):
    """All files of assets/kits/: path to bytes."""
    files, rows = {}, []
    for path, data, (title, author, source, licence) in sorted([*paintings(archive), *photos(archive)]):
        assert path not in files, f"{path} comes twice"
        files[path] = data
        rows.append((path, title, author, source, FREE[licence.lower()]))
    table = io.StringIO()
    writer = csv.writer(table, "excel-tab", lineterminator="\n", quoting=csv.QUOTE_NONE)
    writer.writerow(("file", "title", "author", "source", "licence"))
    writer.writerows(rows)
    files["SOURCES.tsv"] = table.getvalue().encode()
    return files


def write(files):
    for path, data in files.items():
        (OUT / path).parent.mkdir(parents=True, exist_ok=True)
        (OUT / path).write_bytes(data)


def check(files):
    there = {str(path.relative_to(OUT)): path.read_bytes() for path in OUT.rglob("*") if path.is_file()}
    wrong = sorted(path for path in there.keys() | files.keys() if there.get(path) != files.get(path))
    if wrong:
        sys.exit("differs: " + ", ".join(wrong))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("package", type=Path, help="gcompris-qt-data_3.1-2_all.deb")
    parser.add_argument("--check", action="store_true", help="compare instead of write")
    args = parser.parse_args()
    found = hashlib.sha256(args.package.read_bytes()).hexdigest()
    if found != PACKAGE_SHA256:
        sys.exit(f"{args.package}: SHA-256 {found}, expected {PACKAGE_SHA256}")
    tar = subprocess.run(["dpkg-deb", "--fsys-tarfile", args.package], stdout=subprocess.PIPE, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(tar)) as archive:
        files = make(archive)
    (check if args.check else write)(files)
    for folder in ("photos", "paintings"):
        sizes = [len(data) for path, data in files.items() if path.startswith(folder)]
        print(f"{folder}: {len(sizes)} files, {sum(sizes)} bytes")
    digest = hashlib.sha256(b"".join(files[path] for path in sorted(files) if path.endswith(".jpg"))).hexdigest()
    print(f"SHA-256 of the pictures, one after the other: {digest}")


if __name__ == "__main__":
    main()
