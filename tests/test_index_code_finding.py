"""What a question names: devices, codes, the sort of answer that it wants."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.code_finding import find_codes
from index.device_naming import Device, name_devices
from index.intent import asked_dimensions, fitting_kind, intent_of

PRESS = Device(1, "HP-40 Hydraulic Press Maintenance Manual", ("HP-40", "HP-40S"))
LATHE = Device(2, "LT-25 CNC Lathe Service Manual", ("LT-25", "LT-25M"))
COMPRESSOR = Device(3, "RC-15 Screw Compressor Manual", ("RC-15", "RC-15D"))
DEVICES = (PRESS, LATHE, COMPRESSOR)


def named(question: str, *devices: Device) -> tuple[tuple[int, ...], str]:
    """The revisions that a question names, and the characters that name them."""
    revisions, positions = name_devices(question, devices or DEVICES)
    return revisions, "".join(question[i] for i in sorted(positions))


@pytest.mark.parametrize(
    ("question", "revisions", "name"),
    [
        ("HP-40 shows E-217", (1,), "HP-40"),
        ("hp40 is slow", (1,), "hp40"),
        ("HP 40 is slow", (1,), "HP 40"),
        ("ＨＰ－４０ is slow", (1,), "ＨＰ－４０"),
        ("HP40在漏油", (1,), "HP40"),
        ("the HP-40S is slow", (1,), "HP-40S"),
        ("LT-25M turret", (2,), "LT-25M"),
        ("oil of HP-40 and LT-25M", (1, 2), "HP-40LT-25M"),
        ("HP-400 is slow", (), ""),
        ("XHP-40 is slow", (), ""),
        ("hp-40s3", (), ""),
        ("the press leaks", (), ""),
        ("which manual is for maintenance", (), ""),
        ("", (), ""),
    ],
)
def test_a_model_names_a_device(question: str, revisions: tuple[int, ...], name: str) -> None:
    assert named(question) == (revisions, name)


def test_most_of_a_title_names_a_device() -> None:
    robots = (
        Device(1, "Dynamo CR robot (V4)"),
        Device(2, "Dynamo CR robot (V3)"),
        Device(3, "XA robot"),
    )
    assert named("Dynamo CR V4 robot 1282", *robots)[0] == (1,)
    assert named("Dynamo CR robot 1282", *robots)[0] == ()
    assert named("Dynamo V3 robot CR alarm", *robots)[0] == (2,)


def test_a_name_inside_of_another_does_not_count() -> None:
    drives = (Device(1, "SV servo drive"), Device(2, "SV servo drive plus"))
    assert named("SV servo drive plus: overload", *drives)[0] == (2,)
    assert named("SV servo drive: overload", *drives)[0] == (1,)


def test_documents_of_one_device_are_named_together() -> None:
    manuals = (Device(4, "Operating manual", ("HP-40",)), Device(7, "Service manual", ("HP-40",)))
    assert named("HP-40 is slow", *manuals)[0] == (4, 7)


def test_a_number_of_the_name_is_still_a_code_elsewhere() -> None:
    question = "servo 620 shows 620"
    revisions, positions = name_devices(question, (Device(1, "Servo 620"),))
    assert revisions == (1,)
    codes, _ = find_codes(question, positions, (), ())
    assert [code.text for code in codes] == ["620"]
    assert max(positions) < question.rindex("620")


def codes_in(question: str, *prefixes: str) -> list[str]:
    return [code.text for code in find_codes(question, set(), prefixes, ())[0]]


@pytest.mark.parametrize(
    ("question", "prefix", "codes"),
    [
        ("E-217", "e", ["E-217"]),
        ("press stops with E217 again", "e", ["E217"]),
        ("press stops with e 217", "e", ["e-217"]),
        ("what is err 05 on this drive", "e", ["err-05"]),
        ("drive tripped on F30001 after start", "f", ["F30001"]),
        ("A.710 comes up when the axis moves", "a", ["A.710"]),
        ("servo amplifier AL.E6 keeps coming", "ale", ["AL.E6"]),
        ("SV0410 on the X axis of the mill", "sv", ["SV0410"]),
        ("Er.A50 while homing the gantry", "era", ["Er.A50"]),
        ("fault word 0x1C on the converter", "0x", ["0x1C"]),
        ("controller says 16#1C in the log", "0x", ["16#1C"]),
        ("E-217 and E-219 took turns today", "e", ["E-217", "E-219"]),
        ("E-217/E-219 took turns today", "e", ["E-217", "E-219"]),
        ("E-217,E-219 took turns today", "e", ["E-217", "E-219"]),
        ("E217和E219交替出现", "e", ["E217", "E219"]),
        ("Ｅ－２１７在夜班出现", "e", ["E-217"]),
    ],
)
def test_what_begins_as_the_codes_of_the_documents_do_is_a_code(
    question: str, prefix: str, codes: list[str]
) -> None:
    assert codes_in(question, prefix) == codes


@pytest.mark.parametrize(
    ("question", "codes"),
    [
        ("alarm 217 on the press", ["217"]),
        ("alarm no. 217 on the press", ["217"]),
        ("alarm: 217, press stops", ["217"]),
        ("alarm (217), press stops", ["217"]),
        ('the panel shows "217" in red', ["217"]),
        ("error code #28 on the robot", ["28"]),
        ("warning 12 on the compressor today", ["12"]),
        ("Fehler 217 an der Presse", ["217"]),
        ("Störung 217 an der Presse", ["217"]),
        ("défaut 217 sur la presse", ["217"]),
        ("código 217 en la prensa", ["217"]),
        ("alarm １２３ on the robot", ["123"]),
        ("alarms 12, 13 and 14 on the robot", ["12", "13", "14"]),
        ("faults 217 and 218 after the break", ["217", "218"]),
        ("显示报警2108，重启无效", ["2108"]),
        ("机器人报警代码 2108 怎么处理", ["2108"]),
        ("出现2108号报警怎么处理", ["2108"]),
        ("part number HP40-2201-01 for the pump", ["HP40-2201-01"]),
        ("spare part 4711 for the pump", ["4711"]),
        ("alarm 217 line 4 stopped", ["217"]),
        ("alarm 217 machine does not start", ["217"]),
        ("alarm 12 axis 3 moving", ["12"]),
        ("line 4 shows 217 since noon", ["217"]),
    ],
)
def test_a_word_for_alarm_makes_a_number_a_code(question: str, codes: list[str]) -> None:
    assert codes_in(question) == codes


@pytest.mark.parametrize(
    "question",
    [
        "line 4 stopped and will not restart",
        "station 3 stops at 14:35",
        "it stopped at 14:35:10 on 2024-05-01 and on 3.5.2024",
        "press stops after 7244 cycles",
        "the alarm came 3 times today",
        "press shows error 3 times today",
        "alarm 5 minutes after the start",
        "alarm after 5 minutes of running",
        "alarm comes every 20 parts",
        "error with 24 V at the valve",
        "the alarm came at 48 °C oil",
        "display shows 48°C and is fine",
        "gauge shows 120 bar and rises",
        "gauge shows 0.5 MPa and rises",
        "display shows 85 N·m at the end",
        "alarm since 2 days on this machine",
        "the error is on page 12 of the book",
        "error on a 6 axis robot",
        "replace bearing 6204 of the fan",
        "torque of the M8 bolts on the pump",
        "there were 3 faults on line 4",
        "6号线14点34分停机，重启2次无效",
        "温度报警，油温48℃，压力120 bar",
    ],
)
def test_lines_times_counts_and_measurements_are_no_codes(question: str) -> None:
    assert codes_in(question, "e") == []


def test_the_noise_around_a_code_stays_noise() -> None:
    question = "line 2 14:32 stop, 3rd time 2day, 14:35 E-217 again after reset 2, oil 64"
    assert codes_in(question, "e") == ["E-217"]
    question = "Line 3 stopped at 15:47 after 7244 cycles, showing 1282, power cycled it 2 times"
    assert codes_in(question) == ["1282"]


@settings(max_examples=80, deadline=None)
@given(st.integers(1, 99), st.integers(0, 23), st.integers(0, 59), st.integers(2, 9999))
def test_no_line_time_or_count_joins_the_code(
    line: int, hour: int, minute: int, cycles: int
) -> None:
    question = f"Line {line} stopped at {hour}:{minute:02d} after {cycles} cycles, it shows E-217"
    assert codes_in(question, "e") == ["E-217"]
    question = f"{line}号线{hour}点{minute}分停机，已运行{cycles}次循环，显示E-217"
    assert codes_in(question, "e") == ["E-217"]


@pytest.mark.parametrize(
    ("question", "codes", "is_certain"),
    [
        ("217", ["217"], False),
        ("What is 217?", ["217"], False),
        ("M8", ["M8"], False),
        ("what does M8 mean", ["M8"], False),
        ("E-217", ["E-217"], True),
        ("alarm 217", ["217"], True),
    ],
)
def test_a_bare_number_is_only_tried_as_a_code(
    question: str, codes: list[str], is_certain: bool
) -> None:
    found, _ = find_codes(question, set(), ("e",), ())
    assert [(code.text, code.is_certain) for code in found] == [
        (code, is_certain) for code in codes
    ]


def test_a_word_that_is_a_code_counts_only_where_one_is_expected() -> None:
    assert codes_in("fault code other", "other") == ["other"]
    assert codes_in("the other pump is loud", "other") == []


def test_the_component_of_which_most_is_named_is_found() -> None:
    components = ("Spindle drive", "Axis drive", "控制器")
    assert find_codes("spindle drive 316", set(), (), components)[1] == "Spindle drive"
    assert find_codes("控制器 2108", set(), (), components)[1] == "控制器"
    assert find_codes("drive 316", set(), (), components)[1] == ""


def test_a_number_beside_a_component_is_a_code() -> None:
    codes, component = find_codes(
        "lathe stands still, servo drive 316 since noon", set(), (), ("servo drive",)
    )
    assert (component, [code.text for code in codes]) == ("servo drive", ["316"])
    assert codes[0].is_certain


@pytest.mark.parametrize(
    ("question", "intent"),
    [
        ("How do I replace the pump?", "procedure"),
        ("replace the pump", "procedure"),
        ("Please adjust the ram guides", "procedure"),
        ("I need to bleed the cylinder", "procedure"),
        ("steps for the precharge", "procedure"),
        ("如何更换液压泵", "procedure"),
        ("Which part number has the filter?", "part"),
        ("how do I order spare parts", "part"),
        ("泵的料号", "part"),
        ("torque of the column nuts", "value"),
        ("how tight are the column nuts", "value"),
        ("What is the right belt tension value?", "value"),
        ("what pressure has the accumulator", "value"),
        ("螺栓扭矩多少", "value"),
        ("press is slow when warm", "fault"),
        ("fitting at the pump leaks", "fault"),
        ("油温高", "fault"),
        ("E-217", "fault"),
        ("", "fault"),
    ],
)
def test_what_a_question_wants(question: str, intent: str) -> None:
    assert intent_of(question) == intent


def test_each_intent_is_answered_by_a_form_of_its_own() -> None:
    kinds = [fitting_kind(intent) for intent in ("procedure", "part", "value", "fault")]
    assert kinds == ["steps", "part", "table", "fault"]


@pytest.mark.parametrize(
    ("question", "dimensions"),
    [
        ("torque of the column nuts", {"torque"}),
        ("how tight are the column nuts", {"torque"}),
        ("what is the pressure and the temperature limit", {"pressure", "temperature"}),
        ("how many bar has the accumulator", {"pressure"}),
        ("What is the rated current of M1?", {"current"}),
        ("how much backlash may the gear have", {"length"}),
        ("how heavy is the ram", {"mass"}),
        ("系统压力多少", {"pressure"}),
        ("pressure falls slowly", set()),
        ("oil temperature too high", set()),
        ("how many filters are there", set()),
    ],
)
def test_the_dimension_of_an_asked_value(question: str, dimensions: set[str]) -> None:
    assert asked_dimensions(question) == dimensions
