"""Documentation pages in the style of each viewer, and the document behind them."""

from __future__ import annotations

import json

import pytest
from pytest_httpserver import HTTPServer

from monitor.errors import FetchError
from monitor.fetch import AddressPolicy
from monitor.fetch.discovery import Discovery, discover
from monitor.fetch.documents import Request, fetch_document
from monitor.fetch.pages import named_in_links

from .local import LOCAL


def document(title: str = "Harbour", version: str = "1.2") -> str:
    return json.dumps({"openapi": "3.0.3", "info": {"title": title, "version": version}, "paths": {}})


PAGES = {
    "Redoc's element": '<body><redoc spec-url="../api/harbour.yaml" hide-hostname></redoc><script src="redoc.standalone.js"></script>',
    "Redoc.init": "<div id=redoc></div><script>Redoc.init('/api/harbour.yaml', {theme: {}}, document.getElementById('redoc'))</script>",
    "Redoc's download link": (
        '<p>Download OpenAPI specification:<a download="swagger.json" target="_blank" class="sc-x" '
        'href="/api/harbour.yaml">Download</a></p>'
    ),
    "Swagger UI, inline": (
        '<div id="swagger-ui"></div><script>window.onload = () => { window.ui = SwaggerUIBundle({\n'
        "  url: \"/api/harbour.yaml\",\n  dom_id: '#swagger-ui', presets: [SwaggerUIBundle.presets.apis] }) }</script>"
    ),
    "Swagger UI of FastAPI": (
        '<script>const ui = SwaggerUIBundle({ url: \'/api/harbour.yaml\', "dom_id": "#swagger-ui", "layout": '
        '"BaseLayout" })</script>'
    ),
    "Swagger UI, urls": (
        '<script>SwaggerUIBundle({ urls: [ {url: "/api/harbour.yaml", name: "Harbour"} ], "urls.primaryName": "Harbour" })'
        "</script>"
    ),
    "Scalar's element": '<script id="api-reference" data-url="/api/harbour.yaml"></script><script src="https://cdn.example/s.js"></script>',
    "Scalar's configuration": (
        '<script id="api-reference" data-configuration=\'{"theme": "moon", "spec": {"url": "/api/harbour.yaml"}}\'>'
        "</script>"
    ),
    "Scalar's script": (
        "<div id=app></div><script>Scalar.createApiReference('#app', { sources: [{ url: '/api/harbour.yaml', "
        "title: 'Harbour' }], proxyUrl: 'https://proxy.example' })</script>"
    ),
    "Elements": '<elements-api apiDescriptionUrl="/api/harbour.yaml" router="hash"></elements-api>',
    "RapiDoc": '<rapi-doc spec-url = "/api/harbour.yaml"> </rapi-doc>',
    "service-desc": '<head><link rel="alternate service-desc" type="application/yaml" href="/api/harbour.yaml"></head>',
    "service-desc with a base": '<head><base href="/api/"><link rel=service-desc href="harbour.yaml"></head>',
}


def search(httpserver: HTTPServer, path: str = "/docs/index.html") -> Discovery:
    return discover(f"http://127.0.0.1:{httpserver.port}{path}", policy=LOCAL, pause=0)


def serve_page(httpserver: HTTPServer, page: str, path: str = "/docs/index.html", **headers: str) -> None:
    httpserver.expect_request(path).respond_with_data(
        f"<!doctype html>{page}", content_type="text/html", headers=headers
    )


def paths(httpserver: HTTPServer) -> list[str]:
    return [request.path for request, _ in httpserver.log]


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES.keys())
def test_what_a_page_shows_is_found_with_two_requests(httpserver, page: str):
    serve_page(httpserver, page)
    httpserver.expect_request("/api/harbour.yaml").respond_with_data(document())
    found = search(httpserver)
    (candidate,) = found.found
    assert candidate.url == f"http://127.0.0.1:{httpserver.port}/api/harbour.yaml"
    assert (candidate.openapi, candidate.title, candidate.version) == ("3.0.3", "Harbour", "1.2")
    assert found.requests == len(httpserver.log) == 2


