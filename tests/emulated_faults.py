"""How a call can fail: told to beforehand, and in the ways in which Telegram and the net do."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Literal, NoReturn

from aiohttp import web

from tests.botapi import ApiError, Json

__all__ = ["Fault", "FaultKind", "fail"]

_BAD_GATEWAY = "<html><head><title>502 Bad Gateway</title></head></html>"

FaultKind = int | Literal["reset", "hang", "cut"]
"""An HTTP status (502 comes as HTML), `reset` for a connection closed without an answer, `hang`
for one held open without an answer, or `cut` for an answer of which only the beginning comes.
"""


@dataclass(frozen=True, slots=True)
class Fault:
    """What becomes of one call: an error answer, a reset, or no answer at all."""

    status: FaultKind
    description: str
    parameters: Json
    applied: bool


def fail(fault: Fault) -> NoReturn:
    """End a call as this fault does; one that hangs must have been held open first.

    Raises:
        ApiError: Telegram says no.
        HTTPException: It answers what is not JSON, or not whole.
        ConnectionResetError: The connection is to be closed without an answer.
    """
    if fault.status == "cut":
        raise web.HTTPOk(text='{"ok":true,"resu', content_type="application/json")
    if isinstance(fault.status, str):
        raise ConnectionResetError
    description = fault.description or HTTPStatus(fault.status).phrase
    if fault.status == HTTPStatus.BAD_GATEWAY:
        raise web.HTTPBadGateway(text=_BAD_GATEWAY, content_type="text/html")
    if "retry_after" in fault.parameters and not fault.description:
        description += f": retry after {fault.parameters['retry_after']}"
    raise ApiError(fault.status, description, **fault.parameters)
