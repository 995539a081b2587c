# SPDX-License-Identifier: GPL-2.0
"""Grades a submission, or each of a class: see scripts/grade."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from command import main  # noqa: E402

sys.exit(main())
