"""What a task is and what can happen to it: pure values and one state machine."""
