"""Words about guards and about defeating them, in five languages, as patterns (pure).

The patterns are for text in small letters. German words are looked for inside compounds too.
"""

from __future__ import annotations

import re

_GUARDS = (
    # English
    r"\bguard(?:s|ing)?\b|\binter-?locks?\b|\b(?:light|laser) curtains?\b|"
    r"\bsafety (?:switch|door|relay|gate|device|circuit|controller|plc|mat|valve|sensor|stop|"
    r"function|trip|key|edge|scanner|chain|loop|input|limit)\w*|\bprotective stop|"
    r"\b(?:door|gate|fence|hood|cover|lid|guard) (?:switch|sensor|contact|monitor\w*|key|lock)|"
    r"\be-?stops?\b|\bemergency[ -]stop|\btwo-?hand(?:ed)?\b|"
    r"\benabl(?:ing|e) (?:switch|device|button)|\bdead ?man|"
    r"\brelief valve|\bpressure relief|\boverspeed (?:trip|protection)|\block-? ?outs?\b|\bloto\b|"
    # German
    r"lichtvorh[aä]ng|lichtgitter|lichtschranke|laserscanner|"
    r"schutz(?:t[üu]e?r|haube|einrichtung|gitter|zaun|abdeckung|feld|vorrichtung)|"
    r"t[üu]e?r(?:schalter|kontakt|überwachung|sensor|verriegelung)|verriegelung|"
    r"sicherheits(?:relais|kreis|t[üu]r|schalter|ventil|abschaltung|einrichtung|funktion|matte|"
    r"steuerung|kette|gitter)|\bnot-? ?(?:aus|halt)\b|zweihand|zustimm(?:taster|schalter)|"
    r"überdruckventil|\bfreischalten\b|"
    # French
    r"barrière (?:immatérielle|optique)|rideau (?:lumineux|immatériel)|"
    r"(?:relais|circuit|soupape|interrupteur|tapis|clapet|automate|verrou) de sécurité|"
    r"(?:contact|capteur|interrupteur|détecteur|fin de course) de (?:la )?porte|\bporte ouverte|"
    r"verrouillage|\bprotecteurs?\b|\bcarter\b|\bcapot\b|bimanuelle|arrêt d['’ ]urgence|"
    r"\bconsignation|homme[- ]mort|"
    # Spanish
    r"cortina (?:de luz|óptica)|barrera (?:fotoeléctrica|de luz|óptica|inmaterial)|"
    r"(?:relé|circuito|interruptor|válvula|alfombra) de seguridad|válvula de alivio|"
    r"(?:interruptor|sensor|contacto) de (?:la )?puerta|enclavamiento|\bresguardo|\bguardas?\b|"
    r"\bprotección\b|mando (?:a dos manos|bimanual)|a dos manos|"
    r"(?:parada|paro|botón|seta) de emergencia|bloqueo y etiquetado"
)
_CHINESE_GUARDS = (
    r"[联连]锁|光幕|光栅|安全(?:门|继电器|阀|回路|开关|地毯|装置)|防护|护罩|急停|上锁|挂牌|双手|"
    r"门(?:开关|监控|锁)|使能|限位"
)
GUARD = re.compile(f"{_GUARDS}|{_CHINESE_GUARDS}")

