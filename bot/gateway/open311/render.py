"""Writes answers as XML or JSON, in the shapes of the specification."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

from fastapi import Response
from fastapi.responses import JSONResponse

from bot.gateway.open311.errors import NotFound, Open311Error

FORMATS = ("xml", "json")
# The name of the list and of one entry; JSON has neither.
SERVICES = ("services", "service")
REQUESTS = ("service_requests", "request")
ERRORS = ("errors", "error")
_INNER = {"attributes": "attribute", "values": "value", "formats": "format", "endpoints": "endpoint"}
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def checked_format(name: str) -> str:
    """``xml`` or ``json``. Raises NotFound for any other."""
    if name not in FORMATS:
        raise NotFound(f"format {name[:20]} was not found; there are xml and json")
    return name


def many(entries: list[dict[str, Any]], names: tuple[str, str], form: str, status: int = 200) -> Response:
    """A list of entries."""
    if form == "json":
        return JSONResponse(entries, status)
    root = ElementTree.Element(names[0])
    for entry in entries:
        _fill(ElementTree.SubElement(root, names[1]), entry)
    return _xml(root, status)


def one(entry: dict[str, Any], name: str, form: str) -> Response:
    """A single object."""
    if form == "json":
        return JSONResponse(entry)
    root = ElementTree.Element(name)
    _fill(root, entry)
    return _xml(root, 200)


def failure(error: Open311Error, form: str) -> Response:
    """An error in the specification's shape."""
    response = many([{"code": error.code, "description": str(error)}], ERRORS, form, error.status)
    if error.retry_after:
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def _fill(parent: ElementTree.Element, entry: dict[str, Any]) -> None:
    for name, value in entry.items():
        child = ElementTree.SubElement(parent, name)
        if isinstance(value, list):
            for part in value:
                inner = ElementTree.SubElement(child, _INNER[name])
                if isinstance(part, dict):
                    _fill(inner, part)
                else:
                    inner.text = _text(part)
        else:
            child.text = _text(value)


def _text(value: object) -> str | None:
    if value is None or value == "":
        return None
    return str(value).lower() if isinstance(value, bool) else _NO_XML.sub("", str(value))


def _xml(root: ElementTree.Element, status: int) -> Response:
    body = b'<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(
        root, "utf-8", xml_declaration=False
    )
    return Response(body, status, media_type="text/xml; charset=utf-8")
