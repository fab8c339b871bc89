"""What agents call by the Model Context Protocol: the functions of the commands, and no logic."""
