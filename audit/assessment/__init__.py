"""The fieldwork: answers to criteria with their history, evidence of one audit."""
