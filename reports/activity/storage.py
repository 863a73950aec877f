"""Mail kept in files, narrowed to the addresses somebody may read."""

from collections.abc import Collection
from email import message_from_binary_file, policy
from pathlib import Path

from core.mail import KeptMail, read

NEWEST = 2000


def readable(
    folder: Path, addresses: Collection[str], number: int, per_page: int
) -> tuple[list[KeptMail], int]:
    """Give a page of the newest messages to these addresses, and how many there are among the newest 2,000."""
    names = sorted((path.name for path in folder.glob("2*.eml")), reverse=True)[:NEWEST]
    mine = [name for name in names if _to(folder / name) in addresses]
    first = (number - 1) * per_page
    chosen = (read(folder, name) for name in mine[first : first + per_page])
    return [mail for mail in chosen if mail], len(mine)


def message(folder: Path, addresses: Collection[str], name: str) -> KeptMail | None:
    """Give one message to one of these addresses; ``None`` for any other."""
    if not name.endswith(".eml") or name.startswith("."):
        return None
    found = read(folder, name)
    return found if found and found.to.lower() in addresses else None


def _to(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return str(message_from_binary_file(file, policy=policy.default)["To"]).lower()
    except OSError:
        return ""
