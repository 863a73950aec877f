"""Debian's Chromium and how it is started; Playwright's own browsers are never downloaded."""

import shutil

PATH = shutil.which("chromium")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
