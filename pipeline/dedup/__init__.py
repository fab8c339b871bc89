"""Duplicates: candidate pairs, edges, evidence, rulings, clusters; every step has its own place.

text, likeness and guards read and compare texts. entries ranks the pairs that take part.
candidates finds what comes near, pairing chooses the edges that are compared, comparison measures
the evidence on them, rules says what follows from it, clusters resolves it to canonical records,
outputs publishes that. planted runs made duplicates through the same steps. docs/adr/0045.
"""
