"""SMTP with real servers: plain, STARTTLS, TLS, logins, and all the ways in which it ends badly."""

from __future__ import annotations

import socket
import ssl
import threading
from dataclasses import replace

import pytest

from monitor.errors import DeliveryError
from monitor.notify import Server, Smtp

# The server that speaks TLS from the first byte does not know that it does.
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning")

MESSAGE = b"Subject: Hello\r\nMessage-ID: <1@example.com>\r\n\r\nA line.\r\n.\r\n..and more.\r\n"
SENDER, ADA, BOB = "specwatch@example.com", "ada@example.org", "bob@example.org"


def send(server: Server, context: ssl.SSLContext | None = None, *, recipient: str = ADA) -> None:
    Smtp(server, context=context).send(MESSAGE, sender=SENDER, recipient=recipient)


def refusal(server: Server, context: ssl.SSLContext | None = None, *, recipient: str = ADA) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        send(server, context, recipient=recipient)
    return caught.value


def test_a_message_arrives_byte_for_byte(serve, inbox):
    send(serve())
    assert inbox.mail[0].content == MESSAGE
    assert (inbox.mail[0].mail_from, inbox.recipients) == (SENDER, [ADA])


def test_the_envelope_holds_the_bare_address_of_a_named_sender(serve, inbox):
    Smtp(serve()).send(MESSAGE, sender=f"Harbour Watch <{SENDER}>", recipient=f"Ada <{ADA}>")
    assert (inbox.mail[0].mail_from, inbox.recipients) == (SENDER, [ADA])


@pytest.mark.parametrize(("kind", "secured"), [("plain", False), ("starttls", True), ("tls", True)])
def test_each_kind_of_security_secures_what_it_says(serve, inbox, trusting, kind, secured):
    send(serve(kind), trusting)
    assert inbox.secured == [secured]


@pytest.mark.parametrize("kind", ["plain", "starttls", "tls"])
def test_a_login_that_is_right_lets_the_message_through(serve, inbox, trusting, login, kind):
    send(replace(serve(kind, login=True), **login), trusting)
    assert inbox.recipients == [ADA]


@pytest.mark.parametrize("kind", ["plain", "starttls", "tls"])
def test_a_login_that_is_wrong_is_permanent_and_shows_no_password(serve, inbox, trusting, login, kind):
    server = replace(serve(kind, login=True), **{**login, "password": "hunter2"})
    error = refusal(server, trusting)
    assert error.permanent
    assert "the login is refused: 535" in str(error)
    assert "hunter2" not in str(error) + repr(error) + repr(server)
    assert inbox.mail == []


def test_a_login_at_a_server_that_knows_none_is_permanent(serve, login):
    error = refusal(replace(serve(), **login))
    assert error.permanent
    assert "no way to log in" in error.what


def test_a_password_that_a_login_cannot_carry_is_said_so_without_showing_it(serve, trusting, login):
    error = refusal(replace(serve("tls", login=True), **{**login, "password": "käse"}), trusting)
    assert error.permanent
    assert "not ASCII" in error.what
    assert "käse" not in str(error)


def test_a_server_without_starttls_gets_nothing_in_the_clear(serve, inbox, login):
    error = refusal(replace(serve("plain", login=True), security="starttls", **login))
    assert error.permanent
    assert "does not offer STARTTLS" in error.what
    assert inbox.mail == []


@pytest.mark.parametrize("kind", ["starttls", "tls"])
def test_a_certificate_that_is_not_trusted_is_refused(serve, inbox, kind):
    error = refusal(serve(kind))
    assert error.permanent
    assert "certificate is not trusted" in error.what
    assert inbox.mail == []


def test_a_certificate_for_another_host_is_refused(serve, inbox, trusting):
    error = refusal(replace(serve("tls"), host="127.1"), trusting)  # the same address, but not the same name
    assert "certificate is not trusted: Hostname mismatch" in error.what
    assert inbox.mail == []


def test_tls_with_a_server_that_speaks_plain_text_is_no_secure_connection(serve, trusting):
    error = refusal(replace(serve(), security="tls"), trusting)
    assert "no secure connection" in error.what


@pytest.mark.parametrize(
    ("answer", "permanent"), [("550 5.1.1 no such user", True), ("451 4.7.1 greylisted, come back", False)]
)
def test_a_refused_recipient_is_permanent_when_the_server_says_so(serve, inbox, answer, permanent):
    inbox.refuse[ADA] = answer
    error = refusal(serve())
    assert error.permanent is permanent
    assert f"the recipient {ADA} is refused: {answer}" in str(error)


@pytest.mark.parametrize(("answer", "permanent"), [("554 5.7.1 looks like spam", True), ("452 disk full", False)])
def test_a_refused_message_is_permanent_when_the_server_says_so(serve, inbox, answer, permanent):
    inbox.at_data = answer
    error = refusal(serve())
    assert error.permanent is permanent
    assert f"the message is refused: {answer}" in str(error)


def test_a_server_that_is_not_there_is_not_permanent_and_named(closed_port):
    error = refusal(Server("127.0.0.1", closed_port, "none"))
    assert not error.permanent
    assert error.what == "no connection: connection refused"
    assert error.where == f"127.0.0.1:{closed_port}"


