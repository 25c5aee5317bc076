"""What is said about causes and checks, in every language that answers are given in."""

from __future__ import annotations

from assistant.phrases import Phrase

FOR = Phrase("Speaks for it", "Dafür spricht", "支持依据")
FOR_ALL = Phrase("Speaks for each of them", "Spricht für jede von ihnen", "对以下各原因均有支持")
AGAINST = Phrase("Speaks against it", "Dagegen spricht", "反对依据")
REPORTED = Phrase("Reported", "Gemeldet", "报告内容")
FOUND_OK = Phrase(
    "Checked and in order ({by}, {at})",
    "Geprüft und in Ordnung ({by}, {at})",
    "已检查，正常（{by}，{at}）",
)
FOUND_BAD = Phrase(
    "Checked and not in order ({by}, {at})",
    "Geprüft und nicht in Ordnung ({by}, {at})",
    "已检查，不正常（{by}，{at}）",
)
NOT_SEEN = Phrase(
    "“{symptom}” is not seen ({by}, {at})",
    "„{symptom}“ liegt nicht vor ({by}, {at})",
    "未出现“{symptom}”（{by}，{at}）",
)
SEEN = Phrase(
    "“{symptom}” is seen ({by}, {at})",
    "„{symptom}“ liegt vor ({by}, {at})",
    "出现“{symptom}”（{by}，{at}）",
)

NEXT_CHECK = Phrase("Next check", "Nächste Prüfung", "下一步检查")
LOOKS_FOR = Phrase("looks for: {cause}", "sucht: {cause}", "针对：{cause}")
IS_IT_SEEN = Phrase("Is this what is seen?", "Ist das der Befund?", "现象是否如此？")
WHY_FOUND = Phrase(
    "Found not in order: do this, then see whether the fault is gone.",
    "Nicht in Ordnung befunden: dies tun, dann prüfen, ob der Fehler weg ist.",
    "检查发现不正常：先处理此项，再确认故障是否消失。",
)
WHY_ONLY = Phrase(
    "The only cause that is still open.", "Die einzige noch offene Ursache.", "唯一尚未排除的原因。"
)
WHY_SPLITS = Phrase(
    "Whatever is found, it decides {decided} of {open} open causes: no other check separates them "
    "better.",
    "Wie es auch ausgeht, sie entscheidet {decided} von {open} offenen Ursachen: keine andere "
    "Prüfung trennt sie besser.",
    "无论结果如何，可判定 {open} 个未排除原因中的 {decided} 个：没有其他检查区分得更好。",
)
WHY_EACH = Phrase(
    "Each check decides one of {open} open causes. {reason}",
    "Jede Prüfung entscheidet eine von {open} offenen Ursachen. {reason}",
    "每项检查只能判定 {open} 个未排除原因中的一个。{reason}",
)
BY_REPORT = Phrase(
    "This one comes first because the report names it.",
    "Diese zuerst, weil die Meldung sie nennt.",
    "报告中已提到此项，故先查。",
)
BY_LOOKING = Phrase(
    "This one comes first because it looks or measures and replaces nothing.",
    "Diese zuerst, weil nur geschaut oder gemessen und nichts getauscht wird.",
    "此项只需查看或测量，无需更换，故先查。",
)
BY_ORDER = Phrase(
    "This one comes first because its cause is ranked highest.",
    "Diese zuerst, weil ihre Ursache am höchsten steht.",
    "其原因排序最前，故先查。",
)
ALL_IN_ORDER = Phrase(
    "All causes that the documents give were found in order. Look at what stands below as missing, "
    "or ask with what else the machine shows.",
    "Alle Ursachen aus den Unterlagen sind in Ordnung befunden. Sehen Sie unten nach, was fehlt, "
    "oder fragen Sie mit dem, was die Maschine noch zeigt.",
    "文档给出的所有原因均已检查正常。请查看下方缺少的信息，或补充机器的其他现象后再问。",
)

BEFORE_SERVICE = Phrase(
    "Verify before return to service", "Vor der Wiederinbetriebnahme prüfen", "恢复运行前须确认"
)
MISSING = Phrase("Missing to be sure", "Zur Sicherheit fehlt", "尚缺以下信息")
MISSING_MACHINE = Phrase(
    "The machine: none is chosen, and {count} documents were searched. Choose it above.",
    "Die Maschine: keine ist gewählt, {count} Dokumente wurden durchsucht. Oben wählen.",
    "机器：尚未选择，共检索了 {count} 份文档。请在上方选择。",
)
MISSING_SERIAL = Phrase(
    "The serial number of {asset}: {document} applies to {ranges} only, and the register has none.",
    "Die Seriennummer von {asset}: {document} gilt nur für {ranges}, im Verzeichnis steht keine.",
    "{asset} 的序列号：{document} 仅适用于 {ranges}，而台账中没有序列号。",
)
MISSING_SERIAL_OF_ANY = Phrase(
    "The serial number: {document} applies to {ranges} only. Read it off the nameplate.",
    "Die Seriennummer: {document} gilt nur für {ranges}. Vom Typenschild ablesen.",
    "序列号：{document} 仅适用于 {ranges}。请查看铭牌。",
)
MISSING_COMPONENT = Phrase(
    "Where {code} is shown: it means something else at each of {places}.",
    "Wo {code} angezeigt wird: es bedeutet überall etwas anderes: {places}.",
    "{code} 显示在何处：在以下各处含义不同：{places}。",
)
MISSING_CODE = Phrase(
    "The code on the display, if it shows one: the documents list codes for this machine.",
    "Der Code auf der Anzeige, falls einer steht: die Unterlagen führen Codes dieser Maschine.",
    "显示屏上的代码（如有）：文档中有该机器的代码表。",
)
MISSING_SYMPTOM = Phrase(
    "Which of these is seen: the causes belong to {count} different symptoms.",
    "Welcher Befund vorliegt: die Ursachen gehören zu {count} verschiedenen.",
    "实际现象是哪一种：这些原因分属 {count} 种不同现象。",
)

OK = Phrase("OK", "OK", "正常")
NOT_OK = Phrase("Not OK", "Nicht OK", "不正常")
IS_SEEN = Phrase("Seen", "Liegt vor", "有")
IS_NOT_SEEN = Phrase("Not seen", "Liegt nicht vor", "没有")
UNDO = Phrase("Undo", "Zurück", "撤销")
NOTED_OK = Phrase(
    "Noted: “{cause}” was found in order.",
    "Notiert: „{cause}“ ist in Ordnung befunden.",
    "已记录：“{cause}”检查正常。",
)
NOTED_BAD = Phrase(
    "Noted: “{cause}” was found not in order.",
    "Notiert: „{cause}“ ist nicht in Ordnung befunden.",
    "已记录：“{cause}”检查不正常。",
)
NEXT_IS = Phrase("Next check: {check}", "Nächste Prüfung: {check}", "下一步检查：{check}")
