"""`tingjian`: one subcommand a module of this package."""

import argparse
import importlib
import sys
from collections.abc import Sequence

from infra.cli.client import Client, ProblemError

COMMANDS = ("setup", "pages", "seed", "imports", "reports", "replay", "rerun")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a subcommand; the exit code is 0, 1 for a refusal by the service, 2 for wrong words."""
    parser = argparse.ArgumentParser(prog="tingjian", description="The command line of Tingjian.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name in COMMANDS:
        importlib.import_module(f"infra.cli.{name}").add_parser(commands)
    options = parser.parse_args(arguments)
    try:
        result: int = options.run(options, Client.from_environment())
    except ProblemError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        if error.filename is None:
            raise
        print(f"{error.filename}: {error.strerror}", file=sys.stderr)
        return 2
    return result


if __name__ == "__main__":
    sys.exit(main())
