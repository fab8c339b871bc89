"""Providers of models over HTTP: their protocols, spoken by one small client."""
