"""The version-free model of an API: operations, parameters, bodies, responses, schemas, security, servers, webhooks."""

from monitor.contract.contract import Contract
from monitor.contract.dialect import Bound, Dialect
from monitor.contract.node import REFERENCES, Node, References, Scattered, target_of, unquoted
from monitor.contract.types import ComponentName, Direction, OperationKind, OperationRef, Site
from monitor.contract.views import (
    Component,
    Header,
    MediaType,
    Operation,
    Parameter,
    RequestBody,
    Response,
    Server,
)

__all__ = [
    "REFERENCES",
    "Bound",
    "Component",
    "ComponentName",
    "Contract",
    "Dialect",
    "Direction",
    "Header",
    "MediaType",
    "Node",
    "Operation",
    "OperationKind",
    "OperationRef",
    "Parameter",
    "References",
    "RequestBody",
    "Response",
    "Scattered",
    "Server",
    "Site",
    "target_of",
    "unquoted",
]
