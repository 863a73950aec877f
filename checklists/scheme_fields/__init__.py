"""Fields of a scheme's forms: figures that keep what was typed, and ways to find a field by the place it is for."""
