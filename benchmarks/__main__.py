"""Where `python -m benchmarks` starts: one command a module; `speed` if none is named."""

from __future__ import annotations

import argparse
import importlib
import sys
from typing import Any, NoReturn

from benchmarks import commands
from sim.declare import InputError, printable


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are one line, without the usage."""

    def error(self, message: str) -> NoReturn:
        raise InputError(f"{message}; see {self.prog} --help")


def main(argv: list[str] | None = None) -> int:
    """Run one command and return its status; 2 for bad input."""
    try:
        options = _parser().parse_args(_with_command(sys.argv[1:] if argv is None else argv))
        return int(options.run(options))
    except InputError as error:
        print(f"error: {printable(error, 400)}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("error: interrupted", file=sys.stderr)
        return 130


def _with_command(argv: list[str]) -> list[str]:
    """Return the arguments with the first command put in front where none is named."""
    first = argv[0] if argv else "--"
    if not first.startswith("-") or any(word in {"-h", "--help"} for word in argv):
        return argv
    return [commands.NAMES[0], *argv]


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="python -m benchmarks",
        description="What the simulator is laid beside.",
        allow_abbrev=False,
    )
    known = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name in commands.NAMES:
        module: Any = importlib.import_module(f"benchmarks.commands.{name}")
        command = known.add_parser(module.NAME, help=module.HELP, allow_abbrev=False)
        module.add(command)
        command.set_defaults(run=module.run)
    return parser


if __name__ == "__main__":
    sys.exit(main())
