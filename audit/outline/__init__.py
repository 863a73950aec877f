"""The list of an audit's criteria as one works through it: filters, progress, who is where."""
