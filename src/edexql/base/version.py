"""The version of edexql: read by the build, shown by `--version`, sent as `User-Agent`, written into what is kept."""

from __future__ import annotations

__version__ = "0.6.0"
