"""What an English sentence says of deprecation: that something goes, when, and what takes its place.

No grammar, but a few patterns, each of which must find its verb in a clause that neither negates it ("is not
deprecated") nor supposes it ("whether the field is deprecated", "may be deprecated"). What they find is weak evidence.
How well they do is measured on the labelled sentences of `tests/ledger/sentences.tsv`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Final

from monitor.ledger.prose_dates import Duration, Span, dates_in, durations_in


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of deprecation.

    `words` are the sentence, its white space made even. `about` is the name of what it is said of, where it gives one
    (the field `status` in an operation's description). `certain`: it is said to be so now, not only to come. `ends` is
    the given day of the removal, `lasts` the given time until it, `since` the day from which it holds. `successor` is
    the text that names the replacement: `GET /v2/users`, `required_v2`, `CatalogV3`.
    """

    words: str
    about: str | None = None
    certain: bool = True
    ends: date | None = None
    lasts: Duration | None = None
    since: date | None = None
    successor: str | None = None


_THINGS: Final = (
    r"(?:end-?points?|operations?|methods?|calls?|routes?|fields?|propert(?:y|ies)|parameters?|params?|attributes?"
    r"|headers?|API|APIs|versions?|resources?|schemas?|objects?|types?|events?|webhooks?|options?|arguments?|scopes?"
    r"|services?|keys?|flags?|features?|functionality|formats?|enum|values?|media types?|filters?|documents?)"
)
_REMOVE: Final = (
    r"(?:removed|retired|sunset|sunsetted|discontinued|decommissioned|dropped|deleted|withdrawn|terminated"
    r"|(?:shut|turned|switched)[ -](?:down|off)|phased out|end-of-lifed|EOL|unavailable|disabled)"
)
_DOING: Final = r"(?:deprecating|sunsetting|retiring|removing|discontinuing|decommissioning|phasing out|shutting down)"
_BE: Final = r"(?:is|are|was|were|(?:has|have|had)(?: now| since| already| recently| \w+ly)? been|being|got|gets)"
_ADVERBS: Final = (
    r"(?:(?: now| officially| also| currently| already| all| both| therefore| hereby| formally| effectively|"
    r" considered| being| marked as| marked| declared| fully| partially| soon| to be) ?)*"
)

