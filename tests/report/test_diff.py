"""The diff as text and Markdown: what is said, in which order, and that nothing in a document can do harm."""

from __future__ import annotations

import json
import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from monitor.contract import Direction
from monitor.policy import PromiseState
from monitor.report import (
    ChangeEntry,
    DiffDocument,
    Location,
    OperationEffect,
    Side,
    Summary,
    diff_json,
    diff_json_pieces,
    diff_markdown,
    diff_text,
    encode,
)
from monitor.report.text import (
    Style,
    clip,
    code,
    escape,
    harmless_json,
    json_text,
    listed,
    operations,
    plain,
    plural,
    prose,
    value,
    wrap,
)
from monitor.rules import Level

LANTERNS = """\
openapi: 3.0.3
info: {title: Lanterns, version: '1'}
paths:
  /v1/lanterns:
    get:
      description: All of them.
      responses:
        '200':
          description: All of them.
          content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Lantern'}}}}
    post:
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: '#/components/schemas/Lantern'}}}
      responses: {'201': {description: Made.}}
  /v1/wicks:
    delete: {deprecated: true, responses: {'204': {description: Gone.}}}
components:
  schemas:
    Lantern:
      type: object
      required: [id]
      properties:
        id: {type: string}
        colour: {type: string, enum: [red, green]}
        wicks: {type: array, items: {type: integer}}
"""
CHANGED = (
    LANTERNS.replace("[red, green]", "[red]")
    .replace("        wicks: {type: array, items: {type: integer}}\n", "        oil: {type: string}\n")
    .replace("      description: All of them.\n      responses", "      description: Each of them.\n      responses")
    .replace("  /v1/wicks:\n    delete: {deprecated: true, responses: {'204': {description: Gone.}}}\n", "")
)


def entry(**facts) -> ChangeEntry:
    """A change by hand, for what no small document brings about."""
    given = {
        "rule": "property-became-optional",
        "level": Level.BREAKING,
        "promise": PromiseState.UNSTATED,
        "affects": "wire",
        "fingerprint": "0" * 16,
        "directions": (Direction.RESPONSE,),
        "message": "The property `lit` may be absent.",
        "why": "Because.",
        "location": Location("/components/schemas/Lantern/required/0", None),
        "operations": (),
        "before": None,
        "after": None,
        "reasons": (),
    }
    return ChangeEntry(**{**given, **facts})


def met_by(*paths: str, where: str = "response 200 body", level: Level = Level.BREAKING) -> tuple[OperationEffect, ...]:
    return tuple(OperationEffect("operation", "GET", path, Direction.RESPONSE, level, where) for path in paths)


def document(*changes: ChangeEntry, promise: str | None = None, source: str = "a.yaml") -> DiffDocument:
    side = Side(source, "0" * 64, "3.0.3", "Lanterns", "1")
    counts = [sum(change.level is level for change in changes) for level in Level]
    return DiffDocument(
        client="strict", promise=promise, before=side, after=side, summary=Summary(*counts, 0), changes=changes
    )


# --- what is said ---


def test_what_to_act_on_stands_first_and_docs_are_counted(compared):
    text = diff_text(compared(LANTERNS, CHANGED))
    places = [text.index(word) for word in ("\nbreaking  ", "\nrisky  ", "\ncompatible  ", "\ndocs  ")]
    assert places == sorted(places)
    assert re.search(r"^docs +1 documentation-changed$", text, re.MULTILINE)
    assert "2 breaking, 1 risky, 1 compatible and 1 docs changes; 3 operations are affected." in text


def test_a_change_is_told_with_its_rule_place_operations_and_reason(compared):
    text = diff_text(compared(LANTERNS, CHANGED))
    assert (
        'breaking    The value "green" is gone from the list.\n'
        "  rule           enum-value-removed (94b35f58)\n"
        "  at             /components/schemas/Lantern/properties/colour/enum/1\n"
        "  sent to        POST /v1/lanterns\n"
        "  received from  GET /v1/lanterns (compatible there)\n"
        "  where          body > colour (and 1 more)\n"
        '  witness        `{"colour": "green", "id": "text"}` was accepted by POST /v1/lanterns and is\n'
        "                 refused now.\n"
        "  why            A caller that sends the value was served, and is now refused.\n"
    ) in text


