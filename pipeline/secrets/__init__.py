"""Credentials in text: keys, tokens, passwords, wallets, cards; found, and never shown."""
