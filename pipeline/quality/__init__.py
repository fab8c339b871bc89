"""What a pair is worth: rules with evidence, measures, the score and the report on them."""
