"""What a spreadsheet does to text: the one rule that every CSV of this project keeps."""

_BLANK = (
    "\t\n\v\f\r \u0085\u00a0\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u2064\u3000\ufeff"
    "\x00-\x08"
)
"""White space, and characters that take no room, which some programs pass over."""

_SIGNS = "=+@\uff1d\uff0b\uff20\uff0d\\-"
"""What begins a formula, in half and in full width."""

FORMULA_START = f"^'*(?:[\t\r]|[{_BLANK}]*[{_SIGNS}])"
"""What a spreadsheet takes for a formula at the start of a cell (OWASP, CSV injection), also
behind white space and behind apostrophes, so that taking one away again gives every cell back
(docs/adr/0007). Read by RE2 and by Python alike."""
