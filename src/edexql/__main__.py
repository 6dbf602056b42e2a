"""`python -m edexql`."""

from __future__ import annotations

import sys

from edexql.cli import main

sys.exit(main())
