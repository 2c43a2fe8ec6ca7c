"""The guard: which addresses, ports, hosts and files a source may reach, however they are spelled."""

from __future__ import annotations

import socket
from dataclasses import replace
from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_httpserver import HTTPServer

from monitor.errors import FetchError
from monitor.fetch import AddressPolicy, ClientOptions, fetch
from monitor.fetch.guard import host_of, literal, special

PATH = "/openapi.json"
ANY_PORT = AddressPolicy(ports=None)
INSIDE_ONLY = AddressPolicy(networks=(ip_network("127.0.0.2/32"),), ports=None)
"""As if 127.0.0.2 were on the internet, and the rest of this machine were not."""

PRIVATE = [
    "127.0.0.1", "127.8.9.10", "::1", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "100.127.255.255",
    "169.254.1.1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12:3456::1", "fec0::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b::7f00:1", "::ffff:192.168.0.1",
]  # fmt: skip
NOWHERE = [
    "169.254.169.254", "169.254.170.2", "fd00:ec2::254", "100.100.100.200", "168.63.129.16", "192.0.0.192",
    "0.0.0.0", "::", "224.0.0.1", "239.255.255.250", "ff02::1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.51.100.1",
    "203.0.113.1", "198.18.0.1", "2001:db8::1", "3fff::1", "2001::1", "2001:0:7f00:1::", "::ffff:169.254.169.254",
    "64:ff9b::169.254.169.254", "2002:a9fe:a9fe::1", "::ffff:224.0.0.1", "64:ff9b:1::10.0.0.1", "::127.0.0.1", "4000::1", "5f00::1",
]  # fmt: skip
SIXTOFOUR = ["2002:7f00:1::1", "2002:0a00:0001::", "2002:c0a8:0101::1"]
PUBLIC = ["8.8.8.8", "1.1.1.1", "100.63.255.255", "100.128.0.1", "172.32.0.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2002:808:808::1", "192.88.98.1"]  # fmt: skip


def blocked(url: str, limits, **options) -> FetchError:
    with pytest.raises(FetchError) as caught:
        fetch(url, limits=limits, **options)
    assert caught.value.category == "blocked", str(caught.value)
    return caught.value


def reachable(policy: AddressPolicy, address: str) -> bool:
    try:
        return policy.reachable("api.example", (address,)) == (address,)
    except FetchError as error:
        return error.category != "blocked"


@pytest.mark.parametrize("address", PRIVATE + NOWHERE + SIXTOFOUR)
def test_an_address_that_is_not_on_the_internet_is_refused(address):
    assert special(address) is not None
    assert not reachable(AddressPolicy(), address)


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_reached(address):
    assert special(address) is None
    assert reachable(AddressPolicy(), address)


@pytest.mark.parametrize("address", PRIVATE + SIXTOFOUR)
def test_allow_private_opens_one_s_own_networks(address):
    assert reachable(AddressPolicy(allow_private=True), address)


@pytest.mark.parametrize("address", NOWHERE)
def test_where_no_document_ever_is_stays_shut_even_then(address):
    everything = (ip_network("0.0.0.0/0"), ip_network("::/0"))
    assert not reachable(AddressPolicy(allow_private=True, networks=everything), address)


def test_one_network_can_be_opened_alone():
    policy = AddressPolicy(networks=(ip_network("10.1.0.0/16"),))
    assert reachable(policy, "10.1.2.3")
    assert reachable(policy, "::ffff:10.1.2.3")
    assert not reachable(policy, "10.2.0.1")


@given(st.ip_addresses(v=4))
def test_every_form_of_an_address_is_judged_as_it_is(address):
    plain = special(str(address))
    for form in (f"::ffff:{address}", f"64:ff9b::{address}"):
        assert special(form) == plain
    assert (special(f"2002:{int(address) >> 16:x}:{int(address) & 0xFFFF:x}::1") is None) == (plain is None)


