"""Turns of speech brought to the plain words that the rules read (pure)."""

from __future__ import annotations

import re

_UNITS = r"(?:tickets?|hours?|weeks?|jobs?|orders?|days?|minutes?|counts?|numbers?|pieces)"
_HAPPENED = r"(?:one|failure|breakdown|fault|repair|fix|occurrence|time|stop|visit|closure|closing)"
_STOOD = r"(?:downtime|down time|hours|stoppages?|standstill|lost|production time|machine time)"
_DONE = r"(?:done|carried out|made|performed|taken|applied|executed)"
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
_TIME = r"(?:year|month|quarter|week)"
_BETTER = (
    r"(?:improv(?:ed|es|ing|ement|e)|better|worse|up|down|dropped|increased|decreased|risen"
    r"|fallen|gained|higher|lower|advanced|progressed)"
)

# One after the other; what is as rare as a name of one letter stays where a noun is before it.
_TURNS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), plain)
    for pattern, plain in (
        # As people write who are in a hurry.
        (r"\bb4\b", "before"),
        (r"(?<![\d-] )(?<!line )(?<!area )(?<!site )\bw (?=[a-z]{2,}|\d+ [a-z])", "with "),
        (
            r"(?<=[a-z]{3} )(?<!line )(?<!area )(?<!site )(?<!plant )(?<!press )\b'?n'? "
            r"(?=[a-z]{3,})",
            "and ",
        ),
        (r"\b(wait(?:ing|ed)?|held up|reasons?|due|need(?:ed)?) 4 (?=[a-z])", r"\1 for "),
        (r"\b(machine|press|pump|unit|robot|compressor|conveyor|line|cell) (?:no|nr|num) (?=\d)",
         r"\1 "),
        # What is said of a word before it.
        (r"\((?:the |i mean )?(?:full |whole )?calendar(?: month| year| week| one)?\)", " "),
        (rf"(\b(?:in|as|by) {_UNITS}),? (?:and |but )?(?:not|rather than|instead of) "
         rf"(?:in |as |by )?{_UNITS}\b", r"\1"),
        (rf"(\d ?(?:days?|d|weeks?|hours?|months?)) (?:of|from|after|since|to|following) "
         rf"(?:the|each|its|a|their) (?:previous|first|earlier|preceding|prior|last|original)"
         rf" {_HAPPENED}\b", r"\1"),
        (r"\bbetween (?:any |each )?2 (?:of (?:them|these|those)|such ones?)\b", "between them"),
        (r"\bbetween (?:any |each )?2 (?=[a-z]+ (?:failures|breakdowns|faults|leaks|jams)\b)",
         "between "),
        (r"\bin (?:the )?average\b", "on average"),
        (r"\bhow long (?:is it |does it take |it takes |do we have )?on average (?=between)",
         "average time "),
        (r"\bnot having (?:any |a |an |1 )?", "without "),
        (r"\b(?:where|on which|for which|on whom) nothing (?:at all )?"
         r"(?:was|has been|had been|is|got)(?: ever)? "
         r"(?:reported|recorded|logged|raised|written)\b", "without tickets"),
        (r"\b(?:going|moving|heading|trending|developing) (?:up or down|down or up)\b", "trend"),
        (r"\b(day|week|month|quarter|year) (?:after|for) \1\b", r"\1 by \1"),
        (r"\b(?:still )?(?:in front of|ahead of) (?:it|them|us|each)\b", "work left"),
        # What costs time costs no money.
        (rf"\b(?:cost|costs|costing|costed)(?: us| the plant| the site)?"
         rf"(?= (?:the )?(?:most|least|so much|more|highest|greatest) (?:of )?(?:our )?{_STOOD}\b)",
         "give"),
        (rf"\b(?:costing|costs|cost) us (?=(?:\w+ )?{_STOOD}\b)", "give "),
        (rf"\b({_STOOD}) (?:that |which )?(?:they|it|these|those|each) (?:(?:has|have|is|are) )?"
         rf"(?:cost|costs|costing)(?: us| the plant)?\b", r"\1"),
        (r"\b(oldest|newest|latest) (?:1s?|ones?|on top|at the top|on the top|at top|up front)"
         r"(?: first)?(?=\W|$)", r"\1 first"),
        (r"\b(?:bring|brings|brought|push|pushed|drive|drove|get|got) (?:the |our |its )?"
         r"(failures|breakdowns|faults|stops|failure rate) down\b", r"reduce \1"),
        (r"\b(tickets?|orders?|reports?) against (?=this|last|since|in |for |\d)", r"\1 "),
        (r"\bdue 2 (?=[a-z])", "due to "),
        (r"^(?:so |and )?what (?:are|is|were|was|do|does|did) (.*?) "
         r"(?:mostly|mainly|usually|typically|most often|most commonly) "
         r"(?:due to|caused by|down to|because of|come from|stem from|attributable to)(?=\W*$)",
         r"most common cause of \1"),
        (rf"\bnormali[sz](?:ed?|ing) ((?:\S+ ){{0,4}}?)(?:to|by|on|for) (?={_TIME}|\d)",
         r"\1 per "),
        (r"\b(?:please |can you |could you |now )*break(?:ing)? down (?=(?:the|our|all|my)\b)"
         r"(.*?) by ", r"\1 by "),
        # Who came back was closed once.
        (r"\b(?:c[ao]me|comes|coming|returned|return|went|bounced|got)(?: back)?(?: to us)?"
         r"(?: again)? (?:after|once)(?: (?:being|having been|they were|it was|we had|we))? "
         r"(?:closed|closing|closure|completed|completion|signed off|done|finished)\b", "reopened"),
        # What was done to cure it.
        (rf"\b(with|and|including|incl|plus|showing|show|,) (?:also )?(?:the |its |their |each )?"
         rf"(?:repairs?|fix|fixes|work|actions?|measures?)(?: that| which)?"
         rf"(?: was| were| has been| have been| had been| got| we)? {_DONE}\b",
         r"\1 what was done"),
        (r"\bwhat (?:did|do) (?:we|they|you|the technicians?|people) (?:then )?do "
         r"(?:to (?:fix|cure|solve|resolve|repair|clear) (?:it|them|that|this)|about (?:it|them))",
         "what fixed it"),
        (r"\b(?:are|is|were|was|get|gets)? ?(?:mostly|mainly|usually|most often|most commonly) "
         r"(?:caused|triggered|brought about|due|down) (?:by|to) (?:what|which (?:cause|reason))\b",
         " most common cause"),
        # "Better on last year" is better than then.
        (rf"\b({_BETTER}) (?:on|over|upon) (?=(?:the )?(?:last|previous|prior) {_TIME}\b)",
         r"\1 compared with "),
        (rf"\b(overhaul\w*|rebuil[dt]|refurbish\w*|retrofit\w*|revamp)\b((?: [^\s,?]+){{0,5}}?)"
         rf" from (?=(?:the )?(?:last |this )?{_MONTH})", r"\1\2 in "),
        # Chinese words with others within them.
        (r"漏了?((?:几|多少)(?:次|回|遍))油", r"漏油\1"),
        (r"停了?((?:多少|几)个?(?:小时|钟头)|多久|多长时间|(?:几|多少)[次回])的?机(?![器台组床])",
         r"停机\1"),
        (r"(?:老是|总是|老|总爱|动不动就)(?=出故障|出问题|出毛病|坏|停机|故障|犯)", "最常"),
        (r"挂了?(?=超过|\d)", "开着"),
        (r"(?<![\d年月季])(\d{1,2})(到|至|-|~)(\d{1,2})月", r"\1月\2\3月"),
    )
)  # fmt: skip


def plain_words(text: str) -> str:
    """A normal text in plainer words."""
    for pattern, plain in _TURNS:
        text = pattern.sub(plain, text)
    return " ".join(text.split())
