"""Bring a question to one spelling, and cut it into tokens (pure)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise

from assistant.analytics.asking.numerals import digits_of_chinese, digits_of_english

_QUOTES = str.maketrans(
    {"’": "'", "‘": "'", "`": "'", "´": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"'}
    | {"「": '"', "」": '"', "『": '"', "』": '"', "‐": "-", "‑": "-", "–": "-", "—": "-", "−": "-"}
    | {"。": ".", "、": ",", "～": "~", "〜": "~", "＃": "#", "№": "#", "《": '"', "》": '"'}
)
_THOUSANDS = re.compile(r"(?<![\d.,])(\d{1,3})((?:[,' ]\d{3})+)(?![\d,])")
_SHORT = re.compile(
    r"\b(vs|no|incl|excl|avg|approx|min|max|hrs?|qty|nr|wks?|yrs?|mths?|resp|prev|prio|maint)\."
)
_TOKEN = re.compile(
    r"[^\W\d_\u2e80-\u9fff]+(?:'[^\W\d_\u2e80-\u9fff]+)*"
    r"|\d+(?:\.\d+)?|[\u2e80-\u9fff]|[<>]=?|[^\w\s]|_"
)
_HAN = re.compile(r"[\u2e80-\u9fff]")
_JOINING = frozenset("-_/.#'")
_KEEP_S = ("ss", "us", "is")
_SINGULAR = {
    "mtbfs": "mtbf",
    "days": "day",
    "analyses": "analysis",
    "gas": "gas",
    "axes": "axis",
    "alias": "alias",
}


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a number, a Chinese character or a sign, and where it stands in the normal text."""

    text: str
    start: int
    end: int

    @property
    def is_word(self) -> bool:
        """Whether it is letters."""
        return self.text[0].isalpha() and not self.is_han

    @property
    def is_han(self) -> bool:
        """Whether it is a Chinese character."""
        return bool(_HAN.match(self.text))

    @property
    def is_number(self) -> bool:
        """Whether it is digits."""
        return self.text[0].isdigit()

    @property
    def is_sign(self) -> bool:
        """Whether it is neither a letter nor a digit."""
        return not (self.text[0].isalpha() or self.text[0].isdigit())

    @property
    def joins(self) -> bool:
        """Whether it only joins the parts of a name, such as the hyphen of P-101."""
        return self.text in _JOINING


def normal(text: str) -> str:
    """One case, width and kind of quotes; numbers in digits, without marks of thousands."""
    plain = unicodedata.normalize("NFKC", text).translate(_QUOTES).casefold()
    plain = "".join(
        " " if unicodedata.category(letter) in ("Cc", "Cf", "Zs", "Zl", "Zp") else letter
        for letter in plain
    )
    plain = re.sub(r"\b(what|who|how|where|which|when)'?s\b", r"\1 is", plain)
    plain = _SHORT.sub(r"\1", plain)
    plain = re.sub(r"漏了([几多]少?次)油", r"漏油\1", plain)
    plain = re.sub(r"\bw/o\b", "without", plain)
    plain = re.sub(r"\bw/(?= |\w)", "with ", plain)
    plain = re.sub(r"#\s*(?:of )?(?=[a-z])", "number of ", plain)
    plain = re.sub(r"\s\+\s", " and ", plain)
    plain = re.sub(r"(?<=[\u2e80-\u9fff])\s*\+\s*(?=[\u2e80-\u9fff])", "和", plain)
    plain = _THOUSANDS.sub(lambda m: m[1] + re.sub(r"\D", "", m[2]), plain)
    plain = digits_of_english(digits_of_chinese(plain))
    return " ".join(plain.split())


def tokens_of(text: str) -> list[Token]:
    """The tokens of a normal text."""
    return [Token(m[0], m.start(), m.end()) for m in _TOKEN.finditer(text)]


def singular(word: str) -> str:
    """A word without the ending of its plural or of a possessive."""
    word = word.removesuffix("'s").removesuffix("'")
    if word in _SINGULAR:
        return _SINGULAR[word]
    if len(word) <= 3 or not word.endswith("s") or word.endswith(_KEEP_S):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return word[:-2]
    return word[:-1]


def keys(tokens: list[Token]) -> tuple[str, ...]:
    """The spellings under which a name is looked up, without spaces: as it is, then singular."""
    return _spellings(tokens, glues=True)


def spaced(tokens: list[Token]) -> tuple[str, ...]:
    """The same with a space between words."""
    return _spellings(tokens, glues=False)


def _spellings(tokens: list[Token], *, glues: bool) -> tuple[str, ...]:
    parts = [token for token in tokens if not token.joins and token.text != "the"]
    parts = parts or [token for token in tokens if token.text == "the"]
    if not parts:
        return ()
    plain = [token.text for token in parts]
    single = [singular(text) for text in plain]
    gaps = [
        "" if glues or one.is_han or other.is_han else " " for one, other in pairwise(parts)
    ] + [""]
    found = (plain, [*plain[:-1], single[-1]], single)
    return tuple(
        dict.fromkeys(
            "".join(text + gap for text, gap in zip(texts, gaps, strict=True)) for texts in found
        )
    )


def folded(text: str) -> str:
    """The spelling under which a name is filed."""
    found = keys(tokens_of(normal(text)))
    return found[-1] if found else ""
