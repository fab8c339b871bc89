"""A git-native data factory for question-answer knowledge bases.

Daft, DVC and Ray send usage statistics unless told not to, and print query ids, progress bars and
their workers' logs into a terminal. All of it is turned off here, before any of them can be
imported: whatever process of this project runs them is quiet, `dvc repro` called directly too.
Linear algebra runs on one thread: sums then have one order, and the tables of this project are
too small for more threads to pay.
"""

import os

os.environ.setdefault("DAFT_ANALYTICS_ENABLED", "0")
os.environ.setdefault("DAFT_PROGRESS_BAR", "0")
os.environ.setdefault("DAFT_SHOW_QUERY_ID", "0")
os.environ.setdefault("DO_NOT_TRACK", "1")
os.environ.setdefault("DVC_NO_ANALYTICS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("RAY_LOG_TO_DRIVER", "0")
os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
