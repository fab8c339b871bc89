"""A git-native data factory for question-answer knowledge bases.

Daft, DVC and Ray send usage statistics unless told not to; all three are told here, before any
of them can be imported.
"""

import os

os.environ.setdefault("DAFT_ANALYTICS_ENABLED", "0")
os.environ.setdefault("DO_NOT_TRACK", "1")
os.environ.setdefault("DVC_NO_ANALYTICS", "1")
os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
