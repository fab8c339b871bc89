"""What the user can mend is one exception with one sentence."""

import errno


class UserError(Exception):
    """A fault that the user can mend; its text is the one sentence that they are told.

    Commands print it without a traceback and exit with 1. A bad record is data, not an
    exception; a bug is any other exception, with its traceback.
    """


INTERRUPTED = 130
"""Exit code of a program that Ctrl-C ended, as shells give it: 128 and the signal's number."""

STOPPED = "faucet: stopped by Ctrl-C"
"""What such a program says last."""

_OF_THE_DISK = {
    errno.ENOSPC: "the disk is full: free some space",
    errno.EDQUOT: "the quota of the disk is used up: free some space",
    errno.EFBIG: "the file would be larger than may be written here: lift the limit",
    errno.EROFS: "the disk is mounted for reading alone: mount it for writing",
    errno.EACCES: "the right to do so is missing: `chmod` or `chown` it",
    errno.EPERM: "the right to do so is missing: `chmod` or `chown` it",
    errno.EIO: "the disk reports a fault: check it",
    errno.EISDIR: "a folder stands where a file belongs: move it away",
    errno.ENOTDIR: "a file stands where a folder belongs: move it away",
    errno.ELOOP: "a link leads in a circle: remove it",
}


def disk_fault(fault: OSError) -> str | None:
    """Return in one sentence what a disk does not let us do, None for any other fault.

    Files are there whole or not at all, so that the same command mends what it did not end.
    """
    says = _OF_THE_DISK.get(fault.errno or 0)
    where = f"{fault.filename}: " if isinstance(fault.filename, str) else ""
    return f"{where}{says}, then run the command again; nothing is lost" if says else None
