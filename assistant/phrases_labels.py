"""Labels of an answer in every language: titles, headings, words beside a value."""

from __future__ import annotations

from assistant.messages import AnswerStatus
from assistant.phrases import Counted, Phrase

STATUS: dict[AnswerStatus, Phrase] = {
    "grounded": Phrase("From your documents", "Aus Ihren Dokumenten", "来自您的文档"),
    "partial": Phrase(
        "Partly from your documents", "Teilweise aus Ihren Dokumenten", "部分来自您的文档"
    ),
    "needs_clarification": Phrase("Please say more", "Bitte genauer", "请补充说明"),
    "unsupported": Phrase(
        "Not in your documents",
        "Nicht in Ihren Dokumenten",
        "您的文档中没有此内容",
    ),
    "refused": Phrase("Refused", "Abgelehnt", "已拒绝"),
    "record": Phrase(
        "A question about the plant's record",
        "Eine Frage zur Anlagenhistorie",
        "关于设备记录的问题",
    ),
}

ABOUT = Phrase("{status} for {asset}", "{status} für {asset}", "{status}（{asset}）")
EVIDENCE_ONLY = Phrase(
    "Evidence only: {reason}", "Nur aus den Unterlagen: {reason}", "仅依据文档：{reason}"
)
WITHOUT_MODEL = Phrase(
    "Without a language model: {reason}", "Ohne Sprachmodell: {reason}", "未使用语言模型：{reason}"
)
SEARCHED_AS = Phrase("Searched as: {question}", "Gesucht als: {question}", "检索内容：{question}")
SHOW_FIGURE = Phrase("Show the figure", "Kennzahl zeigen", "显示数据")
OTHER_SPELLING = Phrase(
    "asked in another spelling", "in anderer Schreibweise gefragt", "提问时写法不同"
)
CAUSE = Phrase("Cause", "Ursache", "原因")
REMEDY = Phrase("Remedy", "Abhilfe", "处理措施")
LOCKOUT = Phrase("LOCKOUT", "FREISCHALTEN", "上锁挂牌")
POSSIBLE_CAUSES = Phrase("Possible causes", "Mögliche Ursachen", "可能原因")
RANKING = Phrase("ranking…", "wird geordnet…", "正在排序…")
CHECK_FIRST = Phrase("Check first", "Zuerst prüfen", "首先检查")
MODEL_SUGGESTS = Phrase("the model’s suggestion", "Vorschlag des Modells", "模型建议")
TO_BE_SURE = Phrase("To be sure", "Um sicher zu sein", "为进一步确认")
PARTS = Phrase("Parts", "Teile", "备件")
FROM_DOCUMENTS = Phrase("From the documents", "Aus den Dokumenten", "文档原文")
SIMILAR_TICKETS = Phrase("Similar tickets", "Ähnliche Tickets", "类似工单")
SOURCES = Phrase("Sources", "Quellen", "来源")
MINUTES_DOWN = Phrase("{minutes} min down", "{minutes} min Stillstand", "停机 {minutes} 分钟")
EVIDENCE_TIME = Phrase("evidence {seconds} s", "Unterlagen {seconds} s", "检索 {seconds} 秒")
WHOLE_TIME = Phrase(
    "whole answer {seconds} s", "ganze Antwort {seconds} s", "完整回答 {seconds} 秒"
)
NO_MODEL = Phrase("no language model used", "kein Sprachmodell verwendet", "未使用语言模型")
REMOVED = Counted(
    Phrase(
        "{count} remark removed by verification",
        "{count} Bemerkung bei der Prüfung entfernt",
        "核验删除了 {count} 条说明",
    ),
    Phrase(
        "{count} remarks removed by verification",
        "{count} Bemerkungen bei der Prüfung entfernt",
        "核验删除了 {count} 条说明",
    ),
)
DOCUMENTS_SEARCHED = Counted(
    Phrase("{count} document searched", "{count} Dokument durchsucht", "已检索 {count} 份文档"),
    Phrase("{count} documents searched", "{count} Dokumente durchsucht", "已检索 {count} 份文档"),
)
SENT_TO = Phrase("sent to {host}", "gesendet an {host}", "已发送至 {host}")
ON_THIS_MACHINE = Phrase("on this machine", "auf diesem Rechner", "在本机处理")
PAGE = Phrase("p. {page}", "S. {page}", "第 {page} 页")
NOT_SENT = Counted(
    Phrase(
        "{count} of {total} passages was not sent to {host}",
        "{count} von {total} Textstellen wurde nicht an {host} gesendet",
        "{total} 段文字中有 {count} 段未发送至 {host}",
    ),
    Phrase(
        "{count} of {total} passages were not sent to {host}",
        "{count} von {total} Textstellen wurden nicht an {host} gesendet",
        "{total} 段文字中有 {count} 段未发送至 {host}",
    ),
)
LEFT_OUT = Counted(
    Phrase(
        "{count} cause did not fit the model's window",
        "{count} Ursache passte nicht in das Fenster des Modells",
        "{count} 条原因超出模型窗口",
    ),
    Phrase(
        "{count} causes did not fit the model's window",
        "{count} Ursachen passten nicht in das Fenster des Modells",
        "{count} 条原因超出模型窗口",
    ),
)
CHANGED_DOCUMENT = Phrase(
    "STOP. This cites a document that has changed.",
    "HALT. Dies zitiert ein Dokument, das sich geändert hat.",
    "停止。此处引用的文档已变更。",
)
TIMES = Phrase(
    "Evidence {evidence} s, total {total} s; model: {model}",
    "Unterlagen {evidence} s, gesamt {total} s; Modell: {model}",
    "检索 {evidence} 秒，总计 {total} 秒；模型：{model}",
)
NONE = Phrase("none", "keins", "无")
