"""Import OpenVINO without the telemetry that it would send on import and on conversion.

OpenVINO works without the package ``openvino_telemetry``; with it, it reports each import to its
maker unless the user has opted out. A plant's machine reports to nobody.
"""

from __future__ import annotations

import sys
from typing import Any


def import_openvino() -> Any:
    """Return the module ``openvino``; heavy: 0.3 s."""
    _leave_telemetry_out()
    import openvino

    return openvino


def import_openvino_genai() -> Any:
    """Return the module ``openvino_genai``; heavy, and loads OpenVINO."""
    _leave_telemetry_out()
    import openvino_genai

    return openvino_genai


def _leave_telemetry_out() -> None:
    # None makes the import fail, and OpenVINO then takes its own stub.
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
