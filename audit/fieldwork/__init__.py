"""The desk: outline, criterion and answer on one page, as auditors work through a checklist."""
