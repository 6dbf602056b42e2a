"""`edit`."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile

from edexql.commands import inputs
from edexql.commands.exits import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

DESCRIPTION = """\
Change the query under hand in an editor: $VISUAL, else $EDITOR, else vi. A text with mistakes is not taken; it stands
at the next prompt, to be put right."""
EXAMPLE = "edit"


def arguments(parser: argparse.ArgumentParser) -> None:
    pass


def run(options: argparse.Namespace) -> int:
    from edexql.repl.filing import take_text

    session = options.session
    text = edited(session.hand.text)
    return take_text(session, text, "<edited>")


def edited(text: str) -> str:
    """A text as it comes back from the user's editor. Raises UsageError."""
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if editor is None:
        if sys.stdin is None or not sys.stdin.isatty():
            raise UsageError("without a terminal an editor has to be named by $EDITOR")
        editor = "vi"
    with tempfile.TemporaryDirectory(prefix="edexql-") as folder:
        path = os.path.join(folder, "query.edq")
        with open(path, "x", encoding="utf-8") as file:
            file.write(text)
        try:
            code = subprocess.run([*shlex.split(editor), path], check=False).returncode  # noqa: S603
        except (OSError, ValueError) as error:
            raise UsageError(f"cannot run the editor {editor}: {error}; set $EDITOR to another") from error
        if code:
            raise UsageError(f"the editor {editor} ended with {code}: the query is as it was")
        return inputs.read(path).text
