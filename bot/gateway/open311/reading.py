"""Reads what Open311 clients send: the form of a new request, and the filters of a search."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl

from actions.tickets.moment import LOCAL
from actions.tickets.states import load_states
from bot.gateway.open311.errors import Open311Error
from bot.gateway.open311.services import Catalogue

CHANNEL = "open311"
MAX_SPAN = timedelta(days=90)
MAX_DESCRIPTION = 4000
_EARLIEST, _LATEST = 1970, 2999  # years; ninety days more or less still are times
_MAX_FIELDS = 100
_MAX_KEY = 150
_ATTRIBUTE = re.compile(r"attribute\[(\w{1,40})\](\[\])?")


def read_form(body: bytes) -> dict[str, str]:
    """The fields of a POST; an empty field is a missing one.

    :raises Open311Error: when it is not a form
    """
    try:
        text = body.decode("utf-8")
        pairs = parse_qsl(text, max_num_fields=_MAX_FIELDS, errors="strict")
    except ValueError:
        raise Open311Error("the body is not a form in UTF-8 with at most 100 fields") from None
    form: dict[str, str] = {}
    for name, value in pairs:
        form.setdefault(name, value.strip())
    return {name: value for name, value in form.items() if value}


def read_report(form: Mapping[str, str], catalogue: Catalogue) -> dict[str, Any]:
    """The report as the service takes it.

    :raises Open311Error: naming the argument that is missing or unusable
    """
    if "service_code" not in form:
        raise Open311Error("service_code was not provided")
    service = catalogue.service(form["service_code"])
    attributes = _attributes(form, catalogue)
    place = form.get("address_string", "")
    lat, long = _coordinates(form)
    if not place and lat is None:
        raise Open311Error("a location was not provided: address_string, or lat and long")
    consent = attributes.get("CONSENT") == "yes"
    return {
        "problem": _description(form) or service.category,
        "category": service.category,
        "place": place,
        "lat": lat,
        "long": long,
        "since": attributes.get("SINCE", ""),
        "kind": catalogue.attributes["KIND"]["values"].get(attributes.get("KIND", "")),
        "contact": form.get("phone", "") if consent else "",
        "consent": consent,
        "channel": CHANNEL,
    }


def retry_key(holder: str, given: str, form: Mapping[str, str], day: datetime) -> str:
    """What makes a repeated POST the same request: the client's Idempotency-Key, else an equal form on one day."""
    if given:
        return f"{CHANNEL}:{holder}:{given[:_MAX_KEY]}"
    fields = sorted((name, value) for name, value in form.items() if name != "api_key")
    digest = sha256(repr((day.date().isoformat(), fields)).encode("utf-8", "replace")).hexdigest()
    return f"{CHANNEL}:{holder}:{digest}"


def read_filters(query: Mapping[str, str], catalogue: Catalogue, at: datetime) -> list[tuple[str, str]]:
    """The service's own query for a search.

    :raises Open311Error: naming the argument that is unusable
    """
    wanted = [("channel", CHANNEL)]
    if ids := _list(query.get("service_request_id", "")):
        return wanted + [("number", number) for number in ids]
    wanted += [
        ("category", catalogue.service(code).category) for code in _list(query.get("service_code", ""))
    ]
    start, end = (_moment(query, name) for name in ("start_date", "end_date"))
    end = end or (start + MAX_SPAN if start else at)
    start = start or end - MAX_SPAN
    if end - start > MAX_SPAN:
        raise Open311Error("start_date and end_date are more than 90 days apart")
    return [*wanted, ("since", start.isoformat()), ("until", end.isoformat()), *_states(query)]


def _states(query: Mapping[str, str]) -> list[tuple[str, str]]:
    asked = set(_list(query.get("status", "")))
    if unknown := asked - {"open", "closed"}:
        raise Open311Error(f"status {min(unknown)[:20]} was not found; there are open and closed")
    if len(asked) != 1:
        return []
    states = load_states().states.values()
    return [("state", state.name) for state in states if state.open == ("open" in asked)]


def _attributes(form: Mapping[str, str], catalogue: Catalogue) -> dict[str, str]:
    given = {match.group(1): value for name, value in form.items() if (match := _ATTRIBUTE.fullmatch(name))}
    for name, value in given.items():
        known = catalogue.attributes.get(name)
        if known is None:
            raise Open311Error(f"attribute {name} was not found; see the service definition")
        if "values" in known and value not in known["values"]:
            raise Open311Error(f"attribute {name} has no value {value[:20]}; see the service definition")
    return given


def _coordinates(form: Mapping[str, str]) -> tuple[float | None, float | None]:
    if ("lat" in form) != ("long" in form):
        raise Open311Error("lat and long have to be provided together")
    if "lat" not in form:
        return None, None
    lat, long = _number(form, "lat", 90), _number(form, "long", 180)
    return lat, long


def _number(form: Mapping[str, str], name: str, most: int) -> float:
    try:
        value = float(form[name])
    except ValueError:
        value = math.nan
    if not abs(value) <= most:
        raise Open311Error(f"{name} has to be a number between -{most} and {most}")
    return value


def _description(form: Mapping[str, str]) -> str:
    text, media = form.get("description", ""), form.get("media_url", "")
    if len(text) > MAX_DESCRIPTION:
        raise Open311Error(f"description has {len(text)} characters; at most {MAX_DESCRIPTION} are taken")
    if media and not re.fullmatch(r"https?://[^\s<>\"]{1,500}", media):
        raise Open311Error("media_url has to be an http or https address of at most 500 characters")
    return f"{text}\n{media}".strip()


def _moment(query: Mapping[str, str], name: str) -> datetime | None:
    text = query.get(name, "").strip()
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text.replace(" ", "+"))  # a plus that was not escaped arrives as a space
    except ValueError:
        at = datetime.min
    if not _EARLIEST <= at.year <= _LATEST:
        raise Open311Error(f"{name} has to be a time such as 2010-01-01T00:00:00Z")
    return at if at.tzinfo else at.replace(tzinfo=LOCAL)


def _list(text: str) -> list[str]:
    return [part for part in (part.strip() for part in text.split(",")) if part][:_MAX_FIELDS]
