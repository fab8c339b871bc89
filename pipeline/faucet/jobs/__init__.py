"""Jobs at a provider's batch service: a ledger of what was begun and done, whatever is asked."""
