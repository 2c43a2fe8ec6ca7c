"""OpenAPI 3.2: as 3.1, with the method QUERY, further methods, and components of media types."""

from monitor.reading.dialects.openapi3 import METHODS, SECTIONS, OpenApi3

V3_2 = OpenApi3(
    "3.2",
    methods=(*METHODS, "query"),
    sections={**SECTIONS, "mediaTypes": "/components/mediaTypes"},
    ref_siblings=True,
    json_schema=True,
)
