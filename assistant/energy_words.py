"""Tell by words whether a text has a person work on stored or hazardous energy (pure).

Both must be there: hands on the machine, and a part that holds or carries pressure, electricity,
weight, spring force, heat, chemicals or rotation. A value that is set, a display that is read and a
waiting time are no such work. When in doubt it is.
"""

from __future__ import annotations

import re
import unicodedata

_HANDS = re.compile(
    # English, as an order: "replace", never "replaced"
    r"\b(?:re-?plac|exchang|chang|chanc|remov|dismantl|disassembl|detach|dismount|unscrew|unbolt|"
    r"undo|loosen|slacken|disconnect|unplug|drain|bleed|vent|purg|open up|strip|lap|grind|weld|"
    r"re-?tighten|tighten|torqu|re-?tension|tension|re-?seat|seat|refit|fit|mount|install|clean|"
    r"flush|unclog|overhaul|re-?seal|re-?pack|re-?wire|repair|renew|swap|push out|pull (?:out|off)|"
    r"knock out|jack|measure inside|align|fill|top up|charge|blow|free)(?:e|ing|s)?\b|"
    r"\btak(?:e|ing) (?:\S+ ){0,4}?(?:off|out|apart)\b|"
    r"\bopen(?:ing)? the (?:\w+ ){0,2}(?:cover|lid|housing|valve block|tank|vessel|"
    r"cabinet|line|pipe|fitting|guard|panel|door|filter)|"
    # German
    r"(?:aus|ein|ab|an|um)bau|demontier|montier|\bersetz|(?:aus)?wechs(?:el|l)|(?:aus)?tausch|"
    r"erneuer|\blös(?:e|en)\b|abschraub|aufschraub|abklemm|abzieh|(?:\böff|\bgeöff)n|entlüft|"
    r"ablass|entleer|reinig|spül|nachzieh|festzieh|anzieh|\bspann(?:e|en)\b|nachspann|abdicht|"
    r"ausricht|auffüll|nachfüll|instand ?setz|reparier|schweiß|"
    # Chinese
    r"更换|拆|卸下|松开|拧松|断开|拔下|打开(?:盖|箱|柜|阀|防护)|排(?:空|净|放|气|水|油)|放(?:油|水|气)|"
    r"清(?:洗|理|除|扫)|拧紧|紧固|张紧|安装|装上|装入|疏通|修理|检修|焊|加注|充气|添加|对中"
)
_ENERGY = re.compile(
    # pressure and what holds it
    r"pressur|hydraul|pneumat|accumulator|nitrogen|compressed air|steam|vacuum|\bpumps?\b|"
    r"\b(?:\w+[ -])?valves?\b|\bhoses?\b|\bcylinders?\b|\bpipes?\b|\bpiping\b|\bvessels?\b|"
    r"\breceiver\b|\bgasket|\bseal(?:s| kit| set)?\b|\bpiston|\bairend|\bseparator|\bfilters?\b|"
    r"\bstrainer|\bcooler|\bnozzle|\bmanifold|\bfittings?\b|\by\d{1,3}\b|\bv\d{1,3}\b|"
    # electricity
    r"voltage|\belectri|\bmains\b|\bcables?\b|\bwir(?:e|es|ing)\b|\bfuses?\b|\bcontactor|\brelay|"
    r"\bbreaker|\bmotors?\b|\binverter|\bservo|\bdrives?\b|\bcapacitor|\bdc link|\bterminals?\b|"
    r"\bcabinet|\bcoils?\b|\bsolenoid|\bplugs?\b|\bpower (?:supply|unit)|\bamplifier|\bheaters?\b|"
    r"\bheating|\bmodule\b|\bsensors?\b|\bencoders?\b|\bprobe\b|"
    # weight and springs
    r"\bram\b|\bslide\b|\bsuspended|\bhoist|\bcrane|\blift(?:ed|ing)? (?:load|table|axis)|"
    r"\bcounterweight|\bturret|\bchuck|\bcarriage|\bsprings?\b|\bbelleville|\bbrakes?\b|\bclamps?\b|"
    # rotation and motion
    r"\bspindle|\bbelts?\b|\bchains?\b|\bgear|\bshafts?\b|\bfans?\b|\brotat|\bcouplings?\b|"
    r"\bconveyor|\brollers?\b|\bimpeller|\bbearings?\b|\bscrew conveyor|\bagitator|\bpusher|"
    r"\bcollet|\bdiaphragm|\bdosing head|"
    # heat and chemicals
    r"\bhot\b|\bburn|\bboil|\bacid|\balkali|\bcaustic|\bsolvent|\brefrigerant|\bammonia|"
    r"\bchemical|\bbiocide|\bdetergent|\bmolten|\bcoolant tank|\bsump\b|\bhot oil|\boil tank|"
    # German, inside compounds
    r"druck|hydraul|pneumat|speicher|stickstoff|pumpe|ventil|schlauch|schläuche|zylinder|"
    r"leitung|behälter|dichtung|kolben|filter|kühler|düse|spannung|elektr|kabel|sicherung|schütz|"
    r"relais|motor|umrichter|antrieb|kondensator|klemme|schaltschrank|spule|stecker|heiz|"
    r"stößel|hängend|angehoben|schwerkraft|feder|bremse|spindel|riemen|kette|getriebe|welle|"
    r"lüfter|kupplung|förder|rolle|lager|heiß|säure|lauge|lösemittel|kältemittel|gefahrstoff|"
    # Chinese
    r"压力|高压|液压|气动|蓄能器|氮气|压缩空气|蒸汽|泵|阀|软管|油管|管路|缸|容器|密封|活塞|过滤|滤[芯袋网]|"
    r"冷却器|喷嘴|电压|带电|电机|马达|电缆|接线|保险|熔断|接触器|继电器|断路器|变频|伺服|电容|端子|电柜|"
    r"线圈|插头|加热|滑块|悬[挂吊]|吊|弹簧|制动|抱闸|主轴|皮带|链|齿轮|轴|风扇|风机|旋转|联轴|输送|辊|轴承|"
    r"高温|烫|酸|碱|清洗剂|溶剂|制冷剂|化学|槽"
)
# What is worked on while it is not part of a machine, or only named: nothing to lock there.
_BESIDE = re.compile(
    r"\bpadlocks?\b|\blockout board|\bhasp\b|\bpart (?:no|number)|\border(?:ing)? (?:no|number)|"
    r"\bspare parts?\b|锁具|备件号"
)
LOCKOUT_TITLE = re.compile(
    r"\block(?:ing|ed)?[\s-]*(?:out|off)\b|\btag[\s-]?out\b|\bloto\b|"
    r"(?<!fault )(?<!fault-)\bisolat(?:e|ion|ing)\b"
    r"(?! (?:resist|amplif|valve|pad|mount|transf|test))|"
    r"\bde-?energi[sz]|\bzero energy\b|\bmaking safe\b|"
    r"freischalt|wartungsschloss|gegen wiedereinschalten|energiefrei|spannungsfrei|"
    r"(?<!dé)consignation|bloqueo y etiquetado|consignación|上锁|挂牌|能量隔离|断电挂"
)
RETURN_TITLE = re.compile(
    r"return|restor|back (?:in|to)|\bremov\w* (?:the |your )?(?:locks?|lockout)|"
    r"wieder ?in ?betrieb|inbetriebnahme|déconsignation|puesta en servicio|恢复|解锁|重新投入"
)


def works_on_energy(*texts: str) -> bool:
    """Tell whether texts together have a person work where energy is stored or dangerous."""
    text = folded(" \n ".join(texts))
    return bool(_HANDS.search(text) and _ENERGY.search(text)) and not _BESIDE.search(text)


def has_hands_on(text: str) -> bool:
    """Tell whether a text has a person take something apart, fit, clean, fill or drain it."""
    return _HANDS.search(folded(text)) is not None


def is_lockout_title(title: str) -> bool:
    """Tell whether a heading is of a lockout procedure; "Fault isolation" is none."""
    text = folded(title)
    return LOCKOUT_TITLE.search(text) is not None and RETURN_TITLE.search(text) is None


def folded(text: str) -> str:
    """The text as the patterns here need it."""
    return unicodedata.normalize("NFKC", text).casefold()
