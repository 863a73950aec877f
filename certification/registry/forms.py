"""Forms anyone can fill in."""

from core.forms import Form, line
from core.words import N_


class ByNumber(Form):
    """What stands on a certificate in somebody's hand."""

    number = line(N_("Certificate number"), most=80)
    holder = line(
        N_("Name of the holder"), description=N_("In Chinese or English, as on the certificate.")
    )
