"""What a file is, told from its bytes and never from its name.

The kinds that are taken stand in one table. A file that is none of them, or two at once, or a
program, is refused with a sentence that says what to send instead. Pure; ``evidence.files`` adds
names and sizes.
"""
