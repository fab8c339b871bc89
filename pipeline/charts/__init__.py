"""Charts and the dashboard: small tables, pictures made from them, and one page that shows all.

Each chart module holds a pair: a function that aggregates in Daft down to a small pandas table,
and a function that turns that table into an Altair chart. The table is published beside the
picture, so every figure that is drawn can also be read, compared and plotted by `dvc plots`.
"""
