"""Who wants to join finds what CONTRIBUTING, the licence and the decisions promise."""

import re
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
ADRS = ROOT / "docs/adr"


def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_files_that_contributing_and_security_name_exist() -> None:
    """A list of files to touch is of this tree, not of a former one."""
    named = re.findall(r"`((?:pipeline|tests|docs|schemas|data)/[^`*]*)`", page("CONTRIBUTING.md"))
    named += re.findall(r"(?<![\w/])((?:pipeline|tests|docs)/[\w/.]+\w)", page("SECURITY.md"))
    assert len(named) > 20
    assert [name for name in named if "<" not in name and not (ROOT / name).exists()] == []
    placed = {Path(name).parent for name in named if "<" in name}
    assert [folder for folder in placed if not (ROOT / folder).is_dir()] == []


def test_codes_that_security_names_are_rules() -> None:
    """What is said to be flagged is flagged under that name."""
    codes = re.findall(r"`(\w+)`", page("SECURITY.md").split("uses the data set")[1].split("\n")[0])
    assert len(codes) == 3
    assert [code for code in codes if f'"{code}"' not in page("pipeline/quality/rules.py")] == []


def test_every_decision_has_a_number_and_every_hole_a_reason() -> None:
    """No number is used twice, and none is missing without a line on why."""
    files = sorted(path.name for path in ADRS.glob("0*.md"))
    numbers = [int(name[:4]) for name in files]
    assert sorted(set(numbers)) == numbers
    headed = [re.match(r"# 0*(\d+)\W", page(f"docs/adr/{name}")) for name in files]
    assert [int(found[1]) if found else 0 for found in headed] == numbers
    cells = re.findall(r"^\| ([\d, -]+) \|", page("docs/adr/README.md"), re.MULTILINE)
    blocks = [part.split("-") for cell in cells for part in cell.split(", ")]
    explained = {n for block in blocks for n in range(int(block[0]), int(block[-1]) + 1)}
    holes = set(range(1, numbers[-1])) - set(numbers)
    assert sorted(holes - explained) == []


def test_what_git_calls_is_what_ci_calls() -> None:
    """The hook before a commit is `make check`, as in .ci/run."""
    hooks = [
        hook
        for repo in yaml.safe_load(page(".pre-commit-config.yaml"))["repos"]
        for hook in repo["hooks"]
    ]
    assert [hook["entry"] for hook in hooks] == ["make check"]
    assert "make check\n" in page(".ci/run")


def test_the_licence_is_the_one_that_the_package_names() -> None:
    """Licence, classifiers and readme of the package are files of the tree."""
    project = tomllib.loads(page("pyproject.toml"))["project"]
    assert project["license"] == "Apache-2.0"
    assert "Apache License" in page("LICENSE")
    assert [name for name in project["license-files"] if not (ROOT / name).is_file()] == []
    assert f"## {project['version']} " in page("CHANGELOG.md")
