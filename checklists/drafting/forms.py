"""Forms of drafts: shape only."""

from core.forms import Expected, Form, line, prose
from core.words import N_

CODE_HINT = N_("Short, without spaces; it stays for all versions.")
VERSION_HINT = N_("As it will be cited, such as 1.0 or 2026.")


class VersionForm(Expected):
    """Number, titles and summaries of a version."""

    version = line(N_("Version"), most=40, description=VERSION_HINT)
    title_en = line(N_("Title (English)"), required=False)
    title_zh = line(N_("Title (Chinese)"), required=False)
    summary_en = prose(N_("Summary (English)"), required=False, most=4000)
    summary_zh = prose(N_("Summary (Chinese)"), required=False, most=4000)

    def values(self) -> dict[str, str]:
        """Give the columns of the version."""
        return {"version": self.version.data} | self.texts()

    def texts(self) -> dict[str, str]:
        """Give titles and summaries."""
        names = ("title_zh", "title_en", "summary_zh", "summary_en")
        return {name: self[name].data or "" for name in names}


class NewForm(VersionForm):
    """A new standard."""

    code = line(N_("Code"), most=40, description=CODE_HINT)


class CopyForm(Form):
    """A new version as a copy of another."""

    version = line(N_("New version"), most=40, description=VERSION_HINT)
