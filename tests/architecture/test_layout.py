"""Where things lie: checked, because a folder with the wrong name can break every command."""

from __future__ import annotations

import re
import sys

import pytest

from tests.architecture.tree import PACKAGES, ROOT, tracked_files

TOP_LEVEL = {
    *("manage.py", "pyproject.toml", "README.md", "CHANGELOG.md"),
    *("platform", "exchange", "chat", "frontend", "tests", "deploy"),
}
# Written so that this file does not hold what it looks for.
MACHINE_PATH = re.compile(r"\.\./share[d]|/(?:wor[k]|roo[t])/|/hom[e]/[a-z]+/")
NOT_OURS = (".woff2", ".png", ".ico", ".mo", ".txt", ".svg")


def test_the_top_level_holds_what_was_agreed_and_nothing_else():
    names = {path.split("/")[0] for path in tracked_files()}
    assert {name for name in names if not name.startswith(".")} <= TOP_LEVEL


def test_the_source_folder_platform_is_no_package():
    """With an __init__.py it would hide the standard library's module of that name from manage.py."""
    assert not (ROOT / "platform" / "__init__.py").exists()
    assert not (ROOT / "tests" / "platform").exists()


def test_no_folder_or_module_on_the_path_has_a_name_of_the_standard_library():
    on_the_path = [ROOT, ROOT / "platform", ROOT / "tests"]
    entries = {entry for folder in on_the_path for entry in folder.iterdir() if not entry.name.startswith(".")}
    importable = {entry.stem for entry in entries if entry.suffix == ".py" or (entry / "__init__.py").exists()}
    assert importable & sys.stdlib_module_names == set()


def test_the_standard_library_wins_the_name_platform():
    import platform

    assert "site-packages" not in (platform.__file__ or "")
    assert platform.python_version()


def test_no_file_names_a_path_of_a_machine():
    found = []
    for path in tracked_files():
        if path.endswith(NOT_OURS) and not path.startswith("deploy/"):
            continue
        text = (ROOT / path).read_text(encoding="utf-8", errors="replace")
        found += [f"{path}: {hit.group()}" for hit in MACHINE_PATH.finditer(text)]
    assert found == []


def test_no_lock_file_of_another_tool_lies_about():
    names = {path.rsplit("/", 1)[-1] for path in tracked_files()}
    assert names & {"uv.lock", "poetry.lock", "Pipfile.lock", "yarn.lock"} == set()


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_the_locked_requirements_carry_hashes_and_no_address(name):
    text = (ROOT / "deploy" / name).read_text()
    pinned = re.findall(r"^[A-Za-z0-9][\w.\-]*(?:\[[\w,]+\])?==", text, flags=re.MULTILINE)
    assert len(pinned) > 40
    assert text.count("--hash=sha256:") >= len(pinned)
    assert re.findall(r"https?://|file:/|index-url|find-links|trusted-host|(?<![\w.])/[a-z]+/", text) == []


def test_the_locked_front_end_names_no_host():
    assert '"resolved"' not in (ROOT / "frontend" / "package-lock.json").read_text()


@pytest.mark.parametrize("package", PACKAGES)
def test_files_stay_short_enough_to_be_read(package):
    long = {
        str(file.relative_to(ROOT)): lines
        for file in PACKAGES[package].rglob("*.py")
        if "migrations" not in file.parts and (lines := len(file.read_text().splitlines())) > 400
    }
    assert long == {}
