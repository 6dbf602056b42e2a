"""Write the vocabulary of the package as Python, which is read at start-up in half the time of JSON.

    python tools/make_vocabulary.py            # writes src/edexql/model/vocabulary/package.py
    python tools/make_vocabulary.py --check    # exits 1 when it is not what vocabulary.json says

The facts stand in src/edexql/model/vocabulary/vocabulary.json alone.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent.parent / "src" / "edexql" / "model" / "vocabulary"
SOURCE = FOLDER / "vocabulary.json"
MODULE = FOLDER / "package.py"

HEADER = '''"""The vocabulary of the package. Generated from vocabulary.json by tools/make_vocabulary.py."""

from __future__ import annotations

'''


def module(data: dict[str, Any]) -> str:
    """The text of a module that has the data as DATA, an entry a line."""
    lines = [HEADER + "DATA = {"]
    for section, value in data.items():
        if isinstance(value, list):
            lines += [f"    {section!r}: [", *(f"        {entry!r}," for entry in value), "    ],"]
        else:
            lines.append(f"    {section!r}: {value!r},")
    return "\n".join([*lines, "}", ""])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; exit code 1 if the file differs")
    options = parser.parse_args()
    written = module(json.loads(SOURCE.read_text("utf-8")))
    if not options.check:
        MODULE.write_text(written, "utf-8")
    elif MODULE.read_text("utf-8") != written:
        sys.stderr.write(f"{MODULE.name} is not what {SOURCE.name} says: run python tools/make_vocabulary.py\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