def test_swagger_ui_tells_its_initializer_script(httpserver):
    page = '<div id="swagger-ui"></div><script src="./swagger-ui-bundle.js"></script><script src="./swagger-initializer.js"></script>'
    script = (
        'window.onload = function() {\n  window.ui = SwaggerUIBundle({\n    url: "https://petstore.swagger.io/v2/swagger.json",\n'
        '    url: "openapi.json",\n    dom_id: "#swagger-ui"\n  });\n};'
    )
    serve_page(httpserver, page)
    httpserver.expect_request("/docs/swagger-initializer.js").respond_with_data(script)
    httpserver.expect_request("/docs/openapi.json").respond_with_data(document())
    found = search(httpserver)
    assert [candidate.title for candidate in found.found] == ["Harbour"]
    assert paths(httpserver) == ["/docs/index.html", "/docs/swagger-initializer.js", "/docs/openapi.json"]


def test_swagger_ui_tells_its_configuration(httpserver):
    serve_page(
        httpserver, '<script>SwaggerUIBundle({ configUrl: "/v3/api-docs/swagger-config", dom_id: "#ui" })</script>'
    )
    configuration = {
        "configUrl": "/v3/api-docs/swagger-config",
        "urls": [{"url": "/v3/a", "name": "A"}, {"url": "/v3/b", "name": "B"}],
    }
    httpserver.expect_request("/v3/api-docs/swagger-config").respond_with_json(configuration)
    httpserver.expect_request("/v3/a").respond_with_data(document("Anchors"))
    httpserver.expect_request("/v3/b").respond_with_data(document("Boats"))
    found = search(httpserver)
    assert [(candidate.name, candidate.title) for candidate in found.found] == [("A", "Anchors"), ("B", "Boats")]
    assert found.requests == 4


def test_a_page_that_holds_the_document_itself_can_be_watched(httpserver):
    state = {"menu": {}, "spec": {"data": json.loads(document()), "x": "</div>"}, "searchIndex": {}}
    page = f"<div id=redoc></div><script>const __redoc_state = {json.dumps(state)};\nvar container = 1; Redoc.hydrate(__redoc_state, container);</script>"
    serve_page(httpserver, page)
    (candidate,) = search(httpserver).found
    assert candidate.url == f"http://127.0.0.1:{httpserver.port}/docs/index.html#__redoc_state"
    fetched = fetch_document(candidate.url, Request(policy=LOCAL))
    assert json.loads(fetched.data or b"")["info"]["title"] == "Harbour"
    httpserver.clear()
    serve_page(httpserver, "<p>Moved.</p>")
    with pytest.raises(FetchError, match="holds no document any more"):
        fetch_document(candidate.url, Request(policy=LOCAL))


def test_the_server_may_link_to_it_by_a_header(httpserver):
    link = '</style.css>; rel=stylesheet, <../api/harbour.yaml>; rel="service-desc"; type="application/yaml", </help>; rel="service-doc"'
    serve_page(httpserver, "<p>Welcome, sailor.</p>", Link=link)
    httpserver.expect_request("/api/harbour.yaml").respond_with_data(document())
    (candidate,) = search(httpserver).found
    assert candidate.how == "the server links to it (service-desc)"


def test_a_catalogue_of_apis_is_asked_when_the_page_names_nothing(httpserver):
    serve_page(httpserver, "<p>Welcome, sailor.</p>")
    catalogue = {
        "linkset": [
            {
                "anchor": "https://harbour.example/apis/boats",
                "service-desc": [{"href": "/apis/boats.json", "type": "application/vnd.oai.openapi+json"}],
                "service-doc": [{"href": "/apis/boats.html"}],
            },
            {"anchor": "https://harbour.example/apis/crews", "service-desc": [{"href": "/apis/crews.json"}]},
        ]
    }
    httpserver.expect_request("/.well-known/api-catalog").respond_with_json(
        catalogue, content_type="application/linkset+json"
    )
    httpserver.expect_request("/apis/boats.json").respond_with_data(document("Boats"))
    httpserver.expect_request("/apis/crews.json").respond_with_data(document("Crews"))
    found = search(httpserver)
    assert [candidate.title for candidate in found.found] == ["Boats", "Crews"]
    assert found.requests == 4


