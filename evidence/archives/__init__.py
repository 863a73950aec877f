"""What a ZIP archive holds, read from its directory without unpacking it.

Office documents are archives too. Nothing here inflates more than one small named part, and that
with a limit, so no archive can fill the memory. Pure.
"""
