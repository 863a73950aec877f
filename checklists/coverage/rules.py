"""Which row of the requirements which criteria realise. Pure."""

from collections.abc import Iterable

from checklists.standards.rules import StandardPack

# Rows of the source documents, in a few words, and why a row can have no criterion: it is about the scheme or the body.
ROWS = {
    "S-01": "five ascending levels",
    "S-02": "levels are data of a scheme version",
    "S-03": "five dimensions with their metrics",
    "S-04": "assessment is dynamic: repeated, fed by feedback",
    "S-05": "objective, measurable, traceable results",
    "S-06": "indicators, process, people, environment",
    "S-07": "preparation, execution, report with comments",
    "S-08": "conditions that gate a certificate",
    "S-09": "certification by a third party",
    "S-10": "what a certificate names",
    "S-11": "surveillance, internal audits, feedback",
    "S-12": "plan, do, check, act",
    "S-13": "service-level reviews",
    "S-14": "improvement records and lessons",
    "S-15": "service-level agreements",
    "S-16": "changes",
    "S-17": "duties of provider, customer, third party",
    "S-18": "quality, security, efficiency, resources",
    "S-19": "performance: delivery, management, customer, cost",
    "S-20": "compliance areas",
    "S-21": "audit plans",
    "S-22": "audit methods over the lifecycle",
    "S-23": "audit reports",
    "S-24": "rectification plans",
    "S-25": "compliance over the lifecycle, compliance risks",
    "S-26": "incidents and requests, graded",
    "S-27": "recovery plans",
    "S-28": "requests from receipt to review",
    "S-29": "satisfaction",
    "S-30": "qualification, training, assessment of staff",
    "S-31": "benchmarks shown beside figures",
    "S-32": "encryption, roles, second factor, trail",
    "S-33": "data classes, privacy, breaches",
    "S-34": "documents and knowledge",
    "S-35": "laws and standards cited",
    "S-36": "complaints, outside audits, archives, analysis",
}
NOT_A_CRITERION = {
    "S-01": "said by the scheme: its levels",
    "S-02": "said by the scheme: levels are its data",
    "S-09": "done by the product: application to certificate",
    "S-10": "done by the product: the certificate itself",
}


def realised(packs: Iterable[StandardPack]) -> dict[str, dict[str, list[str]]]:
    """Give for each row, and each standard in order, the codes of the criteria that name the row as their source."""
    found: dict[str, dict[str, list[str]]] = {row: {} for row in ROWS}
    for pack in packs:
        for one in pack.criteria:
            for row in one.sources:
                if row in found:
                    found[row].setdefault(pack.code, []).append(one.code)
    return found


def as_markdown(packs: Iterable[StandardPack]) -> str:
    """Write the table as docs/criteria.md has it; a test holds the two together."""
    given = list(packs)
    lines = [
        "# Which criteria realise which requirement",
        "",
        "Made from `checklists/packs/` by `./run.sh flask packs coverage`. A criterion names the rows it comes from in",
        "its `sources`; this is the way back. Rows about the scheme or the certification itself have no criterion.",
        "",
        "| standard | version | sections | criteria | critical |",
        "|---|---|---|---|---|",
        *(
            f"| {pack.code}: {pack.title.en} | {pack.version} | {len(pack.sections)} | {len(pack.criteria)} | "
            f"{sum(one.critical for one in pack.criteria)} |"
            for pack in given
        ),
        "",
        "| row | about | " + " | ".join(pack.code for pack in given) + " |",
        "|---|---|" + "---|" * len(given),
    ]
    for row, codes in realised(given).items():
        cells = [", ".join(codes.get(pack.code, [])) for pack in given]
        if row in NOT_A_CRITERION:
            cells[0] = f"– ({NOT_A_CRITERION[row]})"
        lines.append(f"| {row} | {ROWS[row]} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"
