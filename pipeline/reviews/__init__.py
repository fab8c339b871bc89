"""What people decided: verdicts, edits and notes, how they are read, and which of them counts."""
