"""Pages across areas: what waits for me, oversight, activity."""
