"""What a spreadsheet does to text: the one rule that every CSV of this project keeps."""

FORMULA_START = r"^'*[=+\-@\t\r]"
"""What a spreadsheet takes for a formula at the start of a cell (OWASP, CSV injection), also
behind apostrophes, so that taking one away again gives every cell back (docs/adr/0007)."""
