"""The command: write everything that is made of the declarations, or with `--check` say what differs.

`--anyway` writes in spite of refusals, while a feature is half built.
"""

import argparse
import subprocess
import sys

from infra.assemble.catalogues import compiled_texts
from infra.assemble.checks import refusals
from infra.assemble.files import COMMAND, AssemblyError, differing, write
from infra.assemble.filters import reader_filters
from infra.assemble.gateway import api_template
from infra.assemble.house import House, house_at
from infra.assemble.openapi import openapi_document
from infra.assemble.papers import papers
from infra.assemble.roles import roles_template
from infra.assemble.tables import door_tables, platform_table


def first_texts(house: House) -> dict[str, str]:
    """The files that the product itself imports; what else is made of the declarations may depend on them."""
    return platform_table(house) | door_tables(house) | compiled_texts(house)


def further_texts(house: House) -> dict[str, str]:
    return api_template(house) | roles_template(house) | reader_filters(house) | papers(house) | openapi_document(house)


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 1 when something is refused or differs."""
    parser = argparse.ArgumentParser(prog="python -m infra.assemble", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; say which files differ")
    parser.add_argument("--anyway", action="store_true", help="write in spite of refusals")
    options = parser.parse_args(arguments)
    try:
        return _assemble(check=options.check, anyway=options.anyway)
    except AssemblyError as error:
        sys.stderr.write(f"{error}\n")
        return 1


def _assemble(*, check: bool, anyway: bool) -> int:
    house = house_at()
    refused = refusals(house)
    for sentence in refused:
        sys.stderr.write(f"{sentence}\n")
    if refused and not anyway:
        return 1
    if check:
        return _compare(house)
    if write(house.root, first_texts(house)):
        # What this process imported is old now, and the documents depend on it.
        again = [sys.executable, "-m", "infra.assemble", *(["--anyway"] if anyway else [])]
        return subprocess.run(again, cwd=house.root, check=False).returncode
    write(house.root, further_texts(house))
    return 0


def _compare(house: House) -> int:
    found = differing(house.root, first_texts(house) | further_texts(house))
    for name in found:
        sys.stderr.write(f"{name} is not what the features declare: run `{COMMAND}`.\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
