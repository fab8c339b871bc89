"""What must hold for a task to be completed, and the facts that this is compared with."""
