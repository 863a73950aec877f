"""One finding as a file: its tables, who may see it, what the guards of its steps look at."""