def test_a_schema_that_went_is_told_by_its_kind(compared):
    text = diff_text(compared(LANTERNS, CHANGED))
    assert "  was            array of integer\n" in text


def test_a_removed_operation_says_that_it_was_flagged_and_not_its_name_twice(compared):
    text = diff_text(compared(LANTERNS, CHANGED))
    (block,) = [part for part in text.split("\n\n") if "operation-removed" in part]
    assert block.count("DELETE /v1/wicks") == 1
    assert "  was            deprecated\n" in block


def test_a_compatible_change_takes_one_line(compared):
    text = diff_text(compared(LANTERNS, CHANGED), width=120)
    assert (
        "compatible  The property `oil` is new and may be absent. (Lantern; 2 operations) [optional-property-added]\n"
    ) in text


def test_what_is_deprecated_now_stands_first_among_the_compatible(compared):
    after = LANTERNS.replace("    post:\n", "    post:\n      deprecated: true\n").replace(
        "[red, green]", "[red, green]"
    )
    after = after.replace("        id: {type: string}\n", "        id: {type: string}\n        aaa: {type: string}\n")
    text = diff_text(compared(LANTERNS, after))
    assert text.index("POST /v1/lanterns is deprecated now") < text.index("`aaa`")


def test_the_reason_of_a_rule_is_given_once(compared):
    text = diff_text(document(entry(), entry(message="Another.")))
    assert text.count("Because.") == 1


def test_the_promise_is_said_of_each_change_only_where_there_is_one(compared):
    alone, held = compared(LANTERNS, CHANGED), compared(LANTERNS, CHANGED, promise="incident-io")
    assert not re.search(r"^ *promise ", diff_text(alone), re.MULTILINE | re.IGNORECASE)
    text = diff_text(held)
    assert "\nPromise  incident-io\n" in text
    assert text.count("  promise        ") == sum(change.level in {"breaking", "risky"} for change in held.changes)
    assert "  promise        broken: incident.io promises not to do this" in text


def test_a_broken_promise_is_not_hidden_in_a_count_or_a_line():
    changes = [entry(level=level, promise=PromiseState.BROKEN) for level in (Level.COMPATIBLE, Level.DOCS)]
    text = diff_text(document(*changes, promise="incident-io"))
    assert text.count("Promise: broken.") == 2
    assert diff_markdown(document(*changes, promise="incident-io")).count("Promise **broken**") == 2


def test_a_client_that_moves_a_level_gives_its_reason(compared):
    text = diff_text(compared(LANTERNS, LANTERNS.replace("[red, green]", "[red, green, blue]"), client="codegen"))
    assert re.search(r"^breaking +The value \"blue\" is new", text, re.MULTILINE)
    assert "  because        For the client codegen it is breaking in a response, not risky" in text


def test_five_operations_are_named_and_the_rest_counted():
    many = document(entry(operations=met_by(*(f"/v1/{name}" for name in "abcdefgh"))))
    assert "GET /v1/a, GET /v1/b, GET /v1/c, GET /v1/d, GET /v1/e and 3 more" in " ".join(diff_text(many).split())
    assert "`GET /v1/e` and 3 more" in diff_markdown(many)
    assert "/v1/h" not in diff_text(many)
    assert len(json.loads(diff_json(many))["changes"][0]["operations"]) == 8


@pytest.mark.parametrize("count", [0, 1, 3])
def test_the_json_is_the_formatted_whole_though_it_is_written_change_by_change(count):
    said = entry(before={"text": "a\nb\u2028c\x85d", "empty": {}, "none": []}, after="]\n}")
    many = document(*[said] * count)
    assert diff_json(many) == harmless_json(msgspec.json.format(encode(many), indent=2).decode()) + "\n"
    assert json.loads(diff_json(many)) == json.loads(encode(many))
    assert len(list(diff_json_pieces(many))) == (count + 1 if count else 1)