def test_of_several_addresses_only_those_that_are_public_are_taken():
    assert AddressPolicy().reachable("api.example", ("127.0.0.1", "8.8.8.8", "::1")) == ("8.8.8.8",)


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001", "localhost", "LOCALHOST", "[::1]",
     "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:0:0:1]", "127.000.000.001", "127.0.1", "0", "0.0.0.0", "[::]",
     "127.0.0.1."],
)  # fmt: skip
def test_this_machine_is_refused_in_every_spelling(httpserver, document, once, host):
    httpserver.expect_request(PATH).respond_with_data(document)
    with pytest.raises(FetchError) as caught:
        fetch(f"http://{host}:{httpserver.port}{PATH}", limits=once)
    # Four numbers with zeros before them are no address to the client, and a dot behind them makes them a name.
    elsewhere = {"0177.0.0.1": "invalid", "127.000.000.001": "invalid", "127.0.0.1.": "dns"}
    assert caught.value.category == elsewhere.get(host, "blocked")
    assert httpserver.log == []


@pytest.mark.parametrize(
    "host",
    [
        "\u2460\u2461\u2466.\u24ea.\u24ea.\u2460",
        "127\u30020\u30020\u30021",
        "\uff4c\uff4f\uff43\uff41\uff4c\uff48\uff4f\uff53\uff54",
    ],
)
def test_letters_that_only_look_otherwise_are_no_way_in(httpserver, document, once, host):
    httpserver.expect_request(PATH).respond_with_data(document)
    with pytest.raises(FetchError) as caught:
        fetch(f"http://{host}:{httpserver.port}{PATH}", limits=once)
    assert caught.value.category in ("blocked", "dns", "invalid")
    assert httpserver.log == []


def test_the_refusal_says_what_it_is_and_what_to_set(once):
    error = blocked("http://127.0.0.1:8080/openapi.json", once)
    assert error.what == "127.0.0.1 is a loopback address, and specwatch does not go there"
    assert "--allow-private" in (error.advice or "")
    assert error.where == "http://127.0.0.1:8080/openapi.json"
    assert blocked("http://169.254.169.254/latest/meta-data/", once).advice is None


@pytest.fixture
def outside(document):
    """A server that the policy lets in, and whatever it leads to."""
    with HTTPServer("127.0.0.2", 0) as server:
        yield server


@pytest.mark.parametrize(
    "target",
    ["http://127.0.0.1:{port}/", "http://localhost:{port}/", "http://127.1:{port}/", "http://[::1]:{port}/", "http://0:{port}/",
     "http://2130706433:{port}/", "http://[::ffff:127.0.0.1]:{port}/", "http://169.254.169.254/latest/meta-data/",
     "http://[fd00:ec2::254]/", "http://100.100.100.200/", "http://10.0.0.1/", "http://192.168.0.1/", "http://[fe80::1]/", "//127.0.0.1:{port}/"],
)  # fmt: skip
def test_no_redirect_leads_inside(outside, httpserver, once, target):
    httpserver.expect_request("/").respond_with_data("secret")
    location = target.format(port=httpserver.port)
    outside.expect_request(PATH).respond_with_data(status=302, headers={"Location": location})
    error = blocked(outside.url_for(PATH), once, policy=INSIDE_ONLY)
    assert error.where != outside.url_for(PATH)
    assert httpserver.log == []


