"""How the timeline tells of issued documents. Pure."""

from core.words import N_, Saying

SAYINGS = {"document:issued": Saying(N_("%(actor)s issued the document %(label)s"))}
