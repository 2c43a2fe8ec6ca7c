"""Messages: readable by others' parsers, the same bytes at every run, and with nothing smuggled in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import DeliveryError
from monitor.notify import Attachment, build_message, message_id

ID = message_id("digest", "2026-W31", "ada@example.org", "example.com")


def built(**changes: Any) -> EmailMessage:
    plain: dict[str, Any] = {
        "sender": "specwatch <specwatch@example.com>",
        "recipient": "ada@example.org",
        "subject": "2 deadlines this week",
        "text": "Two deadlines.\n",
        "html": "<p>Two deadlines.</p>\n",
        "message_id": ID,
        "date": datetime(2026, 7, 27, 8, 0, tzinfo=UTC),
    }
    return build_message(**{**plain, **changes})


def parsed(message: EmailMessage) -> EmailMessage:
    return message_from_bytes(bytes(message), policy=policy.default)


def plain_text(message: EmailMessage) -> str:
    body = parsed(message).get_body(("plain",))
    assert body is not None
    return body.get_content().replace("\r\n", "\n")


def test_a_message_has_a_text_part_and_then_an_html_part():
    message = parsed(built())
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    text, html = (part.get_content().strip() for part in message.iter_parts())
    assert (text, html) == ("Two deadlines.", "<p>Two deadlines.</p>")


def test_the_headers_say_who_to_whom_when_and_that_no_answer_is_wanted():
    message = parsed(built(list_unsubscribe="https://example.com/leave"))
    assert message["From"] == "specwatch <specwatch@example.com>"
    assert message["To"] == "ada@example.org"
    assert message["Message-ID"] == ID
    assert message["Date"] == "Mon, 27 Jul 2026 08:00:00 +0000"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Unsubscribe"] == "<https://example.com/leave>"


def test_the_date_is_told_in_utc():
    date = datetime(2026, 7, 27, 10, 0, tzinfo=timezone(timedelta(hours=2)))
    assert parsed(built(date=date))["Date"] == "Mon, 27 Jul 2026 08:00:00 +0000"


def test_a_subject_that_is_not_ascii_arrives_as_it_was():
    subject = "Gläser ☃: 3 Fristen, und vieles mehr, was in einem Betreff sehr lange zu sagen dauert — 日本語"
    message = built(subject=subject)
    assert bytes(message).isascii()
    assert parsed(message)["Subject"] == subject


@given(subject=st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=300))
def test_any_subject_on_one_line_survives_the_way(subject):
    assert parsed(built(subject=subject))["Subject"].split() == subject.split()


@given(text=st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]) | st.just("\n")))
def test_any_text_survives_the_way_in_seven_bits_and_short_lines(text):
    message = built(text=text)
    assert bytes(message).isascii()
    assert max(map(len, bytes(message).split(b"\r\n"))) <= 998
    assert plain_text(message).rstrip("\n") == text.rstrip("\n")


def test_text_with_half_a_surrogate_pair_can_still_be_sent():
    message = built(text="an emoji cut in \ud83d two", subject="cut \ud83d")
    assert plain_text(message) == "an emoji cut in ? two\n"
    assert parsed(message)["Subject"] == "cut ?"


def test_the_same_arguments_give_the_same_bytes():
    assert bytes(built()) == bytes(built())


def test_a_message_id_is_the_same_for_the_same_message_and_another_for_any_other():
    others = {
        message_id("alert", "2026-W31", "ada@example.org", "example.com"),
        message_id("digest", "2026-W32", "ada@example.org", "example.com"),
        message_id("digest", "2026-W31", "bob@example.org", "example.com"),
        message_id("digest", "2026-W31", "ada@example.org", "example.net"),
    }
    assert message_id("digest", "2026-W31", "ada@example.org", "example.com") == ID
    assert len(others | {ID}) == 5


def test_a_message_id_is_the_one_it_was_in_the_release_before():
    assert ID == "<digest-2026-W31.57b106537694919505bc3556@example.com>"


def test_a_message_id_does_not_tell_the_recipient():
    assert "ada" not in ID


def test_a_long_message_id_and_a_long_link_stay_on_one_line_as_they_are():
    long = message_id("digest", "2026-07-27T08:00:00+00:00", "ada@example.org", "a." * 100 + "example")
    link = "https://example.com/leave?token=" + "x" * 400
    lines = bytes(built(message_id=long, list_unsubscribe=link)).decode().split("\r\n")
    assert f"Message-ID: {long}" in lines
    assert f"List-Unsubscribe: <{link}>" in lines


def test_a_host_name_that_is_not_ascii_is_written_in_ascii():
    assert message_id("digest", "1", "a@b.example", "bücher.example").endswith("@xn--bcher-kva.example>")
    assert parsed(built(recipient="Käthe <k@bücher.example>"))["To"] == "Käthe <k@xn--bcher-kva.example>"


@pytest.mark.parametrize("field", ["sender", "recipient", "subject", "message_id", "list_unsubscribe"])
@pytest.mark.parametrize(
    "smuggled",
    ["\r\nBcc: eve@example.net", "\nBcc: eve@example.net", "\rBcc: eve@example.net", "\x00", "\u2028"],
    ids=["crlf", "lf", "cr", "nul", "line separator"],
)
def test_a_line_break_or_control_character_in_a_header_is_refused(field, smuggled):
    good = {
        "sender": "a@example.com",
        "recipient": "b@example.com",
        "subject": "Hello",
        "message_id": ID,
        "list_unsubscribe": "mailto:a@example.com",
    }
    with pytest.raises(DeliveryError) as caught:
        built(**{field: good[field] + smuggled})
    assert caught.value.permanent


@pytest.mark.parametrize(
    "recipient",
    [
        "",
        "ada",
        "ada@",
        "@example.com",
        "a@example.com, b@example.com",
        "a b@example.com",
        "a@exa mple.com",
        "<a@b.example> x",
        "A <a@b.example",
        "A a@b.example",
        "A <a@b.example> <c@d.example>",
        "käthe@example.com",
        "a@-example.com",
        "a" * 65 + "@example.com",
        "a@b@example.com",
    ],
)
def test_what_is_not_the_address_of_one_person_is_refused(recipient):
    with pytest.raises(DeliveryError, match=r"is not the address of one person|is no host name") as caught:
        built(recipient=recipient)
    assert caught.value.permanent


def test_a_domain_that_is_no_host_name_makes_no_message_id():
    with pytest.raises(DeliveryError, match="is no host name"):
        message_id("digest", "1", "a@b.example", "example.com>\r\nBcc: <eve@example.net")


@pytest.mark.parametrize(
    ("sender", "shown"),
    [
        ("a@example.com", "a@example.com"),
        ("<a@example.com>", "a@example.com"),
        ("Harbour Watch <a@example.com>", "Harbour Watch <a@example.com>"),
        ("Harbour, Inc. <a@example.com>", '"Harbour, Inc." <a@example.com>'),
        ('"Harbour, Inc." <a.b+c@example.com>', '"Harbour, Inc." <a.b+c@example.com>'),
        ("a@localhost", "a@localhost"),
    ],
)
def test_an_address_may_have_a_name_before_it(sender, shown):
    assert parsed(built(sender=sender))["From"] == shown


def test_a_thread_a_list_and_a_way_out_of_it_stand_in_the_headers():
    before = message_id("digest", "2026-W30", "ada@example.org", "example.com")
    first = message_id("digest", "thread", "ada@example.org", "example.com")
    leave = "mailto:team@example.com?subject=unsubscribe%20specwatch"
    message = parsed(built(references=[first, before], list_id="digest.specwatch.example.com", list_unsubscribe=leave))
    assert message["References"].split() == [first, before]
    assert message["In-Reply-To"] == before
    assert message["List-Id"] == "<digest.specwatch.example.com>"
    assert message["List-Unsubscribe"] == f"<{leave}>"


def test_a_file_goes_along_and_the_bytes_stay_the_same():
    file = Attachment("specwatch-2026-W31.txt", "Every change: ä\n" * 100)
    message = parsed(built(attachments=[file]))
    assert message.get_content_type() == "multipart/mixed"
    (attached,) = message.iter_attachments()
    assert (attached.get_filename(), attached.get_content_type()) == ("specwatch-2026-W31.txt", "text/plain")
    assert attached.get_content().replace("\r\n", "\n") == file.text
    assert plain_text(message) == "Two deadlines.\n"
    assert bytes(built(attachments=[file])) == bytes(built(attachments=[file]))


@pytest.mark.parametrize(
    "hostile",
    [
        {"references": ["<a@example.com>\r\nBcc: eve@example.org"]},
        {"list_id": "a>\r\nBcc: eve@example.org"},
        {"attachments": [Attachment('a"\r\nBcc: eve@example.org', "")]},
    ],
    ids=["references", "list id", "file name"],
)
def test_nothing_is_smuggled_in_by_threads_lists_and_files(hostile):
    with pytest.raises(DeliveryError):
        built(**hostile)
