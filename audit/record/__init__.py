"""One audit whole, as plain data in both languages: what a signature covers and a document prints."""
