"""Pages that join several features of one audit."""
