"""Conditions of an audit's steps.

``AuditFacts`` holds what the features of an audit know about it; each condition is a pure
function from these facts to a ``Reason``. ``audit.planning.rules`` ties them to the steps.
"""
