"""Production refuses to start with a dangerous gap, and says which."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
import yaml

from tests.config.running import ROOT, clean_environment, manage

COMPLETE = {
    "SECRET_KEY": "a-key-of-production-is-long-and-random-0123456789-abcdefghijk",
    "ALLOWED_HOSTS": "lotsennetz.example",
    "SITE_URL": "https://lotsennetz.example",
    "DATABASE_URL": "postgresql://lotsennetz:secret@db.example/lotsennetz",
    "REDIS_URL": "redis://cache.example:6379/0",
    "EMAIL_URL": "smtp://mail.example:25",
    "DEFAULT_FROM_EMAIL": "Lotsennetz <netz@lotsennetz.example>",
}


def load_production(**environment: str) -> subprocess.CompletedProcess[str]:
    path = f"{ROOT}:{ROOT / 'platform'}"
    return subprocess.run(
        [sys.executable, "-c", "import config.settings.production"],
        env=clean_environment(PYTHONPATH=path, **environment),
        capture_output=True,
        check=False,
        text=True,
    )


def test_complete_settings_load():
    assert load_production(**COMPLETE).stderr == ""


@pytest.mark.parametrize("name", ["SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "REDIS_URL", "EMAIL_URL", "SITE_URL"])
def test_production_refuses_to_start_without(name):
    refused = load_production(**{key: value for key, value in COMPLETE.items() if key != name})
    assert refused.returncode == 1
    assert refused.stderr.splitlines()[-1].startswith("django.core.exceptions.ImproperlyConfigured: ")
    assert name in refused.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    "change",
    [
        {"SECRET_KEY": "short"},
        {"DEBUG": "1"},
        {"ALLOWED_HOSTS": "*"},
        {"ALLOWED_HOSTS": "a.example,*"},
        # The same role, also with another password or by another way to the same database.
        {"DATABASE_OWNER_URL": "postgresql://lotsennetz:secret@db.example/lotsennetz"},
        {"DATABASE_OPS_URL": "postgresql://lotsennetz:other@10.0.0.7:5432/lotsennetz"},
    ],
)
def test_production_refuses_to_start_with(change):
    refused = load_production(**COMPLETE | change)
    assert refused.returncode == 1
    assert next(iter(change)) in refused.stderr.splitlines()[-1]


def test_django_finds_nothing_to_warn_of_in_production(tmp_path):
    checked = manage(
        *("check", "--deploy", "--fail-level", "WARNING"),
        **COMPLETE | {"DJANGO_SETTINGS_MODULE": "config.settings.production", "DATA_DIR": str(tmp_path)},
    )
    assert checked.returncode == 0, checked.stderr


def test_production_refuses_the_demo(tmp_path):
    refused = manage(
        "load_demo",
        **COMPLETE | {"DJANGO_SETTINGS_MODULE": "config.settings.production", "DATA_DIR": str(tmp_path)},
    )
    assert refused.returncode == 1
    assert "Traceback" not in refused.stderr


def test_every_variable_of_the_settings_is_explained():
    read = set()
    for file in (ROOT / "platform" / "config").rglob("*.py"):
        read |= set(re.findall(r"env\.\w+\(\s*\"(\w+)\"", file.read_text()))
    explained = set(re.findall(r"^#?\s?([A-Z_]+)=", (ROOT / "deploy" / "env.example").read_text(), re.MULTILINE))
    assert {name for name in read - explained if not name.startswith("TEST_")} == set()


def test_collected_files_keep_the_names_that_vite_gave_them(tmp_path):
    """Two names for one module would load and run it twice."""
    # Not the packages' own files, which are large.
    collect = (
        "from django.core.management import call_command as call;"
        "call('collectstatic', interactive=False, ignore_patterns=['d*', 'r*'])"
    )
    changed = (
        "from config.static_files import OnceHashedStorage as Storage;"
        "names = Storage().hashed_files; assert names;"
        "vite = {a: b for a, b in names.items() if a.startswith('assets/')}; assert vite;"
        "print([a for a, b in vite.items() if a != b], names['toolkit/theme.js'] != 'toolkit/theme.js')"
    )
    told = manage(
        *("shell", "-v", "0", "-c", f"{collect}\n{changed}"),
        **COMPLETE | {"DJANGO_SETTINGS_MODULE": "config.settings.production", "DATA_DIR": str(tmp_path)},
    )
    assert told.returncode == 0, told.stderr
    assert told.stdout.splitlines()[-1] == "[] True"


def test_web_and_worker_are_given_the_address_of_their_own_role_alone():
    services = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())["services"]
    for name in ("web", "worker"):
        assert {variable for variable in services[name]["environment"] if "DATABASE" in variable} == {"DATABASE_URL"}
    assert "DATABASE_OWNER_URL" in services["migrate"]["environment"]
    for name in ("web", "worker"):
        unit = (ROOT / "deploy" / "systemd" / f"lotsennetz-{name}.service").read_text()
        assert re.findall(r"^EnvironmentFile=(.*)$", unit, re.MULTILINE) == ["/etc/lotsennetz/env"]
    uncommented = re.findall(r"^(DATABASE\w*)=", (ROOT / "deploy" / "env.example").read_text(), re.MULTILINE)
    assert uncommented == ["DATABASE_URL"]
