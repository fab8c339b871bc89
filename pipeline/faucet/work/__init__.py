"""Workers: who takes tasks and does them, by a built-in way or by an agent's command."""
