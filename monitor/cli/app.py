"""The root command: what there is, grouped by the question it answers, and how a run ends.

Exit codes: 0 fine; 1 `--fail-on` reached; 2 wrong use or configuration; 3 a source could not be
fetched, read or stored.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from importlib import import_module
from typing import Any, NoReturn, cast

import click

from monitor import __version__
from monitor.cli.progress import Interrupted
from monitor.cli.state import State, note
from monitor.errors import SpecwatchError


@dataclass(frozen=True)
class Entry:
    """One command of the table: its name, the module that holds it, and its line in `specwatch --help`."""

    name: str
    module: str
    line: str

    def load(self) -> click.Command:
        """The command itself; imports its module. The attribute is the name with `_command` behind it."""
        return cast(click.Command, getattr(import_module(self.module), f"{self.name}_command"))


SECTIONS: tuple[tuple[str, tuple[Entry, ...]], ...] = (
    (
        "See it work",
        (Entry("demo", "monitor.cli.demo", "Watch eight months of an invented harbour's API go by."),),
    ),
    (
        "Which APIs do I watch?",
        (
            Entry("add", "monitor.cli.sources", "Watch an API's OpenAPI document."),
            Entry("list", "monitor.cli.sources", "Show what is watched and how it is doing."),
            Entry("set", "monitor.cli.sources", "Change the URL, promise, client or schedule of a source."),
            Entry("pause", "monitor.cli.sources", "Stop checking a source for a while."),
            Entry("resume", "monitor.cli.sources", "Check a paused source again."),
            Entry("rename", "monitor.cli.sources", "Give a source another name; its history stays with it."),
            Entry("remove", "monitor.cli.sources", "Forget a source and everything known of it."),
        ),
    ),
    (
        "Is there something new?",
        (
            Entry("check", "monitor.cli.collect", "Fetch the documents now and say what changed."),
            Entry("import", "monitor.cli.collect", "Read older versions from files, a folder or a git history."),
            Entry("schedule", "monitor.cli.schedule", "Show what is to be done next, and when."),
            Entry("daemon", "monitor.cli.daemon", "Check every source when it is due and send the digest."),
            Entry("worker", "monitor.cli.worker", "Do what a daemon has queued, beside other workers."),
        ),
    ),
    (
        "What changed, and does it break us?",
        (
            Entry("diff", "monitor.cli.diff", "Compare two documents."),
            Entry("report", "monitor.cli.questions", "Show the changes of a span of time."),
            Entry("explain", "monitor.cli.explain", "Tell the whole story of one change."),
            Entry("history", "monitor.cli.questions", "Show every version of a source."),
            Entry("sample", "monitor.cli.sample", "Show what an operation answers, today or tomorrow, for your tests."),
            Entry("rules", "monitor.cli.rules", "Explain a verdict: the rules, and why."),
        ),
    ),
    (
        "What goes away, and until when?",
        (
            Entry("deprecations", "monitor.cli.deprecations", "Show what is deprecated, its deadline and its state."),
            Entry("successor", "monitor.cli.successor", "Show what takes an operation's place, and what differs."),
        ),
    ),
    (
        "Did the provider keep its promise?",
        (Entry("audit", "monitor.cli.audit", "Say what was kept and what was broken, with the evidence."),),
    ),
    (
        "Who is told?",
        (
            Entry("digest", "monitor.cli.digest", "Look at the weekly email, or send it."),
            Entry("ack", "monitor.cli.muting", "Say of a change that it was seen."),
            Entry("mute", "monitor.cli.muting", "Tell no more of a change until a day."),
            Entry("unmute", "monitor.cli.muting", "Tell of a change again."),
            Entry("outbox", "monitor.cli.outbox", "Show what was sent, what waits and what was given up; try again."),
            Entry("feed", "monitor.cli.feed", "Write what became known as a feed to subscribe to."),
        ),
    ),
    (
        "How is it kept?",
        (
            Entry("doctor", "monitor.cli.doctor", "Look whether everything that is needed is there and answers."),
            Entry("log", "monitor.cli.log", "Show who corrected what, and why."),
            Entry("backup", "monitor.cli.keeping", "Write the whole database into one file, while it is in use."),
            Entry("restore", "monitor.cli.keeping", "Put a backup into the database, of either kind."),
            Entry("export", "monitor.cli.keeping", "Write everything that is known as JSON Lines."),
            Entry("prune", "monitor.cli.keeping", "Forget old versions and checks that nothing rests on."),
            Entry("db", "monitor.cli.db", "Bring the database to this version's schema, or show where it is."),
        ),
    ),
)

_ENTRIES = {entry.name: entry for _, entries in SECTIONS for entry in entries}

_EPILOG = """\b
Exit codes:
  0    fine
  1    --fail-on was reached
  2    wrong use or configuration
  3    a source could not be fetched, read or stored
  130  interrupted; what was stored stays
  141  whoever read the output has left