def test_further_places_are_counted():
    text = diff_text(document(entry(places=(Location("/a", None), Location("/b", None)))))
    assert "  at             /components/schemas/Lantern/required/0 and 2 more places\n" in text


def test_values_are_cut_in_text_at_their_first_difference_and_never_in_json():
    long = "a" * 200
    changed = document(entry(before=f"{long}x{long}", after=f"{long}y{long}"))
    text = diff_text(changed)
    was, now = (re.search(rf"^  {label} +(…a+([xy])a+…)$", text, re.MULTILINE) for label in ("was", "now"))
    assert was
    assert now
    assert (was[2], now[2]) == ("x", "y")
    assert len(was[1]) <= 60
    assert f"{long}x{long}" in diff_json(changed)


def test_values_that_the_message_has_are_not_said_again():
    text = diff_text(
        document(entry(message="The type changed from string to integer.", before=["string"], after=["integer"]))
    )
    assert " was " not in text
    assert " now " not in text


def test_a_webhook_is_called_by_its_name():
    effect = OperationEffect("webhook", "POST", "lantern.lit", Direction.RESPONSE, Level.BREAKING, "body > lit")
    told = document(entry(operations=(effect,)))
    assert "  received from  webhook lantern.lit\n" in diff_text(told)
    assert "received from `webhook lantern.lit`" in diff_markdown(told)


@pytest.mark.parametrize(
    ("pointer", "place"),
    [
        (
            "/components/schemas/Lantern/properties/wicks/items/properties/length/maximum",
            "Lantern > wicks[] > length > maximum",
        ),
        ("/components/schemas/Lantern/required/3", "Lantern"),
        ("/components/schemas/Lantern/properties/items/properties/enum", "Lantern > items > enum"),
        ("/definitions/Lantern/properties/lit", "Lantern > lit"),
        (
            "/paths/~1v1~1lanterns/post/requestBody/content/application~1json/schema/properties/lit",
            "POST /v1/lanterns > body > lit",
        ),
        ("/paths/~1v1~1lanterns/get/responses/200/headers/ETag", "GET /v1/lanterns > response 200 > ETag"),
        ("/paths/~1v1~1lanterns/get/parameters/0/schema", "GET /v1/lanterns"),
        ("/paths/~1v1~1lanterns/parameters/0", "/v1/lanterns"),
        ("/webhooks/lantern.lit/post/requestBody", "webhook lantern.lit > body"),
        ("/servers/0", "servers"),
        ("", "the document"),
    ],
)
def test_a_place_is_said_as_a_reader_would_say_it(pointer, place):
    text = diff_text(document(entry(level=Level.COMPATIBLE, message="Moved.", location=Location(pointer, None))))
    assert f"compatible  Moved. ({place}) [" in " ".join(text.split(" "))


def test_no_change_is_said_in_words(compared):
    assert "\nNo changes.\n" in diff_text(compared(LANTERNS, LANTERNS))
    assert "No changes." in diff_markdown(compared(LANTERNS, LANTERNS))


# --- how it looks ---


@pytest.mark.parametrize("width", [60, 80, 100, 140])
def test_lines_keep_to_the_width_and_end_in_no_space(compared, width):
    text = diff_text(compared(LANTERNS, CHANGED, promise="incident-io"), width=width)
    for line in text.splitlines():
        assert line == line.rstrip()
        # A pointer or an operation is one word; what stands before it is a label.
        assert len(line) <= width or len(line[17:].split()) <= 2
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert "\n\n\n" not in text


def test_colour_comes_only_when_it_is_welcome_and_only_repeats_words(compared):
    changed = compared(LANTERNS, CHANGED, promise="incident-io")
    without, with_colour = diff_text(changed), diff_text(changed, color=True)
    assert "\x1b" not in without
    assert "\x1b" in with_colour
    assert re.sub(r"\x1b\[[0-9;]*m", "", with_colour) == without


