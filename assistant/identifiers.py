"""Find e-mail addresses, telephone numbers and personnel numbers in a text (pure).

Part numbers and codes look like telephone numbers often: a bare number is one only in a form that
nothing else has, or beside a word that says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

Span = tuple[int, int]

_EMAIL = re.compile(
    r"[A-Za-z0-9ÄÖÜäöüß._%+\-]+\s?(?:@|\(at\)|\[at\])\s?[A-Za-z0-9ÄÖÜäöüß\-]+"
    r"(?:\.[A-Za-z0-9ÄÖÜäöüß\-]+)*\.[A-Za-z]{2,}"
)
_NUMBER = r"\(?\+?\(?\d(?:[\d()\-–./ ]{1,22})\d"
_PHONE_WORD = (
    r"(?:\b(?:tele(?:fon|phone)|tel|phone|ph|mobile|mobil|mob|handy(?:nr|nummer)?|cell(?:phone)?"
    r"|rufnummer|rückruf|callback|call(?:\s+back)?|ring|dial|anrufen|durchwahl|dect|fax|whatsapp"
    r"|nst|nebenstelle|extension|ext|dw|reach(?:ed|able)?|erreichbar|(?:my|his|her|their|meine|seine|ihre)\s+numm?be?r)\b|☎|📞"
    r"|电话|手机|座机|分机|内线|致电|拨打|微信|联系方式)"
)
_BETWEEN = (
    r"(?:[\s.:：#=(]|\b(?:me|him|her|us|at|on|under|unter|über|via|no|nr|number|nummer|is|ist|auf"
    r"|am|the|der|die|to|for|it|ihn|ihm|sie|bitte|please|number:)\b|号码|是|为|请|号|-){0,8}"
)
_WITH_WORD = re.compile(rf"(?i){_PHONE_WORD}{_BETWEEN}({_NUMBER})")
_FORMS = re.compile(
    r"(?<![A-Za-z0-9_.\-/+])(?:"
    r"(?:\+|00)[1-9]\d{0,2}[\s\-./]?(?:\(0?\d{1,5}\)[\s\-./]?)?\d{1,5}(?:[\s\-./]?\d{2,5}){1,4}"
    r"|01[5-7]\d[\s\-/]?\d{3,4}[\s\-]?\d{3,5}"  # German mobile
    r"|07\d{3}[ ]?\d{3}[ ]?\d{3}"  # British mobile
    r"|\(0\d{2,5}\)\s?\d{3,8}(?:-\d{1,4})?"
    r"|0\d{2,4}\s?/\s?\d{4,9}(?:-\d{1,4})?"
    r"|1[3-9]\d[\- ]?\d{4}[\- ]?\d{4}|0\d{2,3}-\d{4}[\- ]?\d{4}"  # Chinese
    r"|\([2-9]\d{2}\)\s?[2-9]\d{2}-\d{4}"
    r"|[2-9]\d{2}[-.][2-9]\d{2}[-.]\d{4}"
    r")(?![A-Za-z0-9_/]|-[A-Za-z0-9]|\.\d)"
)
_PART_WORD = re.compile(
    r"(?i)(?:\b(?:p/?n|part(?:\s+(?:no|number))?|art(?:ikel)?|bestell|order|mat(?:erial)?|sach"
    r"|s/?n|serial|serien|ser|model|typ|type|item|stock|spare|et|teil(?:e)?|ident|zeichnung|drawing)"
    r"[\s.\-]*(?:nr|no|nummer|number|#)?|件号|备件号?|订货号|物料号?|序列号|型号|图号|编号)"
    r"[\s.:：#]*$"
)
_OF_PARTS = re.compile(r"(?i)\b(?:part|p/n|stock no|order no|bestellnr|artikelnr|teilenummer)\b")
_PERSONNEL = re.compile(
    r"(?i)(?:\b(?:personn?el|personal|pers\.?|staff|employee|empl?\.?|worker|badge|payroll|clock"
    r"|stamm|ausweis|mitarbeiter|ma|werks?ausweis|chip|user)[\s.\-]*"
    r"(?:id|nr|no|number|nummer|card|karte|#)?|\bpnr|\bclock\s+in\s+no"
    r"|(?:员工|人员|工牌|胸卡|职工|身份)编?号?|工号|胸卡)"
    r"[\s.:：#=]*(?:is|ist|为|是)?[\s.:：#]*"
    r"((?:[A-Z]{1,3}-?)?\d{3,10})(?![A-Za-z0-9_-]|[.,]\d)"
)
_PERSONNEL_NEEDS_NUMBER = re.compile(
    r"(?i)^(?:personn?el|personal|staff|worker|mitarbeiter|ma|chip|user|clock|stamm|pers|emp)$"
)
_LEAST_DIGITS = 3
_MOST_DIGITS = 16


def identifiers(text: str) -> list[Span]:
    """Where identifiers of people stand, by their start, none overlapping."""
    found = [*_emails(text), *_phones(text), *_personnel(text)]
    kept: list[Span] = []
    for start, end in sorted(found, key=lambda span: (span[0], -span[1])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return kept


def _emails(text: str) -> Iterator[Span]:
    for match in _EMAIL.finditer(text):
        yield match.span()


def _phones(text: str) -> Iterator[Span]:
    for match in _FORMS.finditer(text):
        sentence = re.split(r"[.;。；]\s|\n", text[: match.start()])[-1]
        if not _PART_WORD.search(text[: match.start()]) and not _OF_PARTS.search(sentence):
            yield match.span()
    for match in _WITH_WORD.finditer(text):
        start, end = match.span(1)
        number = _trimmed(text[start:end])
        end = start + len(number)
        digits = sum(map(str.isdigit, number))
        follows = text[end : end + 1]
        if _LEAST_DIGITS <= digits <= _MOST_DIGITS and not (
            follows and follows.isascii() and (follows.isalnum() or follows in "_%°")
        ):
            yield start, end


def _trimmed(number: str) -> str:
    """The number up to where the next sentence, a time or a bracket begins."""
    number = re.split(r"\.\s|\s[-–]\s|\s\(|  ", number)[0]
    number = number.rstrip(" .-–/(")
    if number.count(")") > number.count("("):
        number = number[: number.rindex(")")].rstrip()
    return number


def _personnel(text: str) -> Iterator[Span]:
    for match in _PERSONNEL.finditer(text):
        word = text[match.start() : match.start(1)].strip(" .:：#=-")
        is_bare = _PERSONNEL_NEEDS_NUMBER.match(word) is not None
        if not is_bare:
            yield match.span(1)
