"""The commands of `faucet` by group: a command is a library call and nothing more."""
