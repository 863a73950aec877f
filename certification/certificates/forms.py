"""What the holder fills in to give a certificate up."""

from core.forms import Confirmed, prose
from core.words import N_


class CancelForm(Confirmed):
    """Giving up needs a reason and the password once more."""

    reason = prose(
        N_("Reason"), description=N_("Kept with the certificate. The registry does not show it.")
    )
