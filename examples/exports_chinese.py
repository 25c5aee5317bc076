"""Rows of the Chinese repair sheets: the washers of the plant, as their manual explains them."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from pathlib import Path

from export_lines import Line, Truth, changed, write_sheet, write_text

HEADER = (
    "工单号", "设备编号", "设备名称", "故障现象", "故障原因", "处理措施", "报修时间", "完成时间",
    "停机时长(小时)", "维修人员", "更换备件", "状态",
)  # fmt: skip
# What is seen, why, what was done, part, usual hours.
_FAULTS = (
    ("AL-103 清洗压力过低", "滤网 F1 堵塞", "清洗滤网，压力恢复到 6.0 bar", "", 1.0),
    ("AL-103 压力低，喷嘴没劲", "喷嘴磨损", "更换喷嘴 24 个", "QX80-0231-04", 2.0),
    ("AL-101 水位低，加热停了", "传感器 B11 结垢", "用柠檬酸清洗 B11", "", 0.5),
    ("AL-101 液位过低", "排液阀 V4 未关严", "更换密封", "QX80-0214-01", 1.5),
    ("AL-109 加热慢，断相", "EH1 断路", "更换加热器，扭矩 80 N·m", "QX80-0241-01", 3.0),
    ("AL-121 输送带卡住", "工件卡在门帘处", "取出工件，检查导向", "", 0.5),
    ("AL-122 输送带不动", "链条断裂", "更换链节，下垂量调到 20 mm", "QX80-0312-02", 2.5),
    ("AL-131 烘干太热", "固态继电器 K31 击穿", "更换 K31", "", 1.5),
    ("AL-141 门报警", "开关进水", "更换门开关并做功能试验", "QX80-0511-01", 1.0),
    ("AL-202 过滤器压差高", "滤袋已满", "更换滤袋", "QX80-0219-02", 0.5),
    ("工件洗不干净，有油", "油水分离器失效", "清洗撇油带", "", 1.0),
    ("清洗泵有敲击声", "联轴器弹性块磨损", "更换弹性块", "QX80-0222-05", 2.0),
    ("输送带跑偏", "张紧螺栓两侧不等", "两侧调到相同长度", "", 1.0),
    ("泡沫溢出", "混入了手洗剂", "加消泡剂 0.2 l", "", 0.5),
)
_PEOPLE = ("王强", "李敏", "赵磊", "陈静")


def rows(year: int, count: int) -> list[tuple[str, ...]]:
    """Repair rows of a year, in the order of time; the same year gives the same rows."""
    chance = random.Random(year)
    at = datetime(year, 1, 3, 7, 30)
    made: list[tuple[str, ...]] = []
    for number in range(1, count + 1):
        seen, cause, action, part, hours = chance.choice(_FAULTS)
        machine = chance.choice((1, 1, 2))
        hours = round(hours * chance.uniform(0.8, 1.6), 1)
        end = at + timedelta(hours=hours)
        made.append(
            (
                f"WX{year}{number:04d}",
                f"WA-{machine:02d}",
                f"{machine}号清洗机",
                seen,
                cause,
                action,
                f"{at:%Y/%m/%d %H:%M}",
                f"{end:%Y/%m/%d %H:%M}",
                str(hours),
                chance.choice(_PEOPLE),
                part,
                "已完成",
            )
        )
        at += timedelta(days=chance.randint(4, 9), minutes=chance.randint(-200, 400))
    return made


def chinese_csv(out: Path) -> Truth:
    made = rows(2024, 44)
    lines = [Line(row) for row in made]
    lines = changed(
        lines,
        {
            3: (1, "WA-1", "asset written WA-1 for WA-01"),
            7: (8, "-2.0", "negative downtime"),
            10: (3, "清洗压力低，\n喷嘴不喷水", "text over two lines"),
            15: (6, "2024/13/05 08:00", "impossible date, month 13"),
            21: (8, "9999", "downtime of more than a year"),
            27: (1, "", "no asset"),
            30: (8, "约2小时", "downtime in words"),
        },
    )
    lines.insert(12, Line(lines[11].cells, "row above once more", same_as=True))
    shifted = ",".join((*map(str, made[40][:3]), "漏水,地面湿", *map(str, made[40][4:])))
    lines[41] = Line(raw=shifted, wrong="unescaped comma: cells shifted by one")
    total = ("合计", *[""] * 7, "143.5", "", "", "")
    lines.append(Line(total, "total", is_ticket=False))
    path = out / "weixiu-2024.csv"
    return write_text(path, HEADER, lines, ",", "gb18030")


def chinese_xlsx(out: Path) -> Truth:
    lines = [Line(row) for row in rows(2025, 36)]
    lines = changed(
        lines,
        {
            4: (6, "2025年2月30日", "impossible date"),
            9: (8, "", "no downtime"),
            13: (1, "ＷＡ－０２", "asset in full-width letters for WA-02"),
            18: (7, "2025-01-01 00:00", "ends before it begins"),
        },
    )
    lines.insert(20, Line(HEADER, "header repeated", is_ticket=False))
    lines.insert(25, Line(lines[24].cells, "row above once more", same_as=True))
    lines.append(Line(("合计", *[""] * 7, "98", "", "", ""), "total", is_ticket=False))
    above = ("北区工厂维修记录", "导出时间 2025-12-31")
    return write_sheet(out / "weixiu-2025.xlsx", above, HEADER, lines)
