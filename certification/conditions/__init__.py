"""What a decision rests on: the facts of a case and a guard for each condition."""
