"""Settings: defaults, then HOME/settings.toml, then environment variables FAULTBOOK_..."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from assistant.audit import AuditSettings
from assistant.egress import EgressSettings
from assistant.llm.choice import ModelSettings
from assistant.tracing import Tracer, TracingServer
from index.dense import FLAT_MOST
from index.embedding import Precision
from index.errors import HomeError
from ui.limits import LimitSettings
from ui.oidc_settings import OidcSettings

DEFAULT_HOME = Path("~/.local/share/faultbook")


class FigureSettings(BaseModel):
    """Figures over the plant's record; what they may tell is for an administrator to say.

    ``per_person`` allows figures of single persons, which the law or a works agreement may forbid.
    ``model_reads`` lets the language model read questions that the rules do not understand.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    per_person: bool = False
    model_reads: bool = False


class Settings(BaseSettings):
    """All settings. A nested one is written ``FAULTBOOK_LLM__MODEL`` in the environment."""

    model_config = SettingsConfigDict(
        env_prefix="FAULTBOOK_", env_nested_delimiter="__", extra="ignore", frozen=True
    )

    models: Path = Field(
        default=Path("~/.cache/faultbook/models"), description="where fetched models are kept"
    )
    embedder: str = Field(
        default="", description="a sentence-transformers model; empty for the default"
    )
    embedder_precision: Precision = Field(
        default="full", description="the default embedder in float32, or in 8-bit integers: int8"
    )
    flat_vectors: int = Field(
        default=FLAT_MOST, ge=0, description="vectors up to which all are searched in memory"
    )
    reranker: str = Field(
        default="", description="folder of a sentence-transformers cross-encoder; empty for none"
    )
    translate_questions: bool = Field(
        default=False, description="search also for the language model's translation into English"
    )
    llm: ModelSettings = ModelSettings()
    tracing: Tracer = Field(
        default="off", description="send traces of what is asked to LangSmith or Langfuse"
    )
    tracing_server: TracingServer = TracingServer()
    oidc: OidcSettings = OidcSettings()
    egress: EgressSettings = EgressSettings()
    audit: AuditSettings = AuditSettings()
    limits: LimitSettings = LimitSettings()
    figures: FigureSettings = FigureSettings()

    @field_validator("embedder", "reranker")
    @classmethod
    def _is_on_this_machine(cls, name: str) -> str:
        """There is no embedder or reranker elsewhere, so that no text leaves for one."""
        if "://" in name:
            raise ValueError(
                "it names a server; only models that run on this machine can be used, so that no "
                "text leaves it"
            )
        return name

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over the file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def load_settings(home: Path) -> Settings:
    """Return the settings of a home folder.

    Raises:
        HomeError: the file or a variable is malformed; the message names the setting.
    """
    path = home.expanduser() / "settings.toml"

    class _FromHome(Settings):
        model_config = SettingsConfigDict(toml_file=path)

    try:
        if path.exists():
            _check_keys(path)
        return _FromHome()
    except OSError as error:
        raise HomeError(
            f"The settings {path} cannot be read: {error.strerror}. Make it a readable file, or "
            "move it away to use the defaults."
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise HomeError(
            f"{path} is not TOML in UTF-8: {error}. Correct it, or move it away to use "
            "the defaults."
        ) from error
    except SettingsError as error:  # of a table or a list, which a variable gives as JSON
        match = re.search('field "([a-z_]+)"', str(error))
        name = f"FAULTBOOK_{match[1].upper()}" if match else "FAULTBOOK_..."
        raise HomeError(
            f"The variable {name} is not a JSON object. Name one setting a variable, such as "
            "FAULTBOOK_LLM__BACKEND."
        ) from error
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(map(str, first["loc"]))
        raise HomeError(
            f"The setting {name!r} (in {path} or FAULTBOOK_{name.upper().replace('.', '__')}) "
            f"is wrong: {first['msg']}."
        ) from error


def _check_keys(path: Path) -> None:
    """Refuse unknown keys: a misspelled setting must not be silently without effect."""
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    if unknown := sorted(content.keys() - Settings.model_fields.keys()):
        known = ", ".join(sorted(Settings.model_fields))
        raise HomeError(f"{path} has the unknown setting {unknown[0]!r}. Known: {known}.")
