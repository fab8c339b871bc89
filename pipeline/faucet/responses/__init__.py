"""What models answered: recorded once, an input for ever after, never asked again."""
