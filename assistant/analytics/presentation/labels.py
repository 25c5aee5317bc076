"""Names of metrics, dimensions, fields and ranges as people say them, English and Chinese."""

from __future__ import annotations

import re

from assistant.analytics.query import Filter

_METRICS = {
    "ticket_count": ("Tickets", "工单数"),
    "failure_count": ("Failures", "故障次数"),
    "open_count": ("Open tickets", "未关闭工单数"),
    "reopen_count": ("Reopened tickets", "重新打开的工单数"),
    "ticket_list": ("List of tickets", "工单清单"),
    "asset_list": ("List of machines", "设备清单"),
    "pm_list": ("List of planned work", "保养计划清单"),
    "repeat_list": ("List of repeated failures", "重复故障清单"),
    "text_count": ("Words in tickets", "工单用词次数"),
    "downtime_h": ("Downtime", "停机时间"),
    "mtbf_h": ("MTBF", "平均故障间隔时间"),
    "mtbsf_d": ("Time between same failures", "同类故障平均间隔"),
    "gap_d": ("Days between failures", "故障间隔天数"),
    "mttr_restore_h": ("MTTR (restoration)", "平均恢复时间"),
    "mttr_repair_h": ("MTTR (repair)", "平均修复时间"),
    "mtta_min": ("Response time", "平均响应时间"),
    "availability": ("Availability", "可用率"),
    "failure_rate_per_1000h": ("Failures per 1,000 h", "每千小时故障数"),
    "repeat_rate": ("Repeat failures", "重复故障率"),
    "ftfr": ("First-time fix rate", "一次修复率"),
    "pm_compliance": ("PM compliance", "保养计划完成率"),
    "backlog_count": ("Backlog", "积压工单数"),
    "backlog_h": ("Backlog hours", "积压工时"),
    "ready_backlog_weeks": ("Ready backlog", "可执行积压周数"),
    "backlog_age_d": ("Age of open tickets", "未关闭工单的天数"),
    "reactive_share": ("Reactive share", "非计划工作占比"),
    "corrective_ratio": ("Corrective share of hours", "纠正性维修工时占比"),
    "labor_h": ("Labour hours", "维修工时"),
    "cost_total": ("Cost", "维修费用"),
    "part_qty": ("Parts used", "备件消耗数量"),
    "part_forecast": ("Parts forecast", "备件需求预测"),
    "bad_actors": ("Bad actors", "问题最多的设备"),
    "failure_trend": ("Trend of failures", "故障趋势"),
    "mean_cumulative": ("Mean cumulative failures", "平均累积故障数"),
}
_NAMES = {
    "asset": ("machine", "设备"),
    "asset_class": ("class of machines", "设备类别"),
    "model": ("model", "型号"),
    "site": ("site", "厂区"),
    "area": ("area", "车间"),
    "line": ("line", "产线"),
    "team": ("team", "班组"),
    "shift": ("shift", "班次"),
    "kind": ("kind of work", "工单类型"),
    "status": ("status", "状态"),
    "priority": ("priority", "优先级"),
    "failure_mode": ("failure mode", "故障模式"),
    "cause": ("cause", "原因"),
    "remedy": ("remedy", "处理措施"),
    "component": ("component", "部件"),
    "alarm_code": ("alarm", "报警代码"),
    "part": ("part", "备件"),
    "part_category": ("kind of part", "备件类别"),
    "delay_reason": ("reason of delay", "等待原因"),
    "currency": ("currency", "币种"),
    "person": ("person", "人员"),
    "day": ("day", "日"),
    "week": ("week", "周"),
    "month": ("month", "月"),
    "quarter": ("quarter", "季度"),
    "year": ("year", "年"),
    "day_of_week": ("day of the week", "星期"),
    "hour": ("hour of the day", "小时"),
    "is_open": ("open", "未关闭"),
    "is_failure": ("a failure", "故障"),
    "is_reactive": ("unplanned", "非计划"),
    "is_safety": ("about safety", "安全相关"),
    "age_d": ("age in days", "天数"),
    "downtime_min": ("downtime in minutes", "停机分钟"),
    "response_min": ("response in minutes", "响应分钟"),
    "cost_total": ("cost", "费用"),
    "labor_h": ("labour hours", "工时"),
    "days_overdue": ("days overdue", "逾期天数"),
    "text": ("words", "文字"),
    "ticket_count": ("number of tickets", "工单数"),
}
_RANGES = {
    "all": ("all time", "全部时间"),
    "today": ("today", "今天"),
    "yesterday": ("yesterday", "昨天"),
    "this_week": ("this week", "本周"),
    "last_week": ("last week", "上周"),
    "this_month": ("this month", "本月"),
    "last_month": ("last month", "上个月"),
    "this_quarter": ("this quarter", "本季度"),
    "last_quarter": ("last quarter", "上季度"),
    "this_year": ("this year", "今年"),
    "last_year": ("last year", "去年"),
    "this_fiscal_year": ("this fiscal year", "本财年"),
    "last_fiscal_year": ("last fiscal year", "上财年"),
    "ytd": ("this year so far", "今年至今"),
    "last_shift": ("the last shift", "上一班"),
}
_UNITS = {"d": ("days", "天"), "w": ("weeks", "周"), "m": ("months", "个月"), "y": ("years", "年")}
OPERATORS = {
    "eq": "=",
    "ne": "is not",
    "in": "is one of",
    "gt": ">",
    "ge": "≥",
    "lt": "<",
    "le": "≤",
    "null": "is not recorded",
    "known": "is recorded",
    "contains": "contains",
}
_FIELDS_OF_TIME = {
    "reported": "by the report",
    "completed": "by the completion",
    "downtime": "by the stop",
    "due": "by the due day",
    "as_of": "as of",
}
_UNIT_NAMES = {
    "h": ("h", "小时"),
    "min": ("min", "分钟"),
    "d": ("d", "天"),
    "weeks": ("weeks", "周"),
    "pcs": ("pcs", "件"),
    "1/1000 h": ("per 1,000 h", "次/千小时"),
}
_OPERATORS_ZH = {
    "eq": "为",
    "ne": "不为",
    "in": "为",
    "gt": "大于",
    "ge": "不小于",
    "lt": "小于",
    "le": "不大于",
    "null": "未记录",
    "known": "已记录",
    "contains": "包含",
}


