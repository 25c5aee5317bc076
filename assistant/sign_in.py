"""Sign in with a name and a password; the session is what is left of it."""

from __future__ import annotations

from assistant.audit import AuditLog
from assistant.credentials import Credentials
from assistant.errors import AccountUnknown, WrongCredentials
from assistant.sessions import Sessions


class SignIn:
    """Checks passwords and opens sessions."""

    def __init__(self, credentials: Credentials, sessions: Sessions, audit: AuditLog) -> None:
        self._credentials = credentials
        self._sessions = sessions
        self._audit = audit

    def password(self, name: str, password: str, address: str) -> str:
        """Open a session and return its secret; ``address`` is where the request comes from.

        A session that the browser had before is not continued: close it.

        Raises:
            WrongCredentials: the name or the password is wrong, or the account may not sign in.
            TooManyAttempts: the password was not looked at.
        """
        user = self._credentials.check(name, password, address).name
        self._audit.note(user, "sign-in", address=address)
        return self._open(user, address)

    def change_password(self, name: str, old: str, new: str, address: str) -> str:
        """Change a password, end every session of the account, and open a new one.

        Raises:
            PasswordRefused: the new password cannot be used.
            WrongCredentials: the old password is wrong.
            TooManyAttempts: the old password was not looked at.
        """
        return self._open(self._credentials.change(name, old, new, address), address)

    def _open(self, name: str, address: str) -> str:
        try:
            return self._sessions.open(name, address)
        except AccountUnknown as error:  # disabled since its password was looked at
            raise WrongCredentials("The account was disabled. Ask an administrator.") from error