def test_the_json_is_the_document_and_ends_in_one_newline(compared):
    changed = compared(LANTERNS, CHANGED)
    text = diff_json(changed)
    assert text.endswith("}\n")
    assert msgspec.json.decode(text, type=DiffDocument) == changed
    left_out = {"yours"}  # nobody said what is used
    assert list(json.loads(text)) == [each for each in DiffDocument.__struct_fields__ if each not in left_out]


def test_markdown_has_the_same_parts_as_the_text(compared):
    page = diff_markdown(compared(LANTERNS, CHANGED, promise="incident-io"))
    assert page.startswith("# What changed\n")
    assert page.index("## Breaking (2)") < page.index("## Risky (1)")
    assert page.index("## Risky (1)") < page.index("<summary>Compatible (1)</summary>")
    assert "- docs: 1 `documentation-changed`\n" in page
    assert "(`Lantern > colour`; 2 operations) Promise **broken**. (`enum-value-removed`, `94b35f58`)\n" in page
    assert '  - witness: `{"colour": "green", "id": "text"}` was accepted by POST /v1/lanterns and is ' in page
    assert "  - sent to `POST /v1/lanterns`\n" in page
    assert "promise **broken**: " in page


# --- hostile documents ---

EVIL = "x\x1b[31m`|<script>alert(1)</script>\n# y\u202e\x07*b*\x9b2J"
HOSTILE = LANTERNS.replace("colour", "col`our|<script>alert(1)</script>*b*").replace(
    "title: Lanterns", f"title: {json.dumps(EVIL)}"
)


def hostile(level: Level, evil: str = EVIL) -> DiffDocument:
    """A document all of whose words are somebody else's."""
    return document(
        entry(
            level=level,
            message=f"The property `{evil}` is gone.",
            location=Location(f"/components/schemas/{evil}", None),
            operations=met_by(evil, "/b", where=f"body > {evil}", level=level),
            before=evil,
            after={"a": evil},
            reasons=(f"A reason: {evil}", f"A promise: {evil}"),
            promise=PromiseState.BROKEN,
        ),
        promise=evil,
        source=evil,
    )


@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize("render", [diff_text, diff_markdown])
def test_no_control_character_of_a_document_reaches_the_reader(level, render):
    text = render(hostile(level))
    assert not re.findall(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]", text)
    assert "\n# y" not in text


def shown(page: str) -> str:
    """The page as HTML, by a renderer that passes on whatever HTML it finds."""
    return MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(page)


@pytest.mark.parametrize(
    "evil", [EVIL, "`", "``|`<b>", "a`` <script>`` *b*", "\\`<script>", "](http://a) ![x](y)", "~~a~~ a | b"]
)
@pytest.mark.parametrize("level", Level)
def test_no_markup_of_a_document_reaches_a_page(level, evil):
    html, harmless = shown(diff_markdown(hostile(level, evil))), shown(diff_markdown(hostile(level, "harmless")))
    # The same elements, but for code spans that a backtick in a name ends too early.
    assert elements(html) == elements(harmless)


def elements(html: str) -> list[str]:
    """The opening tags of a page, without code spans."""
    return [tag for tag in re.findall(r"<([a-z][a-z0-9]*)", html) if tag != "code"]


def test_a_hostile_document_through_every_layer(compared):
    changed = compared(HOSTILE, HOSTILE.replace("[red, green]", "[red]").replace("[id]", "[]"), promise="incident-io")
    assert changed.summary.breaking == 2
    assert "\x1b" not in diff_text(changed)
    assert "\x1b" not in diff_markdown(changed)
    assert not {"script", "em", "strong"} & set(elements(shown(diff_markdown(changed).replace("**", ""))))


HARD = st.text(st.sampled_from("`|<>*_~[]()!\\\n\x1b\u202e#& abc/{}\"'$")) | st.text()


