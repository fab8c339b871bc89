"""Python reads this when it starts with this folder on PYTHONPATH: the short way to a program."""

import os
import sys

PROGRAMS = ("dvc", "pipeline.cli", "pipeline.run.serving")
"""What takes long to load; called as `python -m`."""

if (
    sys.orig_argv[1:2] == ["-m"]
    and sys.orig_argv[2] in PROGRAMS
    and "LOADED_PROGRAMS" in os.environ
):
    import client

    client.stand_for(os.environ["LOADED_PROGRAMS"])
