"""What of this machine's environment a program that does tasks gets to see.

An agent is a program that strangers' texts speak to. What it need not know, tokens and keys above
all, it is not given: a fixed list of names that programs need to run at all, and what the
settings name beside them (`environment` in faucet.yaml or faucet.local.yaml).
"""

import os
from collections.abc import Iterable

ALWAYS = (
    *("PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "LC_*", "TZ", "TERM"),
    *("COLUMNS", "TMPDIR", "TMP", "TEMP", "XDG_*", "VIRTUAL_ENV", "PYTHONPATH", "PYTHONUTF8"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"),
    *("SYSTEMROOT", "SYSTEMDRIVE", "COMSPEC", "PATHEXT", "WINDIR", "APPDATA", "LOCALAPPDATA"),
    *("USERPROFILE", "PROGRAMDATA", "PROGRAMFILES", "PROGRAMFILES(X86)", "NUMBER_OF_PROCESSORS"),
)
"""Names that every program gets; a star at the end stands for any ending."""


def inherited(named: Iterable[str]) -> dict[str, str]:
    """Return the variables of this process whose names are in ALWAYS or in named."""
    exact = {name for name in (*ALWAYS, *named) if not name.endswith("*")}
    starts = tuple(name[:-1] for name in (*ALWAYS, *named) if name.endswith("*"))
    return {
        name: value
        for name, value in os.environ.items()
        if name in exact or name.startswith(starts)
    }