def test_a_host_that_does_not_exist_is_not_permanent():
    error = refusal(Server("mail.invalid", 25, "none"))
    assert not error.permanent
    assert error.what.startswith("no connection: ")


def test_a_server_that_says_nothing_is_given_up_after_the_time_out():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        error = refusal(Server("127.0.0.1", silent.getsockname()[1], "none", timeout=0.2))
    assert not error.permanent
    assert error.what == "the server did not answer in time"


@pytest.mark.parametrize(
    ("greeting", "permanent", "what"),
    [
        (b"", False, "the server closed the connection"),
        (b"554 no service here\r\n", True, "the server refuses: 554 no service here"),
        (b"421 too busy\r\n", False, "the server refuses: 421 too busy"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", False, "the server refuses"),
    ],
)
def test_a_server_that_turns_us_away_at_the_door(greeting, permanent, what):
    with socket.create_server(("127.0.0.1", 0)) as door:

        def answer() -> None:
            connection, _ = door.accept()
            with connection:
                connection.sendall(greeting)

        thread = threading.Thread(target=answer)
        thread.start()
        error = refusal(Server("127.0.0.1", door.getsockname()[1], "none", timeout=5.0))
        thread.join()
    assert (error.permanent, what in error.what) == (permanent, True), error


def test_the_words_of_a_server_come_on_one_line_and_without_control_characters(serve, inbox):
    inbox.refuse[ADA] = "550 \x1b[31mgo\taway\x07"
    assert refusal(serve()).what == f"the recipient {ADA} is refused: 550 ?[31mgo away?"


@pytest.mark.parametrize("bad", ["a@b.example\r\nRCPT TO:<eve@example.net>", "a@b.example, c@d.example", "nobody"])
def test_an_address_that_is_none_is_refused_before_anything_is_sent(closed_port, bad):
    error = refusal(Server("127.0.0.1", closed_port, "none"), recipient=bad)
    assert error.permanent
    assert "is not the address of one person" in error.what


def test_several_messages_share_one_connection(serve, inbox):
    with Smtp(serve()) as smtp:
        for recipient in (ADA, BOB, ADA):
            smtp.send(MESSAGE, sender=SENDER, recipient=recipient)
    assert (inbox.recipients, len(inbox.sessions)) == ([ADA, BOB, ADA], 1)


def test_without_a_with_each_message_has_a_connection_of_its_own(serve, inbox):
    smtp = Smtp(serve())
    smtp.send(MESSAGE, sender=SENDER, recipient=ADA)
    smtp.send(MESSAGE, sender=SENDER, recipient=BOB)
    assert (inbox.recipients, len(inbox.sessions)) == ([ADA, BOB], 2)


def test_after_a_refused_recipient_the_same_connection_serves_the_next(serve, inbox):
    inbox.refuse[ADA] = "550 no such user"
    with Smtp(serve()) as smtp:
        smtp.send(MESSAGE, sender=SENDER, recipient=BOB)
        with pytest.raises(DeliveryError):
            smtp.send(MESSAGE, sender=SENDER, recipient=ADA)
        smtp.send(MESSAGE, sender=SENDER, recipient=BOB)
    assert (inbox.recipients, len(inbox.sessions)) == ([BOB, BOB], 1)


def test_a_connection_that_the_server_has_closed_is_opened_again(serve, inbox):
    inbox.refuse[ADA] = "421 enough for this connection"
    with Smtp(serve()) as smtp:
        smtp.send(MESSAGE, sender=SENDER, recipient=BOB)
        with pytest.raises(DeliveryError):
            smtp.send(MESSAGE, sender=SENDER, recipient=ADA)
        smtp.open()
        smtp.send(MESSAGE, sender=SENDER, recipient=BOB)
    assert (inbox.recipients, len(inbox.sessions)) == ([BOB, BOB], 2)


def test_a_connection_that_is_lost_behind_the_message_leaves_it_uncertain(serve, inbox):
    inbox.drops_after_data = 1
    error = refusal(serve())
    assert (error.permanent, error.uncertain) == (False, True)
    assert error.what == (
        f"the server closed the connection, when the message to {ADA} was under way: "
        "it may have arrived, and goes out again with the same Message-ID"
    )
    assert inbox.recipients == [ADA]


def test_a_server_that_takes_the_message_and_does_not_answer_leaves_it_uncertain(serve, inbox):
    inbox.silent_at_data = True
    error = refusal(replace(serve(), timeout=0.3))
    assert (error.permanent, error.uncertain) == (False, True)
    assert "did not answer in time, when the message" in error.what


@pytest.mark.parametrize("answer", ["554 5.7.1 looks like spam", "452 disk full"])
def test_an_answer_to_the_message_leaves_nothing_uncertain(serve, inbox, answer):
    inbox.at_data = answer
    assert not refusal(serve()).uncertain


def test_what_fails_before_the_message_leaves_nothing_uncertain(serve, inbox, closed_port):
    inbox.refuse[ADA] = "421 enough for this connection"
    assert not refusal(serve()).uncertain
    assert not refusal(Server("127.0.0.1", closed_port, "none")).uncertain
