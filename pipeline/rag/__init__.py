"""The knowledge base as a program asks it: one SQLite file with text and vector search."""