# Said of a thing that is so now.
_STANDS: Final = re.compile(
    rf"\b{_BE}{_ADVERBS} ?(?:deprecated|obsolete|obsoleted|end-of-life|sunsetted)\b"
    r"|\bbecame (?:deprecated|obsolete)\b"
    rf"|\b(?:we|they|[A-Z]\w+) ?(?:are|'re|is|have been|has been) (?:now )?{_DOING}\b"
    r"|\b(?:we|[A-Z]\w+)(?: have| has)? (?:now |recently )?deprecated (?:this|the|these)\b"
    r"|\bdeprecated (?:in favou?r of|since|as of|from|starting|and will|and scheduled|with effect)\b"
    r"|\b(?:is|are) no longer (?:supported|maintained|recommended|in use)\b"
    r"|\b(?:is|are) (?:(?:being|been) )?(?:scheduled|slated|planned|due|marked) (?:for|to be) "
    r"(?:removal|removed|deprecation|retirement|shutdown)\b"
    r"|\b(?:has|have) reached (?:its|their|the) end of life\b",
    re.IGNORECASE,
)
# The same words are said of records, so a thing of an API must be named.
_GONE: Final = re.compile(
    rf"\b{_BE}(?: now)? (?:superseded|replaced) by\b"
    rf"|\b{_BE}(?: now)? (?:being )?(?:retired|sunset|discontinued|phased out|decommissioned)\b",
    re.IGNORECASE,
)
# The mark before or after a text: "DEPRECATED: …", "[Deprecated] …", "… (deprecated)".
_LABEL: Final = re.compile(
    r"^[\s*_>#!\u26a0\ufe0f~-]*[\[(<*_]*\s*(?:deprecated|deprecation(?: notice| warning)?|obsolete)\b[\s*_]*"
    r"(?=$|[:.,;!\])>\u2013\u2014]|-|\s-|\s(?:in favou?r|since|as of|from|and|use|please|by|on|in|see|due|because|with|"
    r"this|the|it)\b)"
    r"|[\[(]\s*(?:now )?(?:deprecated|obsolete)\b[^\])]*[\])]?"
    r"|(?:^|[.!?:\u2013\u2014-]\s)\s*(?:deprecated|obsolete)\s*[.!]?\s*$",
    re.IGNORECASE,
)
_SHOUTED: Final = re.compile(r"^\W*(?:DEPRECATED|OBSOLETE)\b")
# Said of what is to come; a thing of an API must be named, or the removal be dated by a version.
_TO_COME: Final = re.compile(
    rf"\b(?:will|shall|is going to|are going to|is to|are to)(?: soon| eventually| then| all| also)? be(?:come)?"
    rf"{_ADVERBS} ?(?:{_REMOVE}|deprecated|obsolete)\b"
    r"|\bwill (?:soon )?(?:no longer be (?:returned|sent|supported|available|served|accepted|filled|included)|"
    r"stop working|stop being \w+|go away|cease to (?:exist|work|function)|disappear|reach (?:its|their) end of life)"
    rf"|\bwe(?: will|'ll| plan to| intend to| are going to|'re going to) (?:soon )?"
    r"(?:remove|retire|sunset|deprecate|discontinue|drop|turn off|shut down|decommission|stop supporting|phase out)\b"
    r"|\b(?:removal|retirement|sunset|shutdown) of (?:this|these|the) [\w ]{0,40}"
    r"(?:is|are|will be) (?:planned|scheduled|set)\b"
    r"|\b(?:sunsets?|retires?|expires?) (?:on|in)\b|\bsunset(?: date)?\s*[:=]|\bend of life\s*[:=]|\bEOL\s*[:=]",
    re.IGNORECASE,
)
_NAMES_A_THING: Final = re.compile(
    rf"\b(?:this|these|the|that|those|our|version|all|both)\b[^.;]{{0,60}}?\b{_THINGS}\b", re.IGNORECASE
)
_THING: Final = re.compile(
    r"\b(?:end-?points?|operations?|methods?|calls?|routes?|fields?|propert(?:y|ies)|parameters?|attributes?|headers?"
    r"|APIs?|resources?|schemas?|webhooks?|services?|functionality)\b",
    re.IGNORECASE,
)
_IN_A_VERSION: Final = re.compile(
    r"\bin (?:a|an|the|some) (?:future|later|upcoming|next|coming|subsequent|following)(?: \w+)? "
    r"(?:version|release|update|iteration)s?\b|\bin (?:the )?(?:near )?future(?: versions| releases)?\b"
    r"|\bin v(?:ersion)? ?\d|\bfrom (?:the|this|our) API\b",
    re.IGNORECASE,
)
_OF_DATA: Final = re.compile(
    r"\b(?:removed|deleted|dropped|disabled) from (?:the|your|a|this|all|its|every) "
    r"(?!API|document|spec|schema|response|payload)",
    re.IGNORECASE,
)
_PRONOUN: Final = re.compile(
    r"^(?:note that |please note that )?(?:and |but )?(?:it|they|this|these|support|access|calls|requests)\b"
    r"|\band (?:it )?will\b|, (?:it|and|they|which|with)\b",
    re.IGNORECASE,
)

