"""What is asked: standards with their criteria, and the schemes that rate and certify by them."""
