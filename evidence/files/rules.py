"""What may be handed over, and under which name. Pure."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from core.lifecycle import Lifecycle, Reason, step
from core.permissions import Permission
from core.words import N_, T_, Badge, Saying, Text
from evidence.kinds.rules import (
    KIND_OF_EXTENSION,
    KINDS,
    TEXT,
    guess_extension,
    is_json,
    is_mail,
    recognise,
    texts_of,
)

MEGABYTE = 1024 * 1024
NAME_LIMIT = 200

# Signs that turn or hide the text around them: bidirectional controls and marks, zero-width space,
# byte order mark.
_TURNING = frozenset(
    "\u061c\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
)
_NOT_IN_NAMES = re.compile(r'[<>:"|?*]')
_RESERVED = re.compile(
    r"^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])\s*(\.|$)", re.IGNORECASE
)
_EXTENSION = re.compile(r"\.([A-Za-z0-9]{1,16})$")
_NAMELESS = "file"


class EvidenceClass(StrEnum):
    """How confidential a piece of evidence is."""

    PUBLIC = "public"
    INTERNAL = "internal"
    CONFIDENTIAL = "confidential"
    PERSONAL = "personal"


CLASS_NAMES: dict[EvidenceClass, str] = {
    EvidenceClass.PUBLIC: N_("Public"),
    EvidenceClass.INTERNAL: N_("Internal"),
    EvidenceClass.CONFIDENTIAL: N_("Confidential"),
    EvidenceClass.PERSONAL: N_("Personal data"),
}


class EvidenceState(StrEnum):
    """Whether a piece of evidence counts."""

    VALID = "valid"
    VOID = "void"


BADGES: dict[EvidenceState, Badge] = {
    EvidenceState.VALID: Badge("good", "check", N_("Valid")),
    EvidenceState.VOID: Badge("", "over", N_("Void")),
}
SAYINGS: dict[str, Saying] = {
    "evidence:handed_over": Saying(N_("%(actor)s handed over %(label)s")),
    "evidence:opened": Saying(N_("%(actor)s opened %(label)s")),
    "evidence:voided": Saying(N_("%(actor)s declared %(label)s void"), key=True),
}


@dataclass(frozen=True, slots=True)
class EvidenceFacts:
    """What a step looks at: whether the actor's own side handed the evidence over."""

    is_own: bool


def _own(facts: EvidenceFacts) -> Reason:
    said = (
        N_("Your side handed it over.")
        if facts.is_own
        else N_("Only the side that handed it over can declare it void.")
    )
    return Reason("evidence_is_own", facts.is_own, Text(said))


LIFECYCLE: Lifecycle[EvidenceState, EvidenceFacts] = Lifecycle(
    "evidence",
    (
        step(
            "void",
            EvidenceState.VALID,
            EvidenceState.VOID,
            Permission.EVIDENCE_UPLOAD,
            N_("Declare evidence void"),
            _own,
            effect=N_("It stays on file with your reason and no longer counts."),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Policy:
    """What an installation takes: at most ``limit`` bytes, of these keys of ``KINDS``."""

    limit: int
    kinds: frozenset[str] = frozenset(KINDS)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Media type as told from the content, name as it is kept, and why the file is not taken."""

    media_type: str
    file_name: str
    problems: tuple[Text, ...] = ()


def judge(head: bytes, tail: bytes, size: int, file_name: str, policy: Policy) -> Verdict:
    """Judge a file of ``size`` bytes by its beginning and end (which may overlap) and its name."""
    name = clean_name(file_name)
    if size > policy.limit:
        return _refuse(name, too_large(policy.limit))
    found = recognise(head, tail, size)
    if found.kind is None:
        return _refuse(name, found.problem or _not_taken(head, policy))
    extension = extension_of(name)
    kind = _text_kind(extension, *texts_of(head, tail, size)) if found.kind == TEXT else found.kind
    if kind not in policy.kinds:
        return _refuse(name, _not_taken(head, policy))
    taken = KINDS[kind]
    if not extension:
        name = _shorten(name, f".{taken.extensions[0]}")
    elif extension not in taken.extensions:
        return _refuse(name, _mismatch(extension, kind, policy))
    return Verdict(taken.media_type, name)


def icon_of(media_type: str) -> str:
    """Name the icon of a media type: photo, sheet or file."""
    if media_type.startswith(("image/", "video/")):
        return "photo"
    return "sheet" if "spreadsheet" in media_type or media_type == "text/csv" else "file"


def clean_name(given: str) -> str:
    """Give the last part of a path as every system can keep it: readable, at most 200 signs."""
    kept = (
        " " if sign in "\t\n\r" else sign
        for sign in re.split(r"[/\\]", given)[-1]
        if sign in "\t\n\r" or not _is_hidden(sign)
    )
    name = re.sub(r"\s+", " ", unicodedata.normalize("NFC", "".join(kept)))
    name = _NOT_IN_NAMES.sub("_", name).strip(" ").rstrip(". ")
    if not name.strip(". "):
        return _NAMELESS
    if name.startswith("."):
        name = _NAMELESS + name
    if _RESERVED.match(name):
        name = f"_{name}"
    extension = _EXTENSION.search(name)
    return (
        _shorten(name[: extension.start()], extension.group()) if extension else name[:NAME_LIMIT]
    )


def extension_of(name: str) -> str:
    """Give the extension in lower case without its dot; empty where there is none."""
    match = _EXTENSION.search(name)
    return match.group(1).lower() if match else ""


def too_large(limit: int) -> Text:
    """Say that a file is larger than ``limit`` bytes."""
    return T_(
        "The file is larger than %(limit)s MB. Make it smaller or hand it over in parts.",
        limit=_megabytes(limit),
    )


def _is_hidden(sign: str) -> bool:
    return sign in _TURNING or unicodedata.category(sign) in {"Cc", "Cs", "Zl", "Zp"}


def _megabytes(limit: int) -> str:
    return f"{limit / MEGABYTE:.1f}".removesuffix(".0")


def _shorten(stem: str, extension: str) -> str:
    return stem[: NAME_LIMIT - len(extension)].rstrip(". ") + extension


def _text_kind(extension: str, first: bytes, last: bytes) -> str:
    """Tell the kind of text by its extension, where the content does not speak against it."""
    kind = KIND_OF_EXTENSION.get(extension, "txt")
    if not KINDS[kind].is_text or (kind == "json" and not is_json(first, last)):
        return "txt"
    return "txt" if kind == "eml" and not is_mail(first) else kind


def _mismatch(extension: str, kind: str, policy: Policy) -> Text:
    usual = KINDS[kind].extensions[0]
    if KINDS[kind].is_text and extension not in KIND_OF_EXTENSION:
        return _list_taken(extension, policy)
    return T_(
        "The name ends in .%(extension)s, but the content is .%(content)s. Give it a name that fits.",
        extension=extension,
        content=usual,
    )


def _not_taken(head: bytes, policy: Policy) -> Text:
    return _list_taken(guess_extension(head), policy)


def _list_taken(extension: str | None, policy: Policy) -> Text:
    kinds = ", ".join(f".{KINDS[name].extensions[0]}" for name in KINDS if name in policy.kinds)
    if extension:
        return T_(
            "Files like .%(extension)s are not taken. Taken are %(kinds)s.",
            extension=extension,
            kinds=kinds,
        )
    return T_("Files of this kind are not taken. Taken are %(kinds)s.", kinds=kinds)


def _refuse(name: str, problem: Text) -> Verdict:
    return Verdict("application/octet-stream", name, (problem,))