# Before the verb, within its clause.
_NEGATED: Final = re.compile(
    r"\b(?:not|never|neither|nor|isn't|aren't|wasn't|weren't|won't|hasn't|haven't|no plans?|cannot|without|un)\b"
    r"|\bnone\b|\bnothing\b"
    rf"|\bno (?:\w+ )?{_THINGS}\s*$",
    re.IGNORECASE,
)
_SUPPOSED: Final = re.compile(
    r"\b(?:that|those|ones)\s*$"
    r"|\b(?:whether|if|when|whenever|once|unless|until|in case|where|while|should|may|might|can|could|would|"
    r"before|after|how|why|which|who|what|any|some|every|each|either|example|suppose|assume|prevents?|avoids?)\b"
    r"|(?<!this )(?<!the )(?<!these )(?<!our )\b(?:indicat\w+|shows?|mean(?:s|ing)|denotes?|signals?"
    r"|specif(?:y|ies)|returns?|tells?|reports?|lists?|includes?|contains?|excludes?|filters?|hides?|determines?|checks?|sets?|marks?|flags?)\b"
    r"|\b(?:date|time|timestamp|moment|day|reason|number)s?(?: and time)?(?: at| on| in| from| after)?"
    r"(?: which| that| when)?(?: the| an?| this)? [\w -]{0,40}$|^\s*(?:an?|other) [\w-]+(?: [\w-]+)? $",
    re.IGNORECASE,
)
# After the verb.
_SUPPOSED_AFTER: Final = re.compile(
    r"^[^.;,]{0,12}\b(?:before (?:being|they|it|we|any)|at least|(?:or|nor) (?:not|removed|active)"
    r"|only (?:when|if|after)|when (?:a|an|all|no|they|there)|if\b)",
    re.IGNORECASE,
)
_BULLET: Final = re.compile(r"^\s*(?:[-*+•]|\d+[.)])\s+")
_CODE: Final = re.compile(r"`+([^`]+)`+")
_LINK: Final = re.compile(r"\[([^\[\]]+)\]\([^()\s]*\)")
_TAG: Final = re.compile(r"</?[A-Za-z][^<>]*>")
_END: Final = re.compile(
    r"(?<=[.!?])[\])*_]*\s+(?=[\[(*_>]*[A-Z\ue000\W])|\n\s*\n|\n(?=\s*(?:[-*+•]|\d+[.)])\s)|\n(?=#)"
)
_ABBREVIATED: Final = re.compile(r"\b(?:e\.g|i\.e|etc|vs|cf|approx|no)\.$", re.IGNORECASE)
_CLAUSE: Final = re.compile(r"[,;:()\[\]\u2013\u2014]|\s-\s|\b(?:but|however|although|though)\b", re.IGNORECASE)

_WORD: Final = r"[\w\ue000-\uf8ff/{}.$\-~'#]"
_NAMED: Final = re.compile(
    r"\b(?:please |instead,? |rather |should |must |can |to |and )*"
    r"(?:use(?! of)|using|in favou?r of|(?:superseded|replaced) (?:by|with)|replacements? is|replacement:|"
    r"(?:migrate|migrating|switch|move|upgrade|moving|switching) to|prefer|rely on|refer to|see|adopt)"
    rf"(?: instead)?:? (?:the |our |an? |new |newer )*(?P<name>{_WORD}+(?: {_WORD}+){{0,5}}?)"
    r"(?=$|[,;:)!?\]]|\.(?:\s|$|\))|\s(?:instead|as|because|which|that|for|when|to|from|where|with|end-?points?|"
    r"fields?|propert(?:y|ies)|parameters?|operations?|attributes?|before|by|if|since|rather|until|on|in|at|header|"
    r"methods?|going)\b|\s[-\u2013\u2014(\[])",
    re.IGNORECASE,
)
_SHOULD_BE_USED: Final = re.compile(
    rf"(?P<name>{_WORD}+)(?: (?:end-?point|field|property|parameter|operation))? (?:should|must|can) be used instead",
    re.IGNORECASE,
)
_WEAKER: Final = re.compile(r"(?:see|refer to|use)\b", re.IGNORECASE)
_NO_NAME: Final = re.compile(r"(?:it|this|that|them|these|those|caution|with|at|of|one|other|to|the)\b", re.IGNORECASE)
_HTTP: Final = re.compile(r"\b(GET|PUT|POST|DELETE|PATCH|HEAD|OPTIONS|TRACE) (/[^\s`'\"),;]*[^\s`'\"),;.])")
_ABOUT: Final = re.compile(
    rf"\b(?:the|this|our)?\s*(?:(?P<kind1>{_THINGS})\s+)?(?P<code>[\ue000-\uf8ff])(?:\s+(?P<kind2>{_THINGS}))?"
    r"(?:\s+(?:query|path|header|body|request|response)?\s*\w*)?\s*$",
    re.IGNORECASE,
)
_ABOUT_WORDS: Final = re.compile(
    rf"\bthe ['\"“]?(?P<name>\w+)['\"”]? (?:query |path |body )?{_THINGS}\s*$", re.IGNORECASE
)
_OF_THE_API: Final = re.compile(
    r"(?:old|legacy|whole|entire|v\d+|following|previous|current|given|same)$", re.IGNORECASE
)

_REMOVAL_WORDS: Final = re.compile(
    r"remov\w*|retire\w*|retiring|sunset\w*|discontinu\w*|decommission\w*|shut\w*|turned off|switched off|delet\w*|"
    r"withdrawn|phased? out|stop\w*|until|end of life|EOL|goes? away|cease|migrat\w*|switch|move|upgrade|drop\w*|"
    r"expire\w*|unavailable|disabled|disappear|supported|longer|terminat\w*",
    re.IGNORECASE,
)
_SINCE_WORDS: Final = re.compile(r"deprecat\w*|obsolete\w*|since|as of|superseded|replaced", re.IGNORECASE)


