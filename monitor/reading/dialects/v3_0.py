"""OpenAPI 3.0: schemas in the older dialect (`nullable`, boolean exclusive bounds, no siblings of `$ref`)."""

from monitor.reading.dialects.openapi3 import OpenApi3

V3_0 = OpenApi3("3.0")
