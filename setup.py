"""What pyproject.toml cannot say: a wheel carries what `faucet init` makes a workspace of.

Those are files of this repository, listed in template.csv. They are copied
while a wheel is built, so that no second copy of them is kept anywhere.
"""

import csv
import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).parent
LIST = ROOT / "template.csv"


def template_files() -> list[Path]:
    """Return the files that workspaces are made of, from the root, sorted."""
    with LIST.open(encoding="utf-8", newline="") as rows:
        found = {
            path.relative_to(ROOT)
            for row in csv.DictReader(rows)
            for path in (ROOT / row["folder"]).glob(row["pattern"])
            if path.is_file()
        }
    return sorted(found)


class BuildWithTemplate(build_py):
    """Build the package, and lay the template of a workspace into it."""

    def run(self) -> None:
        """Build; an editable install takes the repository itself as the template."""
        super().run()
        if self.editable_mode:
            return
        template = Path(self.build_lib) / "pipeline/template"
        shutil.rmtree(template, ignore_errors=True)
        for path in template_files():
            (template / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / path, template / path)

    def get_source_files(self) -> list[str]:
        """Return what a source distribution holds as well, so that a wheel is made from it."""
        return [*super().get_source_files(), LIST.relative_to(ROOT).as_posix()] + [
            path.as_posix() for path in template_files()
        ]


setup(cmdclass={"build_py": BuildWithTemplate})
