"""The command line: a thin edge that starts the jobs and prints what they say.

`app.py` holds the table of commands; each command's own module is imported only when it is called, so that
`specwatch --version` starts in no time and `specwatch diff` of two files loads neither the database nor the network.
"""

from monitor.cli.app import main

__all__ = ["main"]
