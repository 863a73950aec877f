"""Parts of a scheme: what its fields are called, and which field of which part a place in its content is.

Pure. The editor saves part by part; problems, conflicts and comparisons name places by these words.
"""
