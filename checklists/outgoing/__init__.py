"""A standard in the forms others read: OSCAL, our pack, tables. What goes out comes back the same (I-26, I-27)."""
