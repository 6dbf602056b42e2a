"""Do the tests still notice what they noticed before the sources were rearranged? A stored list of mistakes shows it.

From the root of a checkout, with edexql's `test` extra installed:

    python benchmarks/mutants.py

`tests/house/mutants.json` has mistakes that a test noticed in the version named there. Of each it says where it was
(file, line, what the line became, the test that failed), and the same for the sources as they are. Here each is made
in a copy of the sources of today, and that test runs: `killed` where it fails, `survived` where it does not. Whoever
changes or moves a line of the list changes the entry too. It needs `os.fork`.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from collections import Counter
from pathlib import Path
from time import monotonic
from typing import NamedTuple

from mutation import ROOT, prepared, replaced, run, sum_of

LIST = ROOT / "tests/house/mutants.json"
# Seconds. The slowest of these tests takes some seconds on a quiet machine.
LIMIT = 90


class StoredMutant(NamedTuple):
    """A change of the only line of a file that has this text, and the test that notices it."""

    file: str
    line: str
    becomes: str
    test: str

    def __str__(self) -> str:
        return f"{self.file}: `{self.line}` -> `{self.becomes}` ({self.test})"


def stored() -> list[StoredMutant]:
    """The list, as it stands for the sources of today."""
    entries = json.loads(LIST.read_text(encoding="utf-8"))["mutants"]
    return [StoredMutant(**entry["today"]) for entry in entries]


def text_with(mutant: StoredMutant, text: str) -> str:
    """The text of the file with the changed line. Raises ValueError where not exactly one line is the stored one."""
    lines = text.splitlines(keepends=True)
    (index,) = [index for index, line in enumerate(lines) if line.strip() == mutant.line]
    lines[index] = lines[index].replace(mutant.line, mutant.becomes)
    return "".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=None, help="try so many, chosen at random (default: all)")
    parser.add_argument("--seed", type=int, default=1, help="which ones these are")
    parser.add_argument("--only", default="", help="only those of files with this in their name")
    options = parser.parse_args()
    chosen = [mutant for mutant in stored() if options.only in mutant.file]
    if options.count is not None:
        chosen = random.Random(options.seed).sample(chosen, min(options.count, len(chosen)))
    start = monotonic()
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="edexql-mutants-") as name:
        folder = Path(name)
        prepared(folder)
        if run(folder, sorted({mutant.test for mutant in chosen}), 10 * LIMIT, bytecode=True) != "survived":
            sys.exit("the tests fail on the sources as they are")
        for mutant in chosen:
            path = folder / mutant.file
            with replaced(path, text_with(mutant, path.read_text(encoding="utf-8"))):
                outcome = run(folder, [mutant.test], LIMIT)
            counts[outcome] += 1
            print(f"{monotonic() - start:6.0f} s  {outcome}  {mutant}", file=sys.stderr, flush=True)
    print(f"{sum_of(counts)} tried: " + ", ".join(f"{counts[way]} {way}" for way in ("killed", "survived", "timeouts")))
    sys.exit(0 if counts["killed"] == sum_of(counts) else 1)


if __name__ == "__main__":
    main()
