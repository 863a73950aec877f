"""The life of a corrective action and of the response it belongs to, as pure rules."""
