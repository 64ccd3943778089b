"""What the command line accepts: the commands of sim/commands, with the words of the library.

Bad input of any kind ends with status 2 and one line on stderr that names field, value and rule.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from typing import Any, NoReturn

from sim import commands
from sim.declare import InputError, printable
from sim.task import WorkersLostError
from sim.version import MODEL_VERSION

_LINE_LIMIT = 400


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are one line, without the usage."""

    def error(self, message: str) -> NoReturn:
        raise InputError(f"{message}; see {self.prog} --help")


def main(argv: list[str] | None = None) -> int:
    """Run one command; return 0, 2 for bad input, 1 for a failed worker, 130 if interrupted."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a terminal may lack letters that titles use
            stream.reconfigure(errors="replace")
    try:
        options = _parser().parse_args(argv)
        options.run(options)
        sys.stdout.flush()
    except SystemExit as stop:  # how argparse ends --help and --version
        return int(stop.code or 0)
    except InputError as error:
        return _fail(str(error), 2)
    except WorkersLostError as error:
        return _fail(str(error), 1)
    except KeyboardInterrupt:
        return _fail("interrupted", 130)
    except BrokenPipeError:  # the reader, as in `| head`, has seen enough
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115, PTH123 - else Python flushes at exit
    return 0


def _fail(message: str, status: int) -> int:
    print(f"error: {printable(message, _LINE_LIMIT)}", file=sys.stderr)
    return status


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="python -m sim",
        description="Frontier & Commons: a simulator of open and closed AI policy.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"frontier-commons {MODEL_VERSION}")
    known = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name in commands.NAMES:
        module: Any = importlib.import_module(f"sim.commands.{name}")
        command = known.add_parser(module.NAME, help=module.HELP, allow_abbrev=False)
        module.add(command)
        command.set_defaults(run=module.run)
    return parser