def statements(text: str) -> tuple[Statement, ...]:
    """What a text in English (plain or Markdown) says of deprecation, in its order.

    A sentence that goes on about the one before ("It will be removed on 1 March 2027. Please use X instead.") adds its
    date and its replacement to that statement.
    """
    # A document says the same of many things, and its next version says it again.
    return _kept(text) if len(text) <= _LONGEST_KEPT else _read(text)


def _read(text: str) -> tuple[Statement, ...]:
    plain, codes = _masked(text)
    found: list[Statement] = []
    near = 0
    sentences = _sentences(plain)
    for sentence in sentences:
        said = _said(sentence, codes, follows=near > 0)
        if said is not None and not (near and said.about is None and _goes_on(sentence)):
            found.append(said)
            near = 3
        elif near:
            near -= 1
            found[-1] = _with(found[-1], sentence, codes)
    if len(found) == 1 and found[0].successor is None:
        # "Use X instead. This parameter is deprecated."
        named = (_successor(sentence, codes) for sentence in sentences if "instead" in sentence)
        found[0] = replace(found[0], successor=next((name for name in named if name), None))
    return tuple(found)


_LONGEST_KEPT: Final = 1000
_kept = lru_cache(maxsize=32_768)(_read)


def is_said(text: str) -> bool:
    """Whether a text says that something is or will be deprecated."""
    return bool(statements(text))


def _masked(text: str) -> tuple[str, list[str]]:
    """The text with each code span as one character of the private use area, so that its words are no words."""
    codes: list[str] = []

    def mask(match: re.Match[str]) -> str:
        if len(codes) >= 6000:
            return match[0]
        codes.append(" ".join(match[1].split()))
        return chr(0xE000 + len(codes) - 1)

    text = re.sub("[\ue000-\uf8ff]", " ", text).replace("\u2019", "'")
    text = _CODE.sub(mask, _LINK.sub(r"\1", _TAG.sub(" ", text)))
    # A name in quotes is a name too, unless it is a phrase.
    return re.sub(r"['\"“]([\w.\-/]+)['\"”](?!\w)", mask, text), codes


def _sentences(text: str) -> list[str]:
    sentences: list[str] = []
    for part in _END.split(text):
        if sentences and _ABBREVIATED.search(sentences[-1]):
            sentences[-1] += f" {part}"
        elif part.strip():
            sentences.append(part)
    return [_even(sentence) for sentence in sentences]


def _even(sentence: str) -> str:
    bullet = "- " if _BULLET.match(sentence) else ""
    words = " ".join(re.sub(r"\*\*|__|(?<!\w)[*_](?=\w)|(?<=\w)[*_](?!\w)", "", _BULLET.sub("", sentence)).split())
    return bullet + words


def _said(sentence: str, codes: list[str], *, follows: bool) -> Statement | None:
    if sentence.endswith("?"):
        return None
    item = sentence.startswith("- ")
    body = sentence[2:] if item else sentence
    place = _place(body, item=item, follows=follows)
    if place is None:
        return None
    at, certain = place
    verb = _STANDS.search(body)
    said = Statement(_shown(body, codes), _about(body[: at if verb is None else verb.start()], codes), certain)
    return _with(said, body, codes)


def _place(body: str, *, item: bool, follows: bool) -> tuple[int, bool] | None:
    """Where the deprecation is said, and whether of now; None where it is not said."""
    label = _LABEL.search(body)
    shouted = _SHOUTED.match(body)
    # `- deprecated: no longer sold` is a value of a list and what it means.
    if (label or shouted) and not (item and body.startswith("deprecated")):
        before = body[: label.start()] if label else ""
        if not _supposed(before) and not re.match(r"deprecated [a-z]+s? (?:are|is|will|have)\b", body, re.IGNORECASE):
            return (label.start() if label else 0, True)
    for match in _STANDS.finditer(body):
        if _holds(body, match):
            return match.start(), True
    for match in _GONE.finditer(body):
        if _holds(body, match) and _THING.search(body[: match.start()]):
            return match.start(), True
    for match in _TO_COME.finditer(body):
        if _holds(body, match) and _of_an_api(body, match, follows=follows):
            return match.start(), False
    return None


