"""Made duplicates and made look-alikes that every run judges, to measure the rules."""
