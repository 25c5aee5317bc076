"""Sentences of an answer in every language: what Faultbook says where documents do not speak."""

from __future__ import annotations

from assistant.phrases import Counted, Phrase

NOT_IN_DOCUMENTS = Phrase(
    "This is not in your documents.",
    "Das steht nicht in Ihren Dokumenten.",
    "您的文档中没有此内容。",
)
OF_THE_RECORD = Phrase(
    "No document holds this: it is counted over the tickets, in the tab Figures.",
    "Das steht in keinem Dokument: Es wird über die Tickets gezählt, unter „Figures“.",
    "文档中没有此内容：可在“Figures”页中按工单统计。",
)
FOR_ASSET = Phrase(" for {asset}", " für {asset}", "（{asset}）")
SEARCHED = Counted(
    Phrase(
        "Searched: {count} document{where}.",
        "Durchsucht: {count} Dokument{where}.",
        "已检索 {count} 份文档{where}。",
    ),
    Phrase(
        "Searched: {count} documents{where}.",
        "Durchsucht: {count} Dokumente{where}.",
        "已检索 {count} 份文档{where}。",
    ),
)
NO_DOCUMENT = Phrase(
    "No document applies{where}. Ingest its manual, or correct the asset's model or serial number "
    "in the register.",
    "Kein Dokument gilt{where}. Nehmen Sie die Betriebsanleitung auf oder berichtigen Sie Modell "
    "oder Seriennummer im Register.",
    "没有适用的文档{where}。请导入其手册，或在设备台账中更正型号或序列号。",
)
UNKNOWN_CODE = Phrase(
    "The code {codes} is not in the documents.",
    "Der Code {codes} steht nicht in den Dokumenten.",
    "文档中没有代码 {codes}。",
)
NEAREST_CODES = Phrase(
    "Codes that are documented and look alike: {codes}.",
    "Dokumentierte Codes, die ähnlich aussehen: {codes}.",
    "文档中写法相近的代码：{codes}。",
)
AMBIGUOUS_CODE = Phrase(
    "{code} means different things: {places}. Which one shows it?",
    "{code} hat mehrere Bedeutungen: {places}. Welches Gerät zeigt ihn an?",
    "{code} 有不同含义：{places}。是哪一个显示的？",
)
OTHER_MACHINES = Phrase(
    "Only documents of other machines mention '{words}': {titles}.",
    "Nur Dokumente anderer Maschinen nennen „{words}“: {titles}.",
    "只有其他设备的文档提到“{words}”：{titles}。",
)
NO_VALUE = Phrase(
    "The documents give no such value ({dimensions}).",
    "Die Dokumente nennen keinen solchen Wert ({dimensions}).",
    "文档中没有这样的数值（{dimensions}）。",
)
UNKNOWN_WORDS = Phrase(
    "No document mentions: {words}. The nearest stands below.",
    "Kein Dokument nennt: {words}. Das Nächstliegende steht unten.",
    "没有文档提到：{words}。最接近的内容见下。",
)
ONLY_TICKETS = Phrase(
    "No manual applies here. What similar tickets say stands below.",
    "Hier gilt keine Betriebsanleitung. Was ähnliche Tickets sagen, steht unten.",
    "没有适用的手册。类似工单的内容见下。",
)
TWO_MACHINES = Phrase(
    "The question names {named}, but {chosen} is chosen. Which one is meant?",
    "Die Frage nennt {named}, gewählt ist aber {chosen}. Welche ist gemeint?",
    "问题中提到 {named}，但选择的是 {chosen}。指的是哪一台？",
)
GUARD_REFUSED = Phrase(
    "Faultbook does not help to work with a guard, an interlock or a lockout out of action. Ask "
    "your supervisor.",
    "Faultbook hilft nicht dabei, mit unwirksamer Schutzeinrichtung, Verriegelung oder "
    "Freischaltung zu arbeiten. Fragen Sie Ihre Vorgesetzten.",
    "Faultbook 不协助在防护装置、联锁或上锁挂牌失效的情况下作业。请咨询您的主管。",
)
NO_LOCKOUT = Phrase(
    "No lockout procedure is in the documents of this machine. Follow the plant's own before you "
    "open it.",
    "In den Dokumenten dieser Maschine steht keine Anweisung zum Freischalten. Befolgen Sie die "
    "des Werks, bevor Sie sie öffnen.",
    "这台设备的文档中没有上锁挂牌步骤。打开设备前请遵守工厂自己的规定。",
)
NEAREST = Phrase(
    "Nearest in the documents. This is not an answer.",
    "Am nächsten in den Dokumenten. Das ist keine Antwort.",
    "文档中最接近的内容。这不是答案。",
)
ASK_WHOM = Phrase(
    "Ask {name}, expert for {asset_class}.",
    "Fragen Sie {name}, zuständig für {asset_class}.",
    "请咨询 {name}（{asset_class} 专家）。",
)
ASK_GENERAL = Phrase("Ask {name}.", "Fragen Sie {name}.", "请咨询 {name}。")
NO_EXPERT = Phrase(
    "No expert is named for this machine. Ask your supervisor.",
    "Für diese Maschine ist niemand benannt. Fragen Sie Ihre Vorgesetzten.",
    "这台设备没有指定专家。请咨询您的主管。",
)
PERSON_SAYS = Phrase(
    "{name} answered on {day}. A person says this, not a document.",
    "{name} hat am {day} geantwortet. Das sagt ein Mensch, kein Dokument.",
    "{name} 于 {day} 回复。这是人员的回答，不是文档内容。",
)
FORWARDED = Phrase(
    "Forwarded to {name} on {day}. The answer will appear here.",
    "Am {day} an {name} weitergeleitet. Die Antwort erscheint hier.",
    "已于 {day} 转发给 {name}。回复将显示在这里。",
)
TRANSLATED = Phrase(
    "Translation by the language model, the original counts",
    "Übersetzung durch das Sprachmodell, es gilt das Original",
    "由语言模型翻译，以原文为准",
)
NO_MODEL_ASKED = Phrase(
    "no language model was asked for",
    "es wurde kein Sprachmodell verlangt",
    "未要求使用语言模型",
)
# The dimensions of index.quantities and index.intent, as they are called in a sentence.
DIMENSIONS: dict[str, Phrase] = {
    "torque": Phrase("torque", "Drehmoment", "扭矩"),
    "pressure": Phrase("pressure", "Druck", "压力"),
    "temperature": Phrase("temperature", "Temperatur", "温度"),
    "voltage": Phrase("voltage", "Spannung", "电压"),
    "current": Phrase("current", "Strom", "电流"),
    "length": Phrase("length", "Länge", "长度"),
    "frequency": Phrase("frequency", "Frequenz", "频率"),
    "volume": Phrase("volume", "Volumen", "容量"),
    "mass": Phrase("mass", "Masse", "质量"),
    "speed": Phrase("speed", "Drehzahl", "转速"),
    "resistance": Phrase("resistance", "Widerstand", "电阻"),
    "capacitance": Phrase("capacitance", "Kapazität", "电容"),
    "power": Phrase("power", "Leistung", "功率"),
    "time": Phrase("time", "Zeit", "时间"),
    "flow": Phrase("flow", "Durchfluss", "流量"),
    "noise": Phrase("noise level", "Schallpegel", "噪声"),
    "stiffness": Phrase("spring rate", "Federrate", "刚度"),
    "force": Phrase("force", "Kraft", "力"),
}
