"""How the timeline tells of measures and ratings. Pure."""

from core.words import N_, Saying

SAYINGS = {
    "measure:entered": Saying(N_("%(actor)s entered the measure %(label)s")),
    "measure:changed": Saying(N_("%(actor)s changed the measure %(label)s")),
    "rating:computed": Saying(N_("%(actor)s computed the rating"), key=True),
}
