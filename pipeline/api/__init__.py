"""The door for Python: each function is one stage on rows that its caller has in memory.

Rows are lists of dicts, pandas, Arrow or Daft tables, or datasets.Dataset; what comes out is the
caller's own rows in the same form, parted into kept and dropped, with a reason for each that is
dropped, and the result of the stage behind it.
"""
