"""Files that prove something: received, judged, kept by digest, handed out as attachments.

Content is kept once per organisation and never changes; what it shows, who handed it over and who
may see it stand beside it. Nothing is deleted: a wrong item becomes void, with a reason. The routes
stand with the audits, which know who is on them.
"""
