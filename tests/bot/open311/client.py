"""An Open311 client that knows the specification and nothing of our server.

Written from the text of GeoReport v2 (wiki.open311.org): its URLs, its argument names, its XML and JSON shapes. It
reads either format into the same plain objects and complains about what the specification does not allow.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import httpx2

W3_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
CONTENT_TYPES = {"xml": "text/xml; charset=utf-8", "json": "application/json"}
REQUEST_FIELDS = (
    *("service_request_id", "status", "status_notes", "service_name", "service_code", "description"),
    *("agency_responsible", "service_notice", "requested_datetime", "updated_datetime"),
    *("expected_datetime", "address", "address_id", "zipcode", "lat", "long", "media_url"),
)


class Refused(Exception):
    """An error answer: the HTTP status and the codes and descriptions of the body."""

    def __init__(self, status: int, errors: list[tuple[str, str]]) -> None:
        super().__init__(status, errors)
        self.status = status
        self.errors = errors


@dataclass
class Client:
    """One endpoint, in one format."""

    http: httpx2.Client
    endpoint: str
    form: str = "xml"
    api_key: str = ""
    jurisdiction: str = ""

    def services(self) -> list[dict[str, Any]]:
        found = self._list(self._get("services"), "services", "service")
        for service in found:
            assert {"service_code", "service_name", "description", "metadata", "type"} <= service.keys()
            assert service["type"] in ("realtime", "batch", "blackbox")
            assert truth(service["metadata"]) in (True, False)
        return found

    def definition(self, code: str) -> dict[str, Any]:
        response = self._get(f"services/{quote(code, safe='')}")
        if self.form == "json":
            found = dict(response.json())
        else:
            root = self._root(response, "service_definition")
            attributes = root.find("attributes")
            assert attributes is not None
            found = {"service_code": root.findtext("service_code"), "attributes": []}
            for node in attributes:
                assert node.tag == "attribute"
                values = node.find("values")
                entry = {child.tag: child.text for child in node if child.tag != "values"}
                entry["values"] = [
                    {c.tag: c.text for c in value} for value in (values if values is not None else ())
                ]
                found["attributes"].append(entry)
        for attribute in found["attributes"]:
            assert attribute["datatype"] in (
                *("string", "number", "datetime", "text", "singlevaluelist", "multivaluelist"),
            )
            assert truth(attribute["required"]) in (True, False)
            assert int(attribute["order"]) > 0
        return found

    def file(self, idempotency: str = "", **fields: str) -> dict[str, Any]:
        data = {"api_key": self.api_key, **self._jurisdiction(), **fields}
        headers = {"Idempotency-Key": idempotency} if idempotency else {}
        response = self.http.post(f"{self.endpoint}/requests.{self.form}", data=data, headers=headers)
        (entry,) = self._list(self._checked(response), "service_requests", "request")
        assert ("service_request_id" in entry) != ("token" in entry)
        return entry

    def requests(self, **query: str) -> list[dict[str, Any]]:
        return self._requests(self._get("requests", query))

    def request(self, number: str) -> dict[str, Any]:
        (entry,) = self._requests(self._get(f"requests/{quote(number, safe='')}"))
        return entry

    def _requests(self, response: httpx2.Response) -> list[dict[str, Any]]:
        found = self._list(response, "service_requests", "request")
        for entry in found:
            assert tuple(entry) == REQUEST_FIELDS
            assert entry["status"] in ("open", "closed")
            for name in ("requested_datetime", "updated_datetime", "expected_datetime"):
                assert W3_TIME.fullmatch(entry[name]), entry[name]
                entry[name] = datetime.fromisoformat(entry[name])
            for name in ("lat", "long"):
                entry[name] = None if entry[name] is None else float(entry[name])
        return found

    def _get(self, path: str, query: dict[str, str] | None = None) -> httpx2.Response:
        params = {**self._jurisdiction(), **(query or {})}
        return self._checked(self.http.get(f"{self.endpoint}/{path}.{self.form}", params=params))

    def _checked(self, response: httpx2.Response) -> httpx2.Response:
        assert response.headers["content-type"].lower().startswith(CONTENT_TYPES[self.form])
        if response.status_code >= 300:
            errors = self._list(response, "errors", "error")
            raise Refused(response.status_code, [(str(e["code"]), str(e["description"])) for e in errors])
        return response

    def _list(self, response: httpx2.Response, outer: str, inner: str) -> list[dict[str, Any]]:
        if self.form == "json":
            assert isinstance(response.json(), list)
            return [dict(entry) for entry in response.json()]
        entries = list(self._root(response, outer))
        assert all(entry.tag == inner for entry in entries)
        return [{child.tag: child.text for child in entry} for entry in entries]

    def _root(self, response: httpx2.Response, name: str) -> ElementTree.Element:
        assert re.match(rb'<\?xml version="1\.0" encoding="utf-8"\?>', response.content, re.IGNORECASE)
        root = ElementTree.fromstring(response.content)
        assert root.tag == name
        return root

    def _jurisdiction(self) -> dict[str, str]:
        return {"jurisdiction_id": self.jurisdiction} if self.jurisdiction else {}


def truth(value: object) -> object:
    """``true`` in XML is a word."""
    return {"true": True, "false": False}.get(str(value).lower(), value)
