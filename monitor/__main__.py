"""`python -m monitor` is `specwatch`."""

from monitor.cli import main

if __name__ == "__main__":
    main()
