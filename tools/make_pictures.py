"""Make the pictures that docs/pictures.md shows, by the commands that stand on it.

    python tools/make_pictures.py            # writes docs/pictures/track.svg and the others, and the printed text
    python tools/make_pictures.py --check    # exits 1 when the page or a picture is not what the commands give

Numbers in pictures may differ by a fifth of a point: other machines round other sines.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "support"))

from literate import as_run  # noqa: E402

DOCS = ROOT / "docs"
PAGE = DOCS / "pictures.md"
NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
NEAR = 0.2


def same(one: str, other: str) -> bool:
    """Whether two pictures are the same but for numbers that are near each other."""
    if NUMBER.sub("0", one) != NUMBER.sub("0", other):
        return False
    pairs = zip(NUMBER.findall(one), NUMBER.findall(other), strict=True)
    return all(a == b or abs(float(a) - float(b)) <= NEAR + 1e-9 for a, b in pairs)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    different = []
    with tempfile.TemporaryDirectory() as folder:
        text = as_run(PAGE, Path(folder))
        if text != PAGE.read_text(encoding="utf-8"):
            different.append(PAGE)
            if not check:
                PAGE.write_text(text, encoding="utf-8")
        for picture in sorted(Path(folder).glob("*.svg")):
            drawn, path = picture.read_text(encoding="utf-8"), DOCS / "pictures" / picture.name
            if not path.exists() or not same(drawn, path.read_text(encoding="utf-8")):
                different.append(path)
                if not check:
                    path.write_text(drawn, encoding="utf-8")
    for path in different:
        print(f"{path.relative_to(ROOT)} {'is not what the commands give' if check else 'written'}")
    return int(check and bool(different))


if __name__ == "__main__":
    sys.exit(main())
