"""What was captured without a network meets the audit: answers, findings, meetings, photos, and two texts for one."""
