"""The vocabulary that every room speaks: ids, text, schemas, errors. No disk, no network."""
