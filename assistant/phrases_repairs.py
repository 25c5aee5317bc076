"""What is said of past repairs and of a past ticket, in every language."""

from __future__ import annotations

from assistant.phrases import Counted, Phrase
from assistant.repairs.message import Place

TITLE = Phrase("What fixed it here", "Was hier geholfen hat", "本厂的处理经验")
PLACES: dict[Place, Phrase] = {
    "machine": Phrase("This machine, {name}", "Diese Maschine, {name}", "本机 {name}"),
    "model": Phrase(
        "Other machines of the model {name}",
        "Andere Maschinen des Modells {name}",
        "同型号 {name} 的其他设备",
    ),
    "plant": Phrase("Elsewhere in the plant", "Sonst im Werk", "厂内其他设备"),
}
WHOLE_PLANT = Phrase("The plant", "Das Werk", "全厂")
TICKETS = Counted(
    Phrase("{count} ticket", "{count} Ticket", "{count} 张工单"),
    Phrase("{count} tickets", "{count} Tickets", "{count} 张工单"),
)
STILL_OPEN = Phrase("{count} still open", "{count} noch offen", "{count} 张未关闭")
CAME_BACK = Phrase(
    "back within {days} days: {back} of {judged} ({share} %)",
    "in {days} Tagen wieder da: {back} von {judged} ({share} %)",
    "{days} 天内再次发生：{judged} 次中 {back} 次（{share}%）",
)
TOO_YOUNG = Phrase(
    "{count} too young to judge", "{count} zu jung für ein Urteil", "{count} 张时间太短，无法判断"
)
UNJUDGED = Phrase("{count} cannot be judged", "{count} nicht zu beurteilen", "{count} 张无法判断")
DOWNTIME = Phrase(
    "downtime median {median}, P90 {p90} min (known for {known} of {count})",
    "Stillstand Median {median}, P90 {p90} min (bekannt bei {known} von {count})",
    "停机中位数 {median}、P90 {p90} 分钟（{count} 张中 {known} 张有记录）",
)
NO_DOWNTIME = Phrase("downtime not recorded", "Stillstand nicht erfasst", "停机时间未记录")
NO_CAUSE = Phrase("Cause not recorded", "Ursache nicht erfasst", "原因未记录")
NOT_DONE = Phrase("What was done is not recorded", "Maßnahme nicht erfasst", "处理措施未记录")
RARER_CAUSES = Phrase("All rarer causes", "Alle selteneren Ursachen", "其他较少见的原因")
RARER_FIXES = Phrase("All else that was done", "Alle anderen Maßnahmen", "其他处理措施")
MORE_CAUSES = Counted(
    Phrase("{count} more cause", "{count} weitere Ursache", "另有 {count} 个原因"),
    Phrase("{count} more causes", "{count} weitere Ursachen", "另有 {count} 个原因"),
)
PARTS_USED = Phrase("Parts used", "Verwendete Teile", "使用备件")
PART_USED = Phrase("{part} in {count}", "{part} in {count}", "{part}，用于 {count}")
NEWEST = Phrase("Newest", "Neuestes", "最近")
ALL_TICKETS = Counted(
    Phrase("The ticket", "Das Ticket", "查看工单"),
    Phrase("All {count} tickets", "Alle {count} Tickets", "全部 {count} 张工单"),
)
NOT_LISTED = Phrase(
    "{count} older ones are not listed",
    "{count} ältere sind nicht aufgeführt",
    "另有 {count} 张较早的未列出",
)
WORDINGS = Phrase("Also written: {texts}", "Auch geschrieben: {texts}", "其他写法：{texts}")
HOW = Phrase("How this was counted", "Wie gezählt wurde", "统计方法")
BY_CODE = Phrase(
    "Failures whose ticket has the code {codes}. On another model it can mean something else.",
    "Störungen, deren Ticket den Code {codes} hat. Bei einem anderen Modell kann er etwas anderes "
    "bedeuten.",
    "工单带有代码 {codes} 的故障。在其他型号上该代码的含义可能不同。",
)
BY_TEXT = Phrase(
    "Failures whose ticket text is like the question (nearness at least {near}) and whose failure "
    "mode is {modes}; without a failure mode, the nearness is at least {alone}.",
    "Störungen, deren Text der Frage ähnlich ist (Nähe mindestens {near}) und deren Fehlerart "
    "{modes} ist; ohne Fehlerart ist die Nähe mindestens {alone}.",
    "工单文字与问题相近（相似度不低于 {near}）且故障模式为 {modes} 的故障；"
    "没有故障模式的，相似度不低于 {alone}。",
)
BY_TEXT_ALONE = Phrase(
    "Failures whose ticket text is like the question (nearness at least {alone}); the nearest name "
    "no failure mode.",
    "Störungen, deren Text der Frage ähnlich ist (Nähe mindestens {alone}); die nächsten nennen "
    "keine Fehlerart.",
    "工单文字与问题相近（相似度不低于 {alone}）的故障；最相近的工单没有故障模式。",
)
P90 = Phrase(
    "P90: nine of ten stops took at most so long.",
    "P90: Neun von zehn Stillständen dauerten höchstens so lange.",
    "P90：十次停机中有九次不超过此时长。",
)
RETURN = Phrase(
    "A fault came back if a failure of the same machine with the same failure mode or code was "
    "reported within {days} days after the end of the ticket. No ticket stands in two places.",
    "Eine Störung kam wieder, wenn an derselben Maschine mit gleicher Fehlerart oder gleichem Code "
    "in den {days} Tagen nach dem Ende des Tickets eine gemeldet wurde. Kein Ticket zählt an zwei "
    "Orten.",
    "工单结束后 {days} 天内，同一设备上报告了相同故障模式或相同代码的故障，即为再次发生。"
    "每张工单只计入一处。",
)
LEFT = Phrase(
    "Not counted: {excluded} excluded, {duplicates} second reports, {others} that are no failures "
    "or were cancelled.",
    "Nicht gezählt: {excluded} ausgeschlossen, {duplicates} Doppelmeldungen, {others} ohne Störung "
    "oder storniert.",
    "未计入：已排除 {excluded} 张，重复报告 {duplicates} 张，非故障或已取消 {others} 张。",
)
AS_OF = Phrase("Data as of {when}.", "Daten vom {when}.", "数据截至 {when}。")
WITHHELD = Phrase(
    "Withheld: it counts tickets that you may not see any more. Ask again to get it from those "
    "that you may see.",
    "Zurückgehalten: Gezählt sind Tickets, die Sie nicht mehr sehen dürfen. Fragen Sie erneut.",
    "已隐藏：其中统计了您已无权查看的工单。请重新提问。",
)

