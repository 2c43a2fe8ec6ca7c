"""Fetching: HTTP, files and git histories. What comes is whole, or it is an error; what it means, others say."""

from monitor.fetch.address import shown
from monitor.fetch.dates import date_of_name
from monitor.fetch.fetching import fetch
from monitor.fetch.guard import AddressPolicy
from monitor.fetch.types import ClientOptions, Fetched, FetchLimits

__all__ = ["AddressPolicy", "ClientOptions", "FetchLimits", "Fetched", "date_of_name", "fetch", "shown"]