def metric_label(metric: str, language: str = "en") -> str:
    """A metric as a screen names it."""
    return _said(_METRICS, metric, language)


def name_label(name: str, language: str = "en") -> str:
    """A dimension or a field of a filter."""
    return _said(_NAMES, name, language)


def range_label(text: str, language: str = "en") -> str:
    """A range of time: ``last_90d`` is the last 90 days, ``2026-10`` stays itself."""
    found = re.fullmatch(r"last_(\d+)([dwmy])", text)
    if found is None:
        return _said(_RANGES, text, language).replace("..", " to " if language != "zh" else " 至 ")
    unit = _said(_UNITS, found[2], language)
    if language == "zh":
        return f"最近{found[1]}{unit}"
    return f"the last {found[1]} {unit if found[1] != '1' else unit[:-1]}"


def time_field_label(field: str) -> str:
    """Which time of a ticket is meant."""
    return _FIELDS_OF_TIME.get(field, field)


def unit_label(unit: str, language: str = "en") -> str:
    """A unit as it stands behind a number."""
    return _UNIT_NAMES[unit][language == "zh"] if unit in _UNIT_NAMES else unit


def filter_label(one: Filter, language: str = "en") -> str:
    """A filter in words."""
    name = name_label(one.field, language)
    is_chinese = language == "zh"
    if isinstance(one.value, bool):
        if one.value == (one.op != "ne"):
            return name
        return f"非{name}" if is_chinese else f"not {name}"
    said = (_OPERATORS_ZH if is_chinese else OPERATORS)[one.op]
    if one.value is None:
        return f"{name}{said}" if is_chinese else f"{name} {said}"
    many = one.value if isinstance(one.value, tuple) else (one.value,)
    shown = [f"{value:g}" if isinstance(value, float) else str(value) for value in many]
    return f"{name}{said}{'、'.join(shown)}" if is_chinese else f"{name} {said} {', '.join(shown)}"


def _said(table: dict[str, tuple[str, str]], key: str, language: str) -> str:
    found = table.get(key)
    return found[language == "zh"] if found else key.replace("_", " ")
