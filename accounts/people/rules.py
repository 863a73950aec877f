"""Passwords, the patience of the sign-in, how long sessions and links last. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from core.words import N_, NT_, T_, Saying, Text

IDLE = timedelta(hours=12)
LONGEST = timedelta(days=7)
SEEN_EVERY = timedelta(minutes=10)


class LetterKind(StrEnum):
    """What a one-time link is for."""

    INVITATION = "invitation"
    RESET = "reset"


LETTER_VALID = {
    LetterKind.INVITATION: timedelta(days=14),
    LetterKind.RESET: timedelta(hours=1),
}

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200
DEMO_PASSWORD = "assay-demo"  # noqa: S105 -- shown on the sign-in page of every demonstration

# Ten characters or more that stand near the top of the published lists of leaked passwords.
_LEAKED = """
    1234567890 12345678910 123456789a 0123456789 0987654321 9876543210 1111111111 0000000000 1q2w3e4r5t
    1qaz2wsx3edc q1w2e3r4t5 qwertyuiop qwerty1234 qwerty12345 qwerty123456 qwertyuiop123 asdfghjkl1
    asdfghjkl123 zxcvbnm123 password12 password123 password1234 password12345 passw0rd123 passwort123
    p@ssw0rd123 p@ssword123 iloveyou12 iloveyou123 iloveyou1314 woaini1314 woaini520 woaini1314520
    woaini123456 a123456789 aa123456789 abc1234567 abc123456789 abcd123456 abcdefghij abcdef1234
    administrator admin12345 admin123456 admin@1234 welcome123 welcome1234 letmein123 letmein1234
    changeme123 football123 baseball123 superman123 sunshine123 princess123 dragon1234 monkey1234
    computer123 internet123 starwars123 whatever123 trustno1234 michael123 jennifer123 liverpool123
    chelsea1234 changeit123 test123456 testtest123 qazwsxedcrfv qazwsx123456 zaq12wsxcde3 5201314520
    1314520520 1314521314 147258369a 1472583690 7758521521 asd123456789 qq123456789 q123456789 z123456789
"""
COMMON = frozenset(_LEAKED.split())


@dataclass(frozen=True, slots=True)
class Patience:
    """How many failures within ``WINDOW`` are free, how long the first wait lasts and the longest one."""

    free: int
    first: timedelta
    longest: timedelta


WINDOW = timedelta(minutes=15)
OF_EMAIL = Patience(5, timedelta(seconds=30), timedelta(minutes=5))
OF_ADDRESS = Patience(20, timedelta(seconds=30), timedelta(minutes=15))
OF_LETTERS = Patience(3, timedelta(minutes=2), timedelta(minutes=15))
OF_REQUESTS = Patience(10, timedelta(minutes=1), timedelta(minutes=15))


def wait(tried: Sequence[datetime], patience: Patience, now: datetime) -> timedelta:
    """Give how long the next try has to wait after these (quality.md item 9).

    The wait doubles with each try beyond the free ones, and is counted from the last try. A try that was
    told to wait is not counted: nobody can hold another's wait up by trying on.
    """
    recent = [at for at in tried if now - at < WINDOW]
    beyond = len(recent) - patience.free
    if beyond < 0:
        return timedelta()
    pause: timedelta = min(patience.first * (1 << min(beyond, 20)), patience.longest)
    return max(timedelta(), max(recent) + pause - now)


def waiting_words(pause: timedelta) -> Text:
    """Say when to try again: in minutes, or in seconds below two minutes."""
    seconds = max(1, round(pause.total_seconds()))
    if seconds < 120:
        return NT_(
            "Too many tries. Try again in %(n)s second.",
            "Too many tries. Try again in %(n)s seconds.",
            seconds,
        )
    return NT_(
        "Too many tries. Try again in %(n)s minute.",
        "Too many tries. Try again in %(n)s minutes.",
        -(-seconds // 60),
    )


def password_problem(password: str, email: str) -> Text | None:
    """Say what is wrong with a new password; ``None``: nothing. Length counts, kinds of characters do not."""
    lowered = password.casefold()
    if len(password) < SHORTEST_PASSWORD:
        return T_("Use at least %(n)s characters.", n=SHORTEST_PASSWORD)
    if len(password) > LONGEST_PASSWORD:
        return T_("Use at most %(n)s characters.", n=LONGEST_PASSWORD)
    if lowered in {email.casefold(), email.casefold().partition("@")[0]} or _is_product_name(
        lowered
    ):
        return Text(N_("Do not use your e-mail address or the name of this product."))
    if lowered in COMMON or len(set(lowered)) < 4:
        return Text(N_("This password is among the first that others would try. Choose another."))
    return None


def _is_product_name(lowered: str) -> bool:
    left = lowered.replace("assay", "")
    return left != lowered and not any(sign.isalpha() for sign in left)


def session_is_live(seen_at: datetime, expires_at: datetime, now: datetime) -> bool:
    """Say whether a session that was not ended still counts: 12 hours idle, 7 days in all (quality.md item 9)."""
    return now < expires_at and now - seen_at < IDLE


_BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("MicroMessenger/", "WeChat"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def device(agent: str) -> Text:
    """Say in words what a browser calls itself."""
    browser = next((name for sign, name in _BROWSERS if sign in agent), "")
    system = next((name for sign, name in _SYSTEMS if sign in agent), "")
    if browser and system:
        return T_("%(browser)s on %(system)s", browser=browser, system=system)
    return Text(N_("A device that does not say what it is"))


SAYINGS = {
    "person:signed_in": Saying(N_("%(actor)s signed in")),
    "person:signed_out": Saying(N_("%(actor)s signed out")),
    "person:acted_for": Saying(N_("%(actor)s went on for another organisation")),
    "person:sessions_ended": Saying(N_("%(actor)s ended other sessions")),
    "person:password_changed": Saying(N_("%(actor)s changed the password"), key=True),
    "person:password_reset": Saying(N_("%(actor)s set a new password by mail"), key=True),
    "person:reset_requested": Saying(N_("A letter to set a new password was asked for %(label)s")),
    "person:settings_changed": Saying(N_("%(actor)s changed personal settings")),
    "person:registered": Saying(N_("%(label)s registered"), key=True),
}
