"""The ground every area stands on; it knows no area."""
