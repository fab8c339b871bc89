"""How the faucet flows: figures from receipts, queues, metrics, books and git history alone.

What is not known is said to be unknown, with the reason; nothing is guessed to fill a table.
"""
