"""For trying out and for developing: needs nothing from the environment."""

from config.own_secrets import kept_secret
from config.settings.base import *

DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = [*ALLOWED_HOSTS, "127.0.0.1", "localhost", "[::1]"]
SECRET_KEY = env.str("SECRET_KEY", default="") or kept_secret(DATA_DIR, "secret_key")

SERVESTATIC_AUTOREFRESH = DEBUG

# The page with the mails is for whoever runs this: the token stands in the address that is printed at the start.
if not EMAIL_URL:
    EMAIL_BACKEND = "toolkit.mailbox.MailboxBackend"
    MAILBOX_TOKEN = env.str("MAILBOX_TOKEN", default="") or kept_secret(DATA_DIR, "mailbox_token")
