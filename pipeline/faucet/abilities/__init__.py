"""What each agent can do here: by a command, a model, a program that computes, or people."""