# A past ticket on the screen.
TICKET = Phrase("Ticket {number}", "Ticket {number}", "工单 {number}")
FIELDS: dict[str, Phrase] = {
    "asset": Phrase("Machine", "Maschine", "设备"),
    "reported": Phrase("Reported", "Gemeldet", "报告时间"),
    "completed": Phrase("Completed", "Erledigt", "完成时间"),
    "status": Phrase("Status", "Status", "状态"),
    "kind": Phrase("Kind", "Art", "类型"),
    "priority": Phrase("Priority", "Priorität", "优先级"),
    "codes": Phrase("Codes", "Codes", "代码"),
    "failure_mode": Phrase("Failure mode", "Fehlerart", "故障模式"),
    "description": Phrase("Description", "Beschreibung", "描述"),
    "cause": Phrase("Cause", "Ursache", "原因"),
    "resolution": Phrase("What was done", "Maßnahme", "处理措施"),
    "parts": Phrase("Parts used", "Verwendete Teile", "使用备件"),
    "downtime": Phrase("Downtime", "Stillstand", "停机时间"),
    "labor": Phrase("Working hours", "Arbeitsstunden", "工时"),
    "duplicate": Phrase("Same event as", "Gleiches Ereignis wie", "与此工单为同一事件"),
    "flags": Phrase("Odd about it", "Auffällig", "异常"),
}
MINUTES = Phrase("{count} min", "{count} min", "{count} 分钟")
HOURS = Phrase("{count} h", "{count} h", "{count} 小时")
OUT_OF_FIGURES = Phrase(
    "No figure counts this ticket: {reason} ({by}, {day})",
    "Keine Zahl zählt dieses Ticket: {reason} ({by}, {day})",
    "统计中不计此工单：{reason}（{by}，{day}）",
)
REASON = Phrase(
    "Why it is wrong or superseded", "Warum es falsch oder überholt ist", "错误或已过时的原因"
)
EXCLUDE = Phrase("Exclude from all counts", "Von allen Zählungen ausschließen", "从统计中排除")
INCLUDE = Phrase("Count it again", "Wieder zählen", "重新计入")
BACK = Phrase("Back to the app", "Zurück zur Anwendung", "返回")