def _holds(body: str, match: re.Match[str]) -> bool:
    clause = _CLAUSE.split(body[: match.start()])[-1]
    inside = match[0]
    if _NEGATED.search(clause) or re.search(r"\bnot\b|n't\b", inside, re.IGNORECASE):
        return False
    return not _supposed(clause) and not _SUPPOSED_AFTER.match(body[match.end() :])


def _supposed(clause: str) -> bool:
    return _SUPPOSED.search(clause) is not None


def _of_an_api(body: str, match: re.Match[str], *, follows: bool) -> bool:
    """Whether what will be removed is a part of an API, and no record in it."""
    if "deprecat" in match[0].lower():
        return True
    if _OF_DATA.search(body[match.start() :]):
        return False
    if _IN_A_VERSION.search(body[match.start() :]) or match[0].lower().startswith(("sunset", "eol", "end of life")):
        return True
    thing = _NAMES_A_THING.search(body[: match.end() + 60])
    if thing is not None and re.match(r"this|these|version|our|all|both", thing[0], re.IGNORECASE):
        return True
    dated = bool(dates_in(body) or durations_in(body))
    return (thing is not None and dated) or (follows and _PRONOUN.search(body) is not None)


def _goes_on(sentence: str) -> bool:
    return _PRONOUN.match(sentence) is not None and not _LABEL.search(sentence) and not _STANDS.search(sentence)


def _with(said: Statement, sentence: str, codes: list[str]) -> Statement:
    """The statement with what the sentence says of dates and of the replacement, where it has none yet."""
    ends, since = said.ends, said.since
    for span in dates_in(sentence):
        if _is_removal(sentence, span):
            ends = ends or span.day
        else:
            since = since or span.last
    lasts = said.lasts
    for start, end, duration in durations_in(sentence):
        if _is_removal(sentence, Span(start, end, date.min, date.min)):
            lasts = lasts or duration
    return replace(said, ends=ends, since=since, lasts=lasts, successor=said.successor or _successor(sentence, codes))


def _is_removal(sentence: str, span: Span) -> bool:
    """Whether a date is that of a removal: by the last word before it that tells, else by the first after it."""
    before, after = sentence[: span.start], sentence[span.end :]
    if re.search(r"\buntil\s*$", before, re.IGNORECASE):
        return True
    if re.search(r"\b(?:as of|since|from)(?: \w+)?\s*$", before, re.IGNORECASE) and not _TO_COME.search(sentence):
        return False
    removal = [match.start() for match in _REMOVAL_WORDS.finditer(before)]
    said = [match.start() for match in _SINCE_WORDS.finditer(before)]
    if removal or said:
        return max(removal, default=-1) > max(said, default=-1)
    first, other = _REMOVAL_WORDS.search(after), _SINCE_WORDS.search(after)
    return first is not None and (other is None or first.start() < other.start())


def _successor(sentence: str, codes: list[str]) -> str | None:
    found = [*_NAMED.finditer(sentence), *_SHOULD_BE_USED.finditer(sentence)]
    # "see" and "use" are said of much else: what names a replacement for certain goes first.
    found.sort(key=lambda match: (_WEAKER.match(match[0]) is not None and "instead" not in sentence, match.start()))
    for match in found:
        if re.search(r"(?:\bnot|n't|never|longer|to|who|you|cannot|can)\s*$", sentence[: match.start()], re.IGNORECASE):
            continue
        name = _shown(match["name"], codes).strip(" .'\"")
        if not name or _NO_NAME.match(name) or name.lower().startswith("http"):
            continue
        request = _HTTP.search(_shown(sentence[match.start("name") :], codes))
        return f"{request[1]} {request[2]}" if request is not None and name.startswith(request[1]) else name
    return None


def _about(before: str, codes: list[str]) -> str | None:
    """The name in front of the verb, where it is that of a part."""
    clause = _CLAUSE.split(before)[-1]
    match = _ABOUT.search(clause)
    if match is not None:
        return _shown(match["code"], codes)
    word = _ABOUT_WORDS.search(clause)
    return None if word is None or _OF_THE_API.match(word["name"]) else word["name"]


def _shown(text: str, codes: list[str]) -> str:
    return re.sub("[\ue000-\uf8ff]", lambda match: _code(match[0], codes), text)


def _code(character: str, codes: list[str]) -> str:
    index = ord(character) - 0xE000
    return codes[index] if index < len(codes) else ""
