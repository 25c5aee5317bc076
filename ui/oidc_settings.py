"""The settings of single sign-on with OpenID Connect: the part ``[oidc]``."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from assistant.redaction import know_secret
from index.access import Role
from index.errors import HomeError


class OidcSettings(BaseModel):
    """Which provider signs users in, and what its claims give them; off without an issuer.

    ``roles``, ``sites`` and ``groups`` say what a value of the groups claim gives. Who has no value
    that gives a role has no access. The highest role counts; sites and groups add up.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    issuer: str = Field(default="", description="the provider's URL; empty for no single sign-on")
    client_id: str = Field(default="", description="what the provider calls Faultbook")
    client_secret: SecretStr = Field(
        default=SecretStr(""), description="the secret of the client; empty for a public client"
    )
    client_secret_file: Path | None = Field(
        default=None, description="a file with the secret, instead of client_secret"
    )
    label: str = Field(default="your organisation", description="what the provider is called")
    public_url: str = Field(
        default="", description="the address of Faultbook in the browser, if it is behind a proxy"
    )
    scopes: tuple[str, ...] = Field(
        default=("openid", "profile"), description="what is asked for; 'openid' is needed"
    )
    prompt: str = Field(
        default="", description="'login' to ask for the password at each sign-in, on shared tablets"
    )
    name_claim: str = Field(default="preferred_username", description="becomes the user name")
    display_claim: str = Field(default="name", description="becomes the name to be shown")
    groups_claim: str = Field(default="groups", description="holds the values that give rights")
    roles: dict[str, Role] = Field(default={}, description="the role that a value gives")
    sites: dict[str, tuple[str, ...]] = Field(default={}, description="the sites of a value")
    groups: dict[str, tuple[str, ...]] = Field(default={}, description="the groups of a value")
    every_site: tuple[str, ...] = Field(default=(), description="values that give every site")
    every_group: tuple[str, ...] = Field(default=(), description="values that give every group")

    @field_validator("issuer", "public_url")
    @classmethod
    def _is_safe(cls, url: str) -> str:
        if url and not is_safe_url(url):
            raise ValueError(f"{url!r} is no https address (http is for this machine only)")
        return url

    @model_validator(mode="after")
    def _is_whole(self) -> OidcSettings:
        if not self.issuer:
            return self
        if not self.client_id:
            raise ValueError("an issuer needs a client_id")
        if "openid" not in self.scopes:
            raise ValueError("the scopes lack 'openid'")
        if self.client_secret.get_secret_value() and self.client_secret_file:
            raise ValueError("client_secret and client_secret_file are both given; give one")
        return self

    def secret(self) -> str:
        """The secret of the client, empty for a public one.

        Raises:
            HomeError: its file cannot be read or is empty.
        """
        if self.client_secret_file is None:
            return self.client_secret.get_secret_value()
        path = self.client_secret_file.expanduser()
        try:
            found = path.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise HomeError(
                f"{path}, which the setting 'oidc.client_secret_file' names, cannot be read. Make "
                "it a readable text file."
            ) from error
        if not found:
            raise HomeError(f"{path} holds no secret. Write the secret of the client into it.")
        know_secret(found)  # so that no log shows it
        return found


def is_safe_url(url: str) -> bool:
    """Tell whether an address is of https, or of http on this machine, and names no user."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    if not host or parts.username is not None or parts.fragment:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _is_this_machine(host))


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
