"""The most resident memory that a process and its children take while something runs."""

from __future__ import annotations

import threading

import psutil

_LOOK_EVERY_S = 0.05


class Peak:
    """A context; ``mib`` is the growth over what was resident at its beginning, in MiB."""

    mib = 0.0

    def __enter__(self) -> Peak:
        self._before = _resident()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._stop.wait(_LOOK_EVERY_S):
            self.mib = max(self.mib, _resident() - self._before)


def _resident() -> float:
    own = psutil.Process()
    total = 0
    for process in (own, *own.children(recursive=True)):
        try:
            total += process.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total / (1 << 20)
