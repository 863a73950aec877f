"""Coverage: which criteria of the standards that ship realise which row of the requirements."""
