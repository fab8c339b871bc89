"""Run a stage in a process that has its libraries loaded already, or else in this one."""

import sys

from pipeline.run.sparing import spares_memory
from pipeline.run.warm import ended_elsewhere

if __name__ == "__main__":
    arguments = sys.argv[1:]
    exit_code = None if spares_memory(arguments) else ended_elsewhere(arguments)
    if exit_code is None:
        from pipeline.run.command import main  # a second of imports, which the other has done

        main()
    sys.exit(exit_code)
