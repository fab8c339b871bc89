"""From a file that a stranger dropped to records with their place: landing, parsing, families."""