# What a bypass, a bridge or a short circuit is when nobody is asked to make one.
_THING = (
    r"(?![ -]?(?:valve|filter|line|hose|pipe|damper|contactor|capacitor|circuit of|lamp|flow|"
    r"ventil|leitung|filter|de l['’]huile|condens))"
)
# Verbs that say by themselves that a guard is to be out of action; never participles ("bypassed").
STRONG = re.compile(
    rf"\bby-?pass(?:ing)?\b{_THING}|\bdefeat(?:ing)?\b|\boverrid(?:e|ing)\b|\bbridg(?:e|ing)\b|"
    r"\bjumper(?:ing)?\b(?! [a-z]?\d)|\bcheat(?:ing)?\b|\btrick(?:ing)?\b|\bfool(?:ing)?\b|"
    r"\bdisabl(?:e|ing)\b|\bdeactivat(?:e|ing)\b|\bwork(?:ing)? ?-?around\b|"
    r"\bcircumvent(?:ing)?\b|\bwir(?:e|ing) (?:\w+ )?around\b|\btie down\b|\bwedg(?:e|ing)\b|"
    r"\b(?:get|way) around\b|\bspoof|\bhot-?wire|\bshunt(?:ing)?\b(?! resistor)|"
    # German; the infinitive and the first person, not "überbrückt"
    r"(?:über)?brücken?\b(?! (?:x|j|w)?\d)|\bumgehe?n?\b|austrick|überlist|\büberkleb|\babkleb|"
    r"\bzukleb|festklemm(?!t)|festbind|kurzschlie(?:ß|ss)|stumm ?schalt|deaktivier(?!t)|"
    r"au(?:ß|ss)er kraft|aushebel|manipulier(?!t)|umgangen werden|überbrückt werden|"
    # French
    r"\bshunter\b|\bpont(?:er|age)\b|\bneutraliser\b|\bdésactiver\b|\bcontourner\b|"
    r"\bcourt-?circuiter\b|\btromper\b|\binhiber\b|\bby-?passer\b|"
    # Spanish
    r"\bpuentear\b|\bhacer un puente\b|\banular\b|\bburlar\b|\bdesactivar\b|\bsaltarse\b|"
    r"\bsaltar(?:me|nos)?\b|\b(?:in|des)habilitar\b|\bengañar\b|\beludir\b|\bcortocircuitar\b"
)
CHINESE_STRONG = re.compile(
    r"短接|跨接|跨过|绕过(?!滤)|旁路(?![阀过管])|屏蔽(?![层线电])|骗|堵死|(?:让|使|令).{0,8}失效|"
    r"不(?:用)?(?:挂牌|上锁)"
)
# Verbs that are harmless for most things: they need a question or a purpose beside them.
WEAK = re.compile(
    r"\bmut(?:e|ing) |\bsilenc(?:e|ing)\b|\bskip(?:ping)?\b|\bblock(?:ing)?\b|\bunplug|"
    r"\bdisconnect|\bjump out\b|\bshort(?:-circuit(?:ing)?)?(?: out)?\b(?! circuit)|"
    r"\btap(?:e|ing)\b|\bstick\b|\bplug (?:up|off)\b|\b(?:turn|switch)(?:s|ing)? off\b|"
    r"\boff\b.{0,12}\bmonitoring|\bremov(?:e|ing)\b|\btak(?:e|ing) (?:\S+ ){0,4}(?:off|out)\b|"
    r"\bscrew\b.{0,24}\b(?:shut|closed)|\bset\b.{0,24}\bnever\b|\bgag\b|"
    r"\babschalt|\bausschalt|\bschalte?n?\b.{0,30}\baus\b|\bzudreh|\bverzicht|\bblockier(?!t)|"
    r"\bklemm(?!e)|\bkleb|"
    r"\bbloquer\b|\bcoller\b|\bscotcher\b|\bboucher\b|\bretirer\b|\benlever\b|\bdébrancher\b|"
    r"\btapar\b|\bbloquear\b|\bpegar\b|\bquitar\b|\bdesconectar\b|"
    r"拆(?:除|掉|下)|取消|拔掉|粘住|绑住|卡住|压住|关(?:闭|掉).{0,4}(?:监控|功能|光)"
)
# What holds a switch or a button where it must not be.
MEANS = re.compile(
    r"\bmagnets?\b|\b(?:duct )?tape\b|\b(?:zip|cable) ties?\b|\bglue\b|\bspare key\b|"
    r"\bactuator key|"
    r"\bkabelbinder|\bklebeband|\baimant|\bscotch\b|\bruban\b|\bimán\b|\bcinta\b|\bbridas?\b|"
    r"磁铁|胶带|扎带"
)
HELD = re.compile(
    r"switch|sensor|\bdoor|\bgate|button|e-?stop|interlock|schalter|t[üu]r|taster|not-? ?aus|"
    r"lichtgitter|capteur|porte|bouton|puerta|botón|interruptor|开关|门|按钮|急停"
)
PUTS = re.compile(
    r"\b(?:put|stick|hold|place|tape|glue|fix|use|keep|tie)\b|\bkleb|\bbind|\bfest|\bhalt|"
    r"\bcoller|\bmettre|\bposer|\bpegar|\bponer|粘|绑|骗|放|贴"
)
# A machine at work beside a guard that is not where it belongs.
RUNNING = re.compile(
    r"\b(?:run|running|operat\w*|produc\w*|work|working|cycl\w*|jog\w*|start|stroke|spin|"
    r"keep going|production|speed)\b|\b(?:lauf|fahr|weiterfahr|weiterproduz|produzier|tipp|"
    r"dreh)\w*|"
    r"\btravailler\b|\b(?:faire )?(?:tourner|marcher|fonctionner)\b|\btourne\b|\bproduire\b|"
    r"\btrabajar\b|\bfuncionar\b|\bgirar\b|\boperar\b|\bproducir\b|"
    r"运行|运转|开机|生产|作业|启动|冲压|转|直接"
)
_COVER = (
    r"(?:guards?|doors?|gates?|hoods?|covers?|fence(?: gate)?|interlocks?|light curtain|"
    r"safety \w+|two-?hand\w*)"
)
OPEN = re.compile(
    rf"\bwith (?:(?:the|a|an|its) )?(?:\w+ )?{_COVER} (?:\w+ )?(?:open|off|removed|out)\b|"
    rf"\b{_COVER} (?:is |are |left |stays? )?(?:open|off|removed)\b|"
    rf"\bwithout (?:(?:the|a|an|any|my|using|closing|having|shutting) )*(?:\w+ )?{_COVER}|"
    rf"\b(?:remove|take off|open) the (?:\w+ )?{_COVER} and\b|"
    r"\b(?:ohne|trotz offener?|mit offene[rmn]|bei offene[rm]|offene[rnms]?) (?:\w+ )?"
    r"(?:schutz|verriegel|t[üu]r|gitter|haube|lichtv)\w*|"
    r"(?:schutzt[üu]r|schutzhaube|haube|gitter|t[üu]r) (?:ab|offen|auf)\b|"
    r"\b(?:carter|capot|protecteur|porte) ouverte?s?\b|"
    r"\bsans (?:le |la |fermer (?:la |le )?)?(?:protecteur|carter|capot|porte)|"
    r"\b(?:retirer|enlever) le (?:protecteur|carter|capot) et\b|"
    r"\b(?:resguardo|puerta|protección|guarda) (?:abiert[oa]|quitad[oa])|"
    r"\bsin (?:el |la |cerrar (?:la |el )?)?(?:resguardo|protección|puerta|guarda)|"
    r"\bquitar (?:el |la )(?:resguardo|protección|guarda) y\b|"
    r"(?:不关|不用关|打开|开着|没关|不装|没有|拆掉|拆除|拆下).{0,6}(?:门|护罩|防护|光幕)|"
    r"(?:门|护罩|防护罩).{0,3}(?:开着|打开|拆掉)"
)
LOCKOUT_LEFT_OUT = re.compile(
    r"\b(?:skip|without|no need (?:for|to)|don't (?:have|need|want) to|leave out|ignore) "
    r"(?:\w+ ){0,4}?(?:lock(?:ing|ed)?\b.{0,20}?\bout|lock-? ?out|loto|isolat\w+)|"
    r"\breally (?:have|need) to lock\b|"
    r"\bohne (?:\w+ )?(?:freischalt\w*|loto|wartungsschloss)|\bfreischalten\b.{0,12}\bverzicht|"
    r"\bverzicht\w*.{0,20}freischalt|\bsans (?:la )?consign\w+|"
    r"\bsin (?:el |hacer (?:el )?)?(?:bloqueo|consignación|loto|etiquetado)|"
    r"不(?:用)?(?:挂牌|上锁|断电)"
)
REACHES_IN = re.compile(
    r"\breach\b.{0,30}\bwithout (?:it|the \w+) (?:stopping|tripping)|"
    r"\bgreif\w*.{0,30}\bohne dass\b|只按一个.{0,4}按钮|"
    r"\bthinks? (?:that )?the (?:\w+ )?(?:door|gate|guard|hood) is (?:closed|shut)|"
    r"\b(?:hold|tie|keep)\w*\b.{0,20}\b(?:two-?hand|second) button"
)
WHY_NOT = re.compile(
    r"\bwhy\b.{0,40}\b(?:never|not|forbidden|dangerous)|\bwhat happens (?:if|when)\b|"
    r"\b(?:warum|weshalb)\b.{0,60}\b(?:nie|nicht|niemals|verboten)\b|"
    r"\bpourquoi\b.{0,40}\b(?:jamais|pas|interdit)|\bpor qué\b.{0,40}\b(?:nunca|no)\b|"
    r"为(?:什么|何).{0,12}不"
)
