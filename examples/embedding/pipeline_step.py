"""A step of a pipeline: the queries of a folder, answered from a catalogue, as one JSON file of names for each.

python examples/embedding/pipeline_step.py examples RESULTS
"""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import edexql


def step(path: Path, results: Path) -> str:
    """Answer one query, and say in a line what became of it."""
    try:
        answer = edexql.evaluate(path.read_bytes())
    except edexql.EdexqlError as error:
        return f"{path.name}: {str(error).strip().splitlines()[0]}"
    names = [file.name for file in answer]
    (results / f"{path.stem}.json").write_text(json.dumps(names, indent=2) + "\n")
    return f"{path.name}: {len(names)} matched, {len(answer.unknown)} may match"


def main(queries: str, results: str) -> int:
    """Answer all queries of a folder, several at once; the exit code is 0."""
    Path(results).mkdir(parents=True, exist_ok=True)
    paths = sorted(Path(queries).glob("*.edq"))
    with ThreadPoolExecutor(4) as pool:
        for line in pool.map(partial(step, results=Path(results)), paths):
            print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
