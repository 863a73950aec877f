"""The level: measures and answers combined by the rules of a scheme version. Pure."""
