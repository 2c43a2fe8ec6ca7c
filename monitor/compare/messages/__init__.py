"""What goes over the wire: parameters, bodies, responses, headers, media types."""

from monitor.compare.messages.bodies import compare_bodies, compare_media_type, compare_media_types, compare_requirement
from monitor.compare.messages.headers import compare_header, compare_headers
from monitor.compare.messages.parameters import compare_parameter, compare_parameters
from monitor.compare.messages.responses import compare_link, compare_response, compare_responses

__all__ = [
    "compare_bodies",
    "compare_header",
    "compare_headers",
    "compare_link",
    "compare_media_type",
    "compare_media_types",
    "compare_parameter",
    "compare_parameters",
    "compare_requirement",
    "compare_response",
    "compare_responses",
]
