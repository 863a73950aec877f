"""Forms of sections: shape only."""

from core.forms import Expected, Form, line, pick
from core.words import N_


class SectionForm(Expected):
    """A section's code and titles."""

    code = line(
        N_("Code"), most=40, description=N_("Such as SL-1; it stands before the section's title.")
    )
    title_en = line(N_("Title (English)"), required=False)
    title_zh = line(N_("Title (Chinese)"), required=False)

    def values(self) -> dict[str, str]:
        """Give the columns of the section."""
        return {name: self[name].data or "" for name in ("code", "title_en", "title_zh")}


class TargetForm(Form):
    """Another section, to which criteria go."""

    target = pick(N_("Section"))
