"""What waits for me: the steps I may take now, deadlines, what changed; and the search over everything."""