@given(HARD)
def test_whatever_a_name_is_a_page_shows_it_and_obeys_nothing_of_it(name):
    for words in (escape(name), prose(name), code(name), prose(f"The property `{name}` is gone.")):
        assert set(elements(shown(f"x {words} x"))) == {"p"}
    cells = "".join(f"| {words} " for words in (escape(name), prose(name, cell=True), code(name, cell=True)))
    html = shown(f"| a | b | c |\n|---|---|---|\n{cells}|\n")
    assert elements(html).count("td") == 3
    assert not {"script", "em", "strong", "a", "s", "img", "p"} & set(elements(html))


@given(HARD)
def test_whatever_a_name_is_it_is_one_line_of_print(name):
    assert not re.findall(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]", plain(name))
    assert plain(plain(name)) == plain(name)


# --- the common words ---


def test_plain_text_is_one_line_that_a_terminal_obeys_nothing_of():
    assert plain(" a\t\r\n b\u2028c ") == "a b c"
    assert plain("a\x1b[2Jb\x00c\u202ed\x9be\ud800") == "a\ufffd[2Jb\ufffdc[U+202E]d\ufffde\ufffd"
    assert plain("grün ✓ 漢字 👩‍🚒") == "grün ✓ 漢字 👩‍🚒"


def test_counts_and_lists():
    assert [plural(count, "change") for count in (0, 1, 1204)] == ["0 changes", "1 change", "1,204 changes"]
    assert plural(2, "entry", "entries") == "2 entries"
    assert [listed(list("abc")[:count]) for count in range(4)] == ["", "a", "a and b", "a, b and c"]
    assert listed(list("abcdefg"), 2) == "a, b and 5 more"


def test_wrapping_breaks_no_operation_and_leaves_long_words_whole():
    lines = wrap(operations(["GET /aaaaaaaaaaa", "GET /bbbbbbbbbbb", f"GET /{'c' * 40}"]), 30, first="at ")
    assert lines == ["at GET /aaaaaaaaaaa,", "   GET /bbbbbbbbbbb and", f"   GET /{'c' * 40}"]
    assert wrap("", 30, first="at ") == ["at"]


def test_values_are_short():
    assert value({"b": 1, "a": [True, None]}) == '{"a": [true, null], "b": 1}'
    assert value("x" * 100, 10) == f'"{"x" * 8}…'
    assert clip("abc", 3) == "abc"


def test_markdown_is_escaped():
    assert escape("a|b *c* [d](e) <f> `g` h_i &amp;") == r"a\|b \*c\* \[d\](e) &lt;f&gt; \`g\` h\_i &amp;amp;"
    assert code("a`b") == "``a`b``"
    assert code("`a") == "`` `a ``"
    assert code("") == "` `"
    assert code("a|b", cell=True) == r"`a\|b`"
    assert prose("The `a|b` of <c>.") == "The `a|b` of &lt;c&gt;."
    assert prose("odd ` one <b>") == r"odd \` one &lt;b&gt;"


def test_a_style_without_colour_changes_nothing():
    assert Style().word("breaking") == Style().bold("breaking") == Style().dim("breaking") == "breaking"
    assert Style(color=True).word("unknown") == "unknown"
    assert Style(color=True).word("breaking") == "\x1b[1;31mbreaking\x1b[0m"


@pytest.mark.parametrize("unseen", ["\u00ad", "\u180e", "\u200b", "\u200d", "\u200c", "\u2063", "\u206a", "\U000e0041"])
def test_what_nobody_sees_in_a_name_is_shown_and_keeps_its_value_in_json(unseen):
    assert plain(f"/v1/bo{unseen}ats") == f"/v1/bo[U+{ord(unseen):04X}]ats"
    written = json_text({"name": f"bo{unseen}ats"})
    assert unseen not in written
    assert json.loads(written) == {"name": f"bo{unseen}ats"}


def test_joiners_stay_between_the_letters_and_emoji_that_they_join():
    for words in ("👩\u200d💻", "漢\u200c字"):
        assert plain(words) == words
