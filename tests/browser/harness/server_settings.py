"""The test settings for a server in a process of its own: its mails become files, so that a story can read them."""

import os
from pathlib import Path

from config.settings.test import *  # noqa: F403 -- settings build on each other by star import

EMAIL_BACKEND = "toolkit.mailbox.MailboxBackend"
MAILBOX_DIR = Path(os.environ["TEST_MAILBOX_DIR"])
SITE_URL = os.environ["TEST_SITE_URL"]
SERVESTATIC_USE_FINDERS = True  # a browser wants the real files
MEDIA_ROOT = MAILBOX_DIR.parent / "media"  # what a worker of its own stores, the server hands out
