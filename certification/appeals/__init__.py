"""Appeals and complaints, handled by people not involved before."""
