"""Vectors from providers: planned, asked for, followed, collected, and never paid twice."""
