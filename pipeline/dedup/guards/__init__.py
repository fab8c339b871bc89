"""What two texts must agree in, word by word, before their likeness counts."""
