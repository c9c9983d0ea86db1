"""The list of services, read from ``services.yml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bot.gateway.open311.errors import NotFound

FILE = Path(__file__).with_name("services.yml")


@dataclass(frozen=True)
class Service:
    """One kind of report. ``category`` is the ledger's name for it and the name people read."""

    code: str
    category: str
    description: str
    keywords: str
    group: str

    def json(self) -> dict[str, Any]:
        """An entry of the service list."""
        return {
            "service_code": self.code,
            "service_name": self.category,
            "description": self.description,
            "metadata": True,
            "type": "realtime",
            "keywords": self.keywords,
            "group": self.group,
        }


@dataclass(frozen=True)
class Catalogue:
    """The whole file."""

    services: Mapping[str, Service]
    attributes: Mapping[str, Mapping[str, Any]]
    notices: Mapping[str, str]

    def service(self, code: str) -> Service:
        """The service with that code. Raises NotFound."""
        if code not in self.services:
            raise NotFound(f"service_code {code[:40]} was not found; see services.json")
        return self.services[code]

    def of_category(self, category: str) -> Service:
        """The service for a category of the ledger; one that operators use by themselves counts as ``other``."""
        found = (service for service in self.services.values() if service.category == category)
        return next(found, self.services["other"])

    def definition(self, code: str) -> dict[str, Any]:
        """The service definition. Raises NotFound."""
        attributes = [
            {
                "variable": True,
                "code": name,
                "datatype": entry["datatype"],
                "required": False,
                "datatype_description": entry["note"],
                "order": order,
                "description": entry["description"],
                "values": [{"key": key, "name": value} for key, value in entry.get("values", {}).items()],
            }
            for order, (name, entry) in enumerate(self.attributes.items(), 1)
        ]
        return {"service_code": self.service(code).code, "attributes": attributes}


@cache
def load_catalogue() -> Catalogue:
    """The file beside this one, read once."""
    data = yaml.safe_load(FILE.read_text("utf-8"))
    services = {code: Service(code, **entry) for code, entry in data["services"].items()}
    return Catalogue(services, data["attributes"], data["notices"])
