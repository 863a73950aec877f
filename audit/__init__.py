"""What is examined: programmes, audits, answers, ratings, findings and reports."""
