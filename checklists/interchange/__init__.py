"""Standards in and out: a file is read, looked at, confirmed, and written in a job, whole or not at all (I-26, I-27).

The pure readers and writers are ``incoming``, ``oscal``, ``sheets`` and ``outgoing``; here are the pending import with
its pages, the remembered columns, and the command line.
"""
