"""The client's response in rounds, the work on corrective actions, requests for more time."""