def test_a_page_may_link_to_its_catalogue(httpserver):
    serve_page(httpserver, '<link rel="api-catalog" href="/catalogue.json">')
    catalogue = {"linkset": [{"anchor": "/", "service-desc": [{"href": "/boats.json"}]}]}
    httpserver.expect_request("/catalogue.json").respond_with_json(catalogue)
    httpserver.expect_request("/boats.json").respond_with_data(document("Boats"))
    assert [candidate.title for candidate in search(httpserver).found] == ["Boats"]


def test_the_usual_places_are_the_last_resort_and_the_first_document_ends_the_search(httpserver):
    serve_page(httpserver, "<p>Welcome, sailor.</p>")
    httpserver.expect_request("/swagger.json").respond_with_data(document())
    found = search(httpserver)
    assert [candidate.url.rpartition("/")[2] for candidate in found.found] == ["swagger.json"]
    asked = paths(httpserver)
    assert asked[:2] == ["/docs/index.html", "/.well-known/api-catalog"]
    assert asked[-1] == "/swagger.json"
    assert "/docs/openapi.json" in asked


def test_a_search_that_finds_nothing_ends_soon(httpserver):
    serve_page(httpserver, "<p>Welcome, sailor.</p>")
    found = search(httpserver)
    assert (found.found, found.others) == ((), ())
    assert len(httpserver.log) == found.requests <= 20


def test_a_page_that_names_a_hundred_addresses_is_not_followed_to_all(httpserver):
    serve_page(httpserver, "".join(f'<redoc spec-url="/{number}.yaml"></redoc>' for number in range(100)))
    found = search(httpserver)
    assert found.requests <= 20
    assert len(found.others) == 100


def test_the_address_of_the_document_itself_is_found(httpserver):
    httpserver.expect_request("/docs/index.html").respond_with_data(document())
    (candidate,) = search(httpserver).found
    assert candidate.how == "it is the document itself"


@pytest.mark.parametrize(
    "address",
    ["http://169.254.169.254/latest", "file:///etc/hostname", "http://127.0.0.2/openapi.json", "javascript:alert(1)"],
)
def test_a_page_cannot_send_the_search_where_a_document_could_not_be(httpserver, address: str):
    serve_page(httpserver, f'<redoc spec-url="{address}"></redoc>')
    there = f"http://127.0.0.1:{httpserver.port}/docs/index.html"
    found = discover(there, policy=AddressPolicy.typed(there), pause=0)
    assert found.found == ()
    assert [other.fault is not None for other in found.others] == [True]


def test_a_header_goes_to_the_host_of_the_page_alone(httpserver):
    serve_page(
        httpserver, f'<redoc spec-url="http://localhost:{httpserver.port}/a.json"></redoc><redoc spec-url="/b.json">'
    )
    there = f"http://127.0.0.1:{httpserver.port}/docs/index.html"
    discover(there, policy=LOCAL, headers={"Authorization": "canary"}, pause=0)
    sent = {request.path: request.headers.get("Authorization") for request, _ in httpserver.log}
    assert (sent["/docs/index.html"], sent["/a.json"], sent["/b.json"]) == ("canary", None, "canary")


def test_a_page_that_is_not_there_is_an_error(httpserver):
    with pytest.raises(FetchError) as caught:
        search(httpserver)
    assert caught.value.category == "http status"


@pytest.mark.parametrize(
    ("value", "targets"),
    [
        ("<a.json>; rel=service-desc", ["a.json"]),
        ('<a.json>; rel="service-desc service-doc"; title="a, b; c"', ["a.json"]),
        ("<a.json> ; type=x ; REL = service-desc", ["a.json"]),
        ("<a.json>; rel=describedby", []),
        ("nonsense; rel=service-desc", []),
        ("<", []),
    ],
)
def test_a_link_header_is_read_as_it_is_written(value: str, targets: list[str]):
    found = named_in_links([value], "https://harbour.example/docs/")
    assert [pointer.url for pointer in found.documents] == [
        f"https://harbour.example/docs/{target}" for target in targets
    ]
