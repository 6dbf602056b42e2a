"""`python -m edexql`."""

from __future__ import annotations

import gc
import sys

# As `main` does for a command; here it is early enough that no import searches for garbage.
gc.disable()

from edexql.cli import main  # noqa: E402

sys.exit(main())