def test_a_name_is_looked_up_once_and_the_address_found_is_the_one_connected_to(
    outside, httpserver, document, once, monkeypatch
):
    """DNS rebinding: the second answer would be another one."""
    answers = ["127.0.0.2", "127.0.0.1"]
    asked = []
    real = socket.getaddrinfo

    def lookup(host, *arguments, **options):
        if host != "rebound.example":
            return real(host, *arguments, **options)
        asked.append(host)
        return real(answers[min(len(asked), len(answers)) - 1], *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    outside.expect_request(PATH).respond_with_data(document)
    fetched = fetch(f"http://rebound.example:{outside.port}{PATH}", limits=once, policy=INSIDE_ONLY)
    assert (fetched.data, asked) == (document, ["rebound.example"])
    assert outside.log[0][0].headers["Host"] == f"rebound.example:{outside.port}"
    blocked(f"http://rebound.example:{httpserver.port}{PATH}", once, policy=INSIDE_ONLY)
    assert httpserver.log == []


@pytest.mark.parametrize("port", [22, 25, 6379, 9200, 81])
def test_a_port_that_is_none_of_documents_is_refused(outside, once, port):
    outside.expect_request(PATH).respond_with_data(status=302, headers={"Location": f"http://127.0.0.2:{port}/"})
    url = outside.url_for(PATH)
    policy = replace(AddressPolicy.of(url), networks=INSIDE_ONLY.networks)
    assert f"port {port}" in blocked(url, once, policy=policy).what


def test_the_port_of_the_configured_url_may_be_asked(outside, document, once):
    outside.expect_request("/old").respond_with_data(status=302, headers={"Location": PATH})
    outside.expect_request(PATH).respond_with_data(document)
    policy = replace(AddressPolicy.of(outside.url_for("/old")), networks=INSIDE_ONLY.networks)
    assert fetch(outside.url_for("/old"), limits=once, policy=policy).data == document


def test_only_the_hosts_that_are_named_may_be_asked(outside, httpserver, once):
    target = f"http://127.0.0.1:{httpserver.port}/"
    outside.expect_request(PATH).respond_with_data(status=302, headers={"Location": target})
    policy = AddressPolicy(allow_private=True, ports=None, hosts=frozenset({"127.0.0.2"}))
    assert "another host, 127.0.0.1" in blocked(outside.url_for(PATH), once, policy=policy).what
    assert httpserver.log == []


@pytest.mark.parametrize("target", ["file:///etc/hostname", "/etc/hostname", "openapi.json"])
def test_a_file_is_out_of_reach_of_what_came_from_the_web(once, target):
    policy = AddressPolicy.of("https://api.acme.example/openapi.json")
    assert "file on this machine" in blocked(target, once, policy=policy).what


def test_a_source_that_is_a_file_may_read_files(once, tmp_path, document):
    (tmp_path / "a.json").write_bytes(document)
    assert fetch("a.json", base=tmp_path, limits=once, policy=AddressPolicy.of("b.json")).data == document


def test_a_url_that_a_person_types_is_meant_and_what_it_leads_to_is_not(outside, httpserver, document, once):
    outside.expect_request("/old").respond_with_data(
        status=302, headers={"Location": f"http://127.0.0.1:{httpserver.port}/"}
    )
    outside.expect_request(PATH).respond_with_data(document)
    url = outside.url_for(PATH)
    assert fetch(url, limits=once, policy=AddressPolicy.typed(url)).data == document
    moved = replace(AddressPolicy.typed(url), ports=None)
    blocked(outside.url_for("/old"), once, policy=moved)
    assert httpserver.log == []


@pytest.mark.parametrize(
    "target", ["http://127.0.0.1/", "http://169.254.169.254/", "http://localhost/", "http://0x7f.1/"]
)
def test_a_proxy_is_asked_for_nothing_that_is_known_to_be_inside(httpserver, document, once, target):
    """The proxy itself may be anywhere: the configuration names it."""
    httpserver.expect_request(PATH).respond_with_data(document)
    options = ClientOptions(proxy=f"http://127.0.0.1:{httpserver.port}")
    assert fetch(f"http://api.invalid{PATH}", limits=once, policy=AddressPolicy(), options=options).data == document
    asked = len(httpserver.log)
    blocked(target, once, options=options)
    assert len(httpserver.log) == asked


def test_no_proxy_at_all_can_be_said(httpserver, document, once, closed_port, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{closed_port}")
    httpserver.expect_request(PATH).respond_with_data(document)
    local = AddressPolicy(allow_private=True, ports=None)
    assert fetch(httpserver.url_for(PATH), limits=once, policy=local, options=ClientOptions(proxy="")).data == document


def test_a_resolver_that_never_answers_is_given_up(once, monkeypatch):
    import threading

    released = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: released.wait(60) or [])
    with pytest.raises(FetchError) as caught:
        fetch("http://api.example/openapi.json", limits=replace(once, connect=0.2))
    released.set()
    assert caught.value.category == "time-out"


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("localhost", "127.0.0.1"),
        ("a.localhost", "127.0.0.1"),
        ("::1", "::1"),
        ("0x7f.1", "127.0.0.1"),
        ("api.example", None),
    ],
)
def test_what_a_host_is_without_the_dns(host, address):
    assert literal(host) == address


@pytest.mark.parametrize(
    "url", ["https://bücher.example/a", "https://BÜCHER.example", "https://xn--bcher-kva.example:8443"]
)
def test_a_host_has_one_form_in_whatever_script_it_is_written(url):
    assert host_of(url) == "xn--bcher-kva.example"
