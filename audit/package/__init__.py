"""What a device takes along of an audit, as plain data in both languages: one response, few statements."""
