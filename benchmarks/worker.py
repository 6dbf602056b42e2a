"""A process that holds one library and does what it is told on standard input, one line a request.

    python worker.py LIBRARY FILE

The library is imported, made ready and asked to parse the text of FILE; the answer is two numbers of CPU seconds, of
the import and of the rest. After that `run N` is answered by the CPU seconds that N more parses take, and `peak` by the
peak of resident memory in kB.
"""

from __future__ import annotations

import sys
from importlib import import_module
from time import process_time

import parsers


def peak() -> int:
    """Peak resident memory of this process in kB (getrusage would count what the parent had before the exec)."""
    try:
        with open("/proc/self/status") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("VmHWM"))
    except OSError:
        import resource

        rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return rss // 1024 if sys.platform == "darwin" else rss


def main(library: str, path: str) -> None:
    with open(path, encoding="utf-8") as file:
        text = file.read()
    if library == "lark":
        import edexql.language.lexer  # noqa: F401 (has the rule for line breaks, which Lark borrows: not its time)
    begin = process_time()
    import_module(parsers.MODULES[library])
    imported = process_time()
    parse = parsers.prepare(library)
    parse(text)
    print(imported - begin, process_time() - imported, flush=True)
    for line in sys.stdin:
        if line.startswith("peak"):
            print(peak(), flush=True)
            continue
        rounds = range(int(line.split()[1]))
        begin = process_time()
        for _ in rounds:
            parse(text)
        print(process_time() - begin, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
