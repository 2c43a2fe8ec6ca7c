"""`specwatch doctor`: is everything there that specwatch needs, and does it answer?"""

from __future__ import annotations

import os

import click

from monitor.cli.options import shared
from monitor.cli.state import State, pass_state, say
from monitor.clock import system_clock
from monitor.errors import ConfigurationError
from monitor.jobs import examine
from monitor.report.diagnosis import Diagnosis, Section, Step, diagnosis_json, section_lines, summary


@click.command("doctor")
@click.argument("names", metavar="[NAME]...", nargs=-1)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@shared
@pass_state
def doctor_command(state: State, names: tuple[str, ...], form: str) -> int:
    """Look at everything that specwatch needs: the configuration, the database, the mail server, every source.

    Each source is fetched as a check would, step by step (address, TLS, status, size, time, version, validity), and
    nothing is stored. The mail server is logged in to, and nothing is sent. What is at fault comes with what to do.
    The exit code is 2 when the configuration is at fault, 3 when anything else is, 0 else; warnings alone are 0.

    \b
    Examples:
      specwatch doctor
      specwatch doctor acme
      specwatch doctor --format json
    """
    try:
        settings = state.settings()
    except ConfigurationError as error:
        # The one thing that all others hang on; in JSON its reader gets an object all the same.
        if form == "text":
            raise
        step = Step("file", "fault", f"{error.where}: {error.what}" if error.where else error.what, error.advice)
        section = Section("configuration", str(state.settings_path()), (step,))
        click.echo(diagnosis_json(Diagnosis((section,))), nl=False)
        return 2

    def hear(section: Section) -> None:
        for line in section_lines(section, width=state.width, color=state.color):
            click.echo(line)

    diagnosis = examine(
        settings,
        state.settings_path(),
        names,
        clock=system_clock,
        environ=os.environ,
        say=hear if form == "text" else None,
    )
    if form == "json":
        click.echo(diagnosis_json(diagnosis), nl=False)
    else:
        say(summary(diagnosis))
    return _exit_code(diagnosis)


def _exit_code(diagnosis: Diagnosis) -> int:
    configuration, *others = diagnosis.sections
    if configuration.faults:
        return 2
    return 3 if any(section.faults for section in others) else 0
