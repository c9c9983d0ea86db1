"""A ticket as the specification shows a request."""

from __future__ import annotations

from typing import Any

from actions.tickets.states import load_states
from bot.gateway.open311.services import Catalogue


def as_request(ticket: dict[str, Any], catalogue: Catalogue) -> dict[str, Any]:
    """All fields in the order of the specification; what is not known is null.

    :param ticket: a ``PublicTicket`` as the service sends it
    """
    state = load_states().states[ticket["state"]]
    notes = f"{ticket['state']}：{ticket['reply']}" if ticket["reply"] else ticket["state"]
    return {
        "service_request_id": ticket["number"],
        "status": "open" if state.open else "closed",
        "status_notes": notes,
        "service_name": ticket["category"],
        "service_code": catalogue.of_category(ticket["category"]).code,
        "description": ticket["problem"],
        "agency_responsible": ticket["department"] or None,
        "service_notice": catalogue.notices["provisional"] if ticket["provisional"] and state.open else None,
        "requested_datetime": ticket["created"],
        "updated_datetime": ticket["updated"] if state.open else ticket["closed"] or ticket["updated"],
        "expected_datetime": ticket["due"],
        "address": ticket["place"] or None,
        "address_id": None,
        "zipcode": None,
        "lat": ticket["lat"],
        "long": ticket["long"],
        "media_url": None,
    }
