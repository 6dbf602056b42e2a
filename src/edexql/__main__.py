"""`python -m edexql`."""

from __future__ import annotations

import sys

from edexql.shell.main import main

sys.exit(main())
