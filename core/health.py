"""Whether the application can work: for those who watch over it."""

from flask import Blueprint, current_app
from flask.typing import ResponseReturnValue
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from core import migrate
from core.web import public

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    """Answer 200 when the database is there and migrated; 503 with the reason otherwise."""
    engine: Engine = current_app.extensions["engine"]
    try:
        found = migrate.current(engine)
    except SQLAlchemyError as error:
        return {
            "status": "unavailable",
            "reason": f"the database does not answer: {type(error).__name__}",
        }, 503
    expected = current_app.extensions.get("schema_head") or migrate.head()
    current_app.extensions["schema_head"] = expected
    if found != expected:
        return {
            "status": "unavailable",
            "reason": f"the database is at {found}, the application at {expected}",
        }, 503
    return {"status": "ok"}