"""


class _Root(click.Group):
    """A group that knows its commands by the table alone and imports one when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(_ENTRIES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as above
        entry = _ENTRIES.get(cmd_name)
        return entry.load() if entry else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in _ENTRIES and not args[0].startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(args[0], _ENTRIES, n=1)
            hint = f" Did you mean `specwatch {near[0]}`?" if near else " `specwatch --help` lists the commands."
            raise click.UsageError(f"there is no command {args[0]!r}.{hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - as above
        for title, entries in SECTIONS:
            formatter.write(f"\n{title}\n")
            with formatter.indentation():
                formatter.write_dl([(f"{entry.name:<12}", entry.line) for entry in entries])


@click.group(
    cls=_Root, epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.option("--config", metavar="FILE", help="The configuration; else $SPECWATCH_CONFIG, else ./specwatch.toml.")
@click.option("--plain", is_flag=True, help="Plain text without colours and tables, as in a pipe.")
@click.version_option(__version__, prog_name="specwatch", message="%(prog)s %(version)s")
@click.pass_context
def root(ctx: click.Context, config: str | None, plain: bool) -> None:
    """Watch other people's APIs: what changed, what breaks you, what goes away and until when, and whether the
    provider kept its promise.

    \b
    Begin with:
      specwatch demo                        see it work on an invented API
      specwatch diff OLD.json NEW.json      compare two documents, nothing to set up
      specwatch add NAME URL                watch a real one
    """
    ctx.obj = State(config=config, plain=plain)


def run(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code. Every error becomes one message on stderr."""
    try:
        outcome: Any = root.main(args=arguments, prog_name="specwatch", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code if isinstance(error, click.UsageError) else 3
    except (click.Abort, KeyboardInterrupt) as stop:
        how_far = f" {stop.said}." if isinstance(stop, Interrupted) else ""
        click.echo("", err=True)
        _say(f"interrupted.{how_far} What was stored stays; the same command goes on from there.")
        return 130
    except SpecwatchError as error:
        _say(str(error))
        return error.exit_code
    except (BrokenPipeError, SystemExit):
        # click makes an exit of a pipe that nobody reads; nothing else here ends that way.
        return _reader_left()
    except OSError as error:
        _say(f"{error.filename}: {error.strerror}" if error.filename else str(error))
        return 3
    except Exception as error:
        return _unexpected(error)
    return outcome if isinstance(outcome, int) else 0


def main() -> NoReturn:
    """The entry point of `specwatch` and `python -m monitor`."""
    sys.exit(run())


def _say(message: str) -> None:
    note(f"specwatch: {message}")


def _reader_left() -> int:
    """`specwatch … | head`: whoever read our output has enough. Silence, and the shell's code for it (128 + SIGPIPE).

    stdout is pointed at nothing, so that the interpreter's own flush at exit does not complain either.
    """
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 141


def _unexpected(error: Exception) -> int:
    """A fault of ours: one line and how to report it; the traceback only for whoever asks."""
    if os.environ.get("SPECWATCH_DEBUG"):
        import traceback

        traceback.print_exc()
    summary = " ".join(str(error).split())[:300]
    _say(
        f"this is a fault in specwatch {__version__}, not in your documents: {type(error).__name__}: {summary}\n"
        "  Please report it with the output of the same command run with SPECWATCH_DEBUG=1."
    )
    return 3
