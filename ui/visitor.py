"""Who taps: asked at every event of a screen, and told in plain words what they may not do."""

from __future__ import annotations

from html import escape

import gradio as gr

from index.access import Action, Principal
from index.errors import NotAllowed
from ui.identity import NotSignedIn, PasswordChangeNeeded, principal_of
from ui.shell.door import PASSWORD, SIGN_IN
from ui.wiring import Services


def visitor(services: Services, request: gr.Request, *needed: Action) -> Principal:
    """Who sends an event, with the rights of now; an event leaves nothing behind to rely on.

    Raises:
        gr.Error: nobody who is signed in, or one whose role does not allow what is ``needed``. The
            screen stays as it is and shows the words.
    """
    try:
        principal = principal_of(services, request)
    except PasswordChangeNeeded as error:
        raise told(str(error), PASSWORD, "Change it") from error
    except NotSignedIn as error:
        raise told(str(error), SIGN_IN, "Sign in") from error
    try:
        for action in needed:
            principal.require(action)
    except NotAllowed as error:
        raise told(str(error)) from error
    return principal


def told(words: str, link: str = "", name: str = "") -> gr.Error:
    """What is said over the screen, as text, with a link to a page of ours."""
    follow = f' <a href="{link}">{escape(name)}</a>' if link else ""
    return gr.Error(escape(words) + follow, title="Faultbook", print_exception=False)
