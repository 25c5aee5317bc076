"""Upload documents: they are kept and queued here; a process beside the server reads them."""

from __future__ import annotations

import shutil
import uuid
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import ConfigDict, Field, ValidationError
from starlette.concurrency import run_in_threadpool

from index.corpus import DOCUMENTS
from index.intake_items import IntakeItem
from ingest.accepting import check_intake
from ingest.errors import IngestError, UnsupportedFormat
from ingest.tagging import Stated
from ui.api.callers import Caller, Writer
from ui.api.errors import Problem
from ui.api.intake import QueuedOut
from ui.api.multipart import Form, receive_form
from ui.api.problems import problems
from ui.api.texts import OfDocuments, Word
from ui.schemas import Schema

router = APIRouter(tags=["documents"])

MOST_BYTES = 200 * 1024 * 1024
"""Of one request with all its files."""
_MANY = ("model", "asset", "group")
_FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {
                            "type": "array",
                            "minItems": 1,
                            "items": {"type": "string", "format": "binary"},
                            "description": "the documents",
                        },
                        "hold": {
                            "type": "boolean",
                            "description": "keep them as drafts until somebody approves them",
                        },
                        "kind": {"type": "string", "enum": list(DOCUMENTS)},
                        "model": {"type": "array", "items": {"type": "string"}},
                        "asset": {"type": "array", "items": {"type": "string"}},
                        "site": {"type": "string", "description": "who may see them"},
                        "group": {"type": "array", "items": {"type": "string"}},
                    },
                }
            }
        },
    }
}


class Options(Schema):
    """What is said about all files of an upload."""

    model_config = ConfigDict(extra="forbid")

    hold: bool = False
    kind: OfDocuments | None = None
    model: Annotated[tuple[Word, ...], Field(max_length=100)] = ()
    asset: Annotated[tuple[Word, ...], Field(max_length=100)] = ()
    site: Word | None = None
    group: Annotated[tuple[Word, ...], Field(max_length=100)] = ()


class UploadedFile(Schema):
    """What became of a file: queued, known already, or refused for the reason."""

    name: str
    outcome: Literal["queued", "known", "refused"]
    reason: str
    intake: QueuedOut | None


class UploadOut(Schema):
    """What became of every file of an upload, in their order."""

    files: tuple[UploadedFile, ...]


@router.post(
    "/documents",
    status_code=202,
    operation_id="uploadDocuments",
    summary="Upload documents",
    openapi_extra=_FORM,
    responses=problems(415),
)
async def upload(caller: Writer) -> UploadOut:
    """Take files in; 415 or 422 where not one of them could be taken."""
    caller.require("ingest")
    folder = caller.services.home.cache / "received" / uuid.uuid4().hex
    folder.mkdir(parents=True)
    try:
        form = await receive_form(
            caller.request, folder, MOST_BYTES, caller.services.limits.check_size
        )
        return await run_in_threadpool(_take_in, caller, form)
    finally:  # the originals are kept, or the files were refused
        await run_in_threadpool(shutil.rmtree, folder, ignore_errors=True)


def _take_in(caller: Caller, form: Form) -> UploadOut:
    options = _options(caller, form)
    if not form.files:
        raise Problem(422, "file: no file was sent. Send each in a part named `file`.")
    stated = _stated(caller, options)
    check_intake(caller.principal, stated)
    size = sum(path.stat().st_size for path in form.files)
    caller.services.limits.take(caller.principal, "upload", size, files=len(form.files))
    files: list[UploadedFile] = []
    formats: list[bool] = []
    for path in form.files:
        item = caller.services.desk.accept_file(caller.principal, path, stated, hold=options.hold)
        formats.append(isinstance(item, UnsupportedFormat))
        files.append(_outcome(caller, path, item))
    if all(file.outcome == "refused" for file in files):
        status = 415 if all(formats) else 422
        told = [file.model_dump(include={"name", "reason"}) for file in files]
        raise Problem(status, files[0].reason, files=told)
    if any(file.outcome == "queued" for file in files):
        caller.services.ingestion.ensure_running(at_once=True)
    return UploadOut(files=tuple(files))


def _options(caller: Caller, form: Form) -> Options:
    values: dict[str, Any] = {}
    for name, value in form.fields:
        if name in _MANY:
            values.setdefault(name, []).append(value)
        elif name in values:
            raise Problem(422, f"{name}: it is there twice.")
        else:
            values[name] = value
    try:
        options = Options.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))[:60]
        raise Problem(422, f"{place}: {first['msg']}.") from error
    principal = caller.principal
    if options.site is None and principal.sites is not None and len(principal.sites) == 1:
        options = options.model_copy(update={"site": next(iter(principal.sites))})
    return options


def _stated(caller: Caller, options: Options) -> Stated:
    assets = caller.services.assets
    return Stated(
        kind=options.kind,
        models=tuple(options.model),
        assets=tuple(assets.get(caller.principal, tag).tag for tag in options.asset),
        site=options.site,
        groups=tuple(options.group),
    )


def _outcome(caller: Caller, path: Path, item: IntakeItem | IngestError) -> UploadedFile:
    if isinstance(item, IngestError):
        home = str(caller.services.home.path)
        reason = str(item).replace(str(path), path.name).replace(home, "the home folder")
        return UploadedFile(name=path.name, outcome="refused", reason=reason, intake=None)
    outcome: Literal["queued", "known"] = "known" if item.state == "done" else "queued"
    shape = QueuedOut.of_item(caller, item)
    return UploadedFile(name=path.name, outcome=outcome, reason="", intake=shape)
