"""`python -m edexql`."""

from __future__ import annotations

import sys

from edexql.cli.main import main

sys.exit(main())
