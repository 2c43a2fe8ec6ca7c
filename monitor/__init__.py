"""specwatch watches other people's APIs: see docs/ARCHITECTURE.md for the house and its layers."""

__version__ = "0.1.0"
