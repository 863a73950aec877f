"""Where a version of a standard is used."""

import pytest
from sqlalchemy import select

pytestmark = pytest.mark.demonstration


@pytest.mark.parametrize(
    ("who", "word"),
    [("admin", "Audits that began with it"), ("manager", "Audits that began with it")],
)
def test_counts_go_as_far_as_one_sees(app, client, count_statements, who, word):
    """S-02: schemes that assess against it, and the audits that began with it, scoped to the reader."""
    from audit.planning.models import Audit
    from checklists.standards.models import StandardVersion

    with app.extensions["sessions"]() as session:
        key = session.scalar(select(StandardVersion.id).limit(1))
        numbers = {audit.number: audit for audit in session.scalars(select(Audit))}
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    client.sign_in(f"{who}@demo.example")
    client.set_cookie("language", "en")
    with count_statements() as sent:
        page = client.get(f"/standards/{key}/use/")
    assert page.status_code == 200
    assert len(sent) <= 8, sent
    shown = {number for number in numbers if number in page.text}
    mine = {
        number
        for number in numbers
        if client.get(f"/audits/{numbers[number].id}").status_code == 200
    }
    assert shown <= mine
    assert shown
