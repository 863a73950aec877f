"""Settings, read once from the environment."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """What an installation can choose. Every field has an environment variable of its name in capitals."""

    data_dir: Path
    database_url: str
    secret_key: str = field(repr=False)
    demo: bool = True
    base_url: str = "http://127.0.0.1:8000"
    smtp_host: str = ""
    smtp_port: int = 25
    smtp_user: str = ""
    smtp_password: str = field(default="", repr=False)
    smtp_tls: bool = True
    mail_from: str = "assay@localhost"
    max_upload_bytes: int = 50 * 1024 * 1024
    secure_cookies: bool = False
    testing: bool = False

    @classmethod
    def from_environment(cls, env: Mapping[str, str] | None = None) -> "Settings":
        """Read the environment; make the data folder and the secret key on first use."""
        env = os.environ if env is None else env
        data_dir = Path(env.get("DATA_DIR") or "var").absolute()
        data_dir.mkdir(parents=True, exist_ok=True)
        port = env.get("PORT") or "8000"
        base_url = env.get("BASE_URL") or f"http://127.0.0.1:{port}"
        return cls(
            data_dir=data_dir,
            database_url=database_url(env.get("DATABASE_URL") or "", data_dir),
            secret_key=env.get("SECRET_KEY") or _kept_secret(data_dir / "secret-key"),
            demo=_truth(env.get("DEMO"), default=True),
            base_url=base_url.rstrip("/"),
            smtp_host=env.get("SMTP_HOST", ""),
            smtp_port=int(env.get("SMTP_PORT") or 25),
            smtp_user=env.get("SMTP_USER", ""),
            smtp_password=env.get("SMTP_PASSWORD", ""),
            smtp_tls=_truth(env.get("SMTP_TLS"), default=True),
            mail_from=env.get("MAIL_FROM") or "assay@localhost",
            max_upload_bytes=int(env.get("MAX_UPLOAD_BYTES") or 50 * 1024 * 1024),
            secure_cookies=base_url.startswith("https://"),
        )


def database_url(given: str, data_dir: Path) -> str:
    """Give the SQLAlchemy address: SQLite in the data folder unless another is named."""
    if not given:
        return f"sqlite:///{data_dir / 'assay.sqlite3'}"
    for scheme in ("postgres://", "postgresql://"):
        if given.startswith(scheme):
            return "postgresql+psycopg://" + given.removeprefix(scheme)
    return given


def _truth(value: str | None, *, default: bool) -> bool:
    return (
        default if value in (None, "") else value.strip().lower() not in {"0", "false", "no", "off"}
    )


def _kept_secret(path: Path) -> str:
    """Read the installation's secret, making it once; two processes starting together agree."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48))
        file.flush()
        os.fsync(file.fileno())
    return path.read_text(encoding="ascii").strip()
