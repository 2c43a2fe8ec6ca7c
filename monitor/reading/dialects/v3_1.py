"""OpenAPI 3.1: schemas are JSON Schema 2020-12."""

from monitor.reading.dialects.openapi3 import OpenApi3

V3_1 = OpenApi3("3.1", ref_siblings=True, json_schema=True)
