"""Nonconformities and other findings: response, corrective actions, verification, closure."""
