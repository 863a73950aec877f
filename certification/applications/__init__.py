"""Applications: submitted, reviewed, accepted, contracted."""
