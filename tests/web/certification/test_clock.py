"""The clock on the command line and inside the worker (I-15)."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from certification.certificates.models import Certificate
from certification.certificates.rules import CertificateState
from certification.clock.jobs import Ticker
from certification.clock.models import ClockRun
from core.clock import local_date, utc_now
from core.permissions import OrganisationKind
from tests.factories.accounts import organisation
from tests.factories.certification import certificate


@pytest.fixture
def one(app):
    with app.extensions["sessions"]() as session:
        body = organisation(session, OrganisationKind.BODY)
        made = certificate(session, body, organisation(session), now=utc_now())
        session.commit()
        session.expunge_all()
    return made


def run(app, *options):
    result = app.test_cli_runner().invoke(args=["clock", "run", *options])
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.output.splitlines()]


def test_a_dry_run_tells_and_changes_nothing(app, one):
    """The clock on demand: first told, then done, then nothing is left to do."""
    on = (one.next_surveillance_due_on + timedelta(days=31)).isoformat()
    wanted = [{"day": on, "event": "certificate:suspended", "label": one.number}]
    assert run(app, "--on", on, "--dry-run") == wanted
    with app.extensions["sessions"]() as session:
        assert session.scalars(select(ClockRun)).all() == []
        assert session.get_one(Certificate, one.id).state is CertificateState.ACTIVE
    assert run(app, "--on", on) == wanted
    assert run(app, "--on", on) == []
    with app.extensions["sessions"]() as session:
        assert session.get_one(Certificate, one.id).state is CertificateState.SUSPENDED


def test_the_worker_runs_the_clock_once_a_day(app, one, settings):
    """I-15: by itself, and a round after that asks the database nothing."""
    sessions, tick = app.extensions["sessions"], Ticker()
    tick(sessions, settings)
    with sessions() as session:
        assert [row.day for row in session.scalars(select(ClockRun))] == [local_date(utc_now())]
    asked = []
    engine = app.extensions["engine"]

    def note(*given):
        asked.append(given[2])

    event.listen(engine, "before_cursor_execute", note)
    tick(sessions, settings)
    event.remove(engine, "before_cursor_execute", note)
    assert asked == []
