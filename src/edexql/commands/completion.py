"""`edexql completion`."""

from __future__ import annotations

import sys

from edexql.commands.exits import FINE

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

DESCRIPTION = """\
Print the script that makes a shell complete the commands, options and names of edexql. To keep it, put it in
~/.bashrc: eval "$(edexql completion bash)"; in ~/.zshrc: eval "$(edexql completion zsh)"; for fish:
edexql completion fish > ~/.config/fish/completions/edexql.fish"""
EXAMPLE = 'eval "$(edexql completion bash)"'


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("shell", choices=("bash", "zsh", "fish"))


def run(options: argparse.Namespace) -> int:
    from argcomplete.shell_integration import shellcode

    sys.stdout.write(shellcode(["edexql"], shell=options.shell).strip() + "\n")
    return FINE
