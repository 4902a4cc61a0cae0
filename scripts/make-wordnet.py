#!/usr/bin/env python3
"""Make assets/imagenet-words.tsv: ImageNet's classes and everything above them in WordNet 3.0.

    apt-get download wordnet-base && dpkg -x wordnet-base*.deb wordnet
    scripts/make-wordnet.py wordnet/usr/share/wordnet [--check]

One line for each synset, sorted by number, with five columns separated by tabs: the synset, its direct parents, its
words, the irregular plurals of these words, and words of things below it that no network here knows: "pagoda" under
"place of worship". Several values are separated by '|'. Standard library only. WordNet's manual, wndb(5WN), describes
its noun files.
"""

import argparse
import sys
from pathlib import Path

# WordNet's files of nouns that can be seen: animals, artifacts, food, natural objects, plants; lexnames(5WN).
VISIBLE = {"05", "06", "13", "17", "20"}
# Classes under a synset from which on it is too general to stand for something under it.
GENERAL = 130
ASSETS = Path(__file__).resolve().parent.parent / "assets"


def synsets(path):
    """Return the words of every noun synset, its direct parents and the number of its file."""
    found = {}
    for line in path.read_text().splitlines():
        if line.startswith(" "):
            continue
        fields = line.split(" | ")[0].split()
        words_end = 4 + 2 * int(fields[3], 16)
        words = [word.replace("_", " ") for word in fields[4:words_end:2]]
        pointers = fields[words_end + 1:]
        above = [f"n{pointers[i + 1]}" for i in range(0, len(pointers) - 3, 4) if pointers[i] in ("@", "@i")]
        found[f"n{fields[0]}"] = (words, above, fields[1])
    return found


def upwards(nouns, synset):
    """The synset and all above it, nearest first."""
    found = [synset]
    for synset in found:
        found += [above for above in nouns[synset][1] if above not in found]
    return found


def table(wordnet):
    nouns = synsets(wordnet / "data.noun")
    classes = {}
    for number in (ASSETS / "imagenet-wordnet-ids.txt").read_text().split():
        for synset in upwards(nouns, number):
            classes[synset] = classes.get(synset, 0) + 1
    plurals = {}
    for line in (wordnet / "noun.exc").read_text().splitlines():
        plural, *singulars = line.split()
        for singular in singulars:
            plurals.setdefault(singular.replace("_", " "), []).append(plural.replace("_", " "))
    known = {word.lower() for synset in classes for word in nouns[synset][0]}
    below = {}
    for synset, (words, _, file) in sorted(nouns.items()):
        nearest = next((above for above in upwards(nouns, synset) if above in classes), None)
        if file in VISIBLE and nearest and classes[nearest] <= GENERAL:
            below.setdefault(nearest, set()).update(word for word in words if word.islower() and word not in known)
    rows = []
    for synset in sorted(classes):
        words, above, _ = nouns[synset]
        irregular = [plural for word in words for plural in plurals.get(word.lower(), [])]
        rows.append("\t".join([synset, "|".join(above), "|".join(words), "|".join(irregular), "|".join(sorted(below.get(synset, ())))]))
    return "\n".join(rows) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wordnet", type=Path, help="the folder of data.noun and noun.exc")
    parser.add_argument("--check", action="store_true", help="only tell whether the file is what would be made")
    arguments = parser.parse_args()
    made, path = table(arguments.wordnet), ASSETS / "imagenet-words.tsv"
    if not arguments.check:
        path.write_text(made)
    elif path.read_text() != made:
        sys.exit(f"{path.name} is not what this script makes")


if __name__ == "__main__":
    main()
