"""For the tests: the engines of production, but fresh, fast and gone afterwards."""

import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path

from config import embedded, frontend
from config.settings.base import *

SECRET_KEY = "only-for-the-tests-and-known-to-everybody"  # noqa: S105 -- guards nothing: the data live for one run
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]

# Under pytest the engines start here, because pytest-django reads the settings before any fixture could start them.
# Who runs beneath that pytest (servers, other children) finds the addresses in the environment and shares them.
if "PYTEST_VERSION" in os.environ and "TEST_DATABASE_URL" not in os.environ:
    frontend.build_for_tests()  # pages name built files, so there is no page without them
    os.environ["TEST_DATABASE_URL"], os.environ["TEST_REDIS_URL"] = embedded.throwaway_for_this_process()

DATABASE_URL = env.str("TEST_DATABASE_URL", default=DATABASE_URL)
DATABASE_OWNER_URL, DATABASE_OPS_URL = (
    DATABASE_URL.replace(f"//{embedded.ROLE}@", f"//{role}@") for role in (embedded.OWNER_ROLE, embedded.OPS_ROLE)
)
REDIS_URL = env.str("TEST_REDIS_URL", default=REDIS_URL)
DATABASES = {"default": database_from(DATABASE_URL, pool_size=0)}
if "pytest" in sys.modules:
    # Files are for browsers, and what is asynchronous costs each request of a test client an event loop and a thread.
    MIDDLEWARE = [part for part in MIDDLEWARE if not part.startswith("servestatic.")]
    # Only the test itself has another engine, which lets it arrange what the product's role could not. A server that
    # a test starts has the product's.
    DATABASES["default"] |= {"ENGINE": "tests.database", "USER": embedded.TESTS_ROLE}
    # And its role may become the owner, which is what the start refuses.
    REFUSE_WITHOUT_WALL = False
    # Whatever comes in by the web begins as in a process of its own: nobody acts.
    MIDDLEWARE = ["tests.database.requests.nobody_acts_yet", *MIDDLEWARE]
CACHES["default"]["LOCATION"] = REDIS_URL
CACHES["default"]["KEY_PREFIX"] = f"test-{os.getpid()}"

# Files of one run, and gone with it; made when the first one comes.
MEDIA_ROOT = Path(tempfile.gettempdir()) / f"lotsennetz-media-{os.getpid()}"
atexit.register(shutil.rmtree, MEDIA_ROOT, ignore_errors=True)
CLAMD_ADDRESS = ""

# The real one takes a tenth of a second for each person of the cast.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
MAILBOX_TOKEN = ""
AXES_ENABLED = False
ACCOUNT_RATE_LIMITS = False
# Where nothing was built, pages name the sources instead: only the browser tests need the real files.
DJANGO_VITE["default"]["dev_mode"] = not (FRONTEND_DIST / "manifest.json").exists()
TESTING = True  # an icon that the sprite does not hold is an error
# Every test client builds the middleware anew, and looking through all files took half of each request.
SERVESTATIC_USE_FINDERS = False
SERVESTATIC_USE_STATIC_ROOT = False
