"""What differs between two versions of schemes, field by field."""
