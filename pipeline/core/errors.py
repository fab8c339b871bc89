"""What the user can mend is one exception with one sentence."""


class UserError(Exception):
    """A fault that the user can mend; its text is the one sentence that they are told.

    Commands print it without a traceback and exit with 1. A bad record is data, not an
    exception; a bug is any other exception, with its traceback.
    """


INTERRUPTED = 130
"""Exit code of a program that Ctrl-C ended, as shells give it: 128 and the signal's number."""
