"""Open311 GeoReport v2, seen by a client that was written from the specification alone."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from actions.tickets.departments import read_directory
from actions.tickets.records import Report
from actions.tickets.register import Wanted
from bot.gateway.open311.services import load_catalogue
from tests.actions.tickets.ledger_parts import LI
from tests.bot.open311.client import Refused
from tests.bot.open311.conftest import KEY, City

FORMATS = pytest.mark.parametrize("form", ["xml", "json"])
LAMP = {"service_code": "street-light", "address_string": "海曙区中山西路88号", "description": "路灯不亮"}
# The example request of the specification, with our service and key.
EXAMPLE = {
    "jurisdiction_id": "haishu.example",
    "service_code": "road",
    "lat": "37.76524078",
    "long": "-122.4212043",
    "address_string": "1234 5th street",
    "email": "smit333@sfgov.edu",
    "device_id": "tt222111",
    "account_id": "123456",
    "first_name": "john",
    "last_name": "smith",
    "phone": "111111111",
    "description": "A large sinkhole is destroying the street",
    "media_url": "http://farm3.static.flickr.com/2002/2212426634_5ed477a060.jpg",
    "attribute[SINCE]": "昨天",
    "attribute[KIND]": "complaint",
}


def codes(entries: list[dict[str, object]]) -> list[object]:
    return [entry["service_code"] for entry in entries]


def test_every_category_of_the_ledger_is_a_service() -> None:
    categories = {category.name for category in read_directory().categories}
    assert {service.category for service in load_catalogue().services.values()} == categories


@FORMATS
def test_the_services(city: City, form: str) -> None:
    services = city.client(form).services()
    assert set(codes(services)) == set(load_catalogue().services)
    assert all(service["service_name"] and service["group"] and service["keywords"] for service in services)


@FORMATS
def test_a_definition(city: City, form: str) -> None:
    definition = city.client(form).definition("street-light")
    assert definition["service_code"] == "street-light"
    kind = next(a for a in definition["attributes"] if a["code"] == "KIND")
    assert {value["key"]: value["name"] for value in kind["values"]}["complaint"] == "投诉"
    with pytest.raises(Refused) as refused:
        city.client(form).definition("moon")
    assert (refused.value.status, refused.value.errors[0][0]) == (404, "404")
    assert "service_code moon" in refused.value.errors[0][1]


@FORMATS
def test_a_request_goes_in_and_comes_out(city: City, form: str) -> None:
    client = city.client(form)
    filed = client.file(**LAMP, lat="29.8742", long="121.5298", idempotency=f"in-and-out-{form}")
    seen = client.request(filed["service_request_id"])
    assert (seen["status"], seen["service_code"], seen["service_name"]) == ("open", "street-light", "路灯")
    assert (seen["description"], seen["address"]) == ("路灯不亮", "海曙区中山西路88号")
    assert (seen["lat"], seen["long"]) == (29.8742, 121.5298)
    ticket = city.office.register.get(filed["service_request_id"])
    assert seen["agency_responsible"] == ticket.department
    assert seen["expected_datetime"] == ticket.due
    assert seen["requested_datetime"] == ticket.created
    assert seen["expected_datetime"] > seen["requested_datetime"]
    city.office.casework.close(ticket.number, ticket.version, LI, "灯已换")
    closed = client.request(ticket.number)
    assert (closed["status"], closed["status_notes"]) == ("closed", "已办结：灯已换")
    assert closed["updated_datetime"] == city.office.register.get(ticket.number).closed


@FORMATS
def test_the_example_of_the_specification(city: City, form: str) -> None:
    filed = city.client(form).file(**EXAMPLE, idempotency=f"example-{form}")
    assert filed["account_id"] is None
    ticket = city.office.register.get(filed["service_request_id"])
    assert ticket.problem == f"{EXAMPLE['description']}\n{EXAMPLE['media_url']}"
    assert (ticket.place, ticket.lat, ticket.long) == ("1234 5th street", 37.76524078, -122.4212043)
    assert (ticket.kind, ticket.since, ticket.channel) == ("投诉", "昨天", "open311")
    # The example gives no consent, and nobody asked for the rest.
    assert city.office.contacts.reveal(ticket.number, LI, "核对") == ""
    assert "电话没有保存" in filed["service_notice"]
    assert "姓名、邮箱" in filed["service_notice"]


def test_a_phone_number_is_kept_with_consent_and_shown_to_nobody(city: City) -> None:
    fields = {
        **LAMP,
        "phone": "13800005678",
        "attribute[CONSENT]": "yes",
        "description": "灯坏了，打13800005678",
    }
    number = city.client().file(**fields)["service_request_id"]
    assert city.office.contacts.reveal(number, LI, "回电") == "13800005678"
    assert "13800005678" not in repr(city.client().request(number))


def test_the_code_of_the_notice_opens_the_ticket_in_the_chat_too(city: City) -> None:
    filed = city.client().file(**LAMP, idempotency="code")
    code = filed["service_notice"].split("查询码 ")[1][:6]
    assert city.office.reception.look_up(filed["service_request_id"], code=code).state == "已派单"


def test_what_residents_told_the_chat_is_not_published(city: City) -> None:
    receipt = city.office.reception.file(Report(problem="我家的私事，路灯", channel="web"), "private")
    with pytest.raises(Refused) as refused:
        city.client().request(receipt.number)
    assert refused.value.status == 404
    assert receipt.number not in repr(city.client().requests())
    assert city.client().requests(service_request_id=receipt.number) == []


@FORMATS
def test_searching(city: City, form: str) -> None:
    client = city.client(form)
    one = client.file(**LAMP, idempotency=f"search-1-{form}")["service_request_id"]
    two = client.file(**{**LAMP, "service_code": "noise"}, idempotency=f"search-2-{form}")[
        "service_request_id"
    ]
    ticket = city.office.register.get(one)
    city.office.casework.close(one, ticket.version, LI, "好了")

    def numbers(**query: str) -> set[str]:
        return {entry["service_request_id"] for entry in client.requests(**query)}

    assert numbers(service_request_id=f"{one},{two}") == {one, two}
    assert numbers(service_request_id=one, status="open", service_code="noise") == {one}
    assert {one, two} <= numbers()
    assert one in numbers(status="closed")
    assert one not in numbers(status="open")
    assert {one, two} <= numbers(status="open,closed")
    assert two in numbers(service_code="noise,road")
    assert one not in numbers(service_code="noise,road")
    created = ticket.created
    assert one in numbers(start_date=(created - timedelta(seconds=1)).isoformat())
    assert one not in numbers(start_date=(created + timedelta(days=1)).isoformat())
    assert one not in numbers(end_date=(created - timedelta(seconds=1)).isoformat())
    assert one not in numbers(start_date="2020-01-01T00:00:00Z", end_date="2020-03-31T00:00:00Z")
    assert numbers(status="") == numbers()


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ({"status": "half"}, "status half"),
        ({"service_code": "moon"}, "service_code moon"),
        ({"start_date": "yesterday"}, "start_date"),
        ({"end_date": "0001-01-01T00:00:00Z"}, "end_date"),
        ({"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-06-01T00:00:00Z"}, "90 days"),
        ({"jurisdiction_id": "sfgov.org"}, "jurisdiction_id sfgov.org"),
    ],
)
@FORMATS
def test_filters_that_cannot_be_used_are_named(
    city: City, form: str, query: dict[str, str], named: str
) -> None:
    with pytest.raises(Refused) as refused:
        city.client(form).requests(**query)
    assert refused.value.status == (404 if "_id" in named or "moon" in named else 400)
    assert named in refused.value.errors[0][1]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"service_code": ""}, "service_code was not provided"),
        ({"service_code": "moon"}, "service_code moon was not found"),
        ({"address_string": ""}, "location was not provided"),
        ({"address_string": "", "address_id": "545483"}, "location was not provided"),
        ({"lat": "29.8"}, "lat and long"),
        ({"lat": "north", "long": "121"}, "lat has to be"),
        ({"lat": "29", "long": "nan"}, "long has to be"),
        ({"description": "灯" * 4001}, "4001 characters"),
        ({"media_url": "javascript:alert(1)"}, "media_url"),
        ({"attribute[KIND]": "rant"}, "KIND has no value"),
        ({"attribute[COLOUR]": "red"}, "attribute COLOUR"),
        ({"phone": "call me", "attribute[CONSENT]": "yes"}, "contact"),
        ({"address_string": "路" * 301}, "place"),
    ],
)
@FORMATS
def test_a_request_that_cannot_be_taken_names_the_argument(
    city: City, form: str, change: dict[str, str], named: str
) -> None:
    before = len(city.office.register.list(Wanted(), 10_000))
    with pytest.raises(Refused) as refused:
        city.client(form).file(**{**LAMP, **change})
    assert refused.value.status == (404 if "not found" in named else 400)
    assert named in refused.value.errors[0][1]
    assert len(city.office.register.list(Wanted(), 10_000)) == before


@pytest.mark.parametrize("key", ["", "xyz", KEY[:-1], KEY + "0", "é"])
@FORMATS
def test_without_its_key_nothing_is_filed(city: City, form: str, key: str) -> None:
    before = len(city.office.register.list(Wanted(), 10_000))
    with pytest.raises(Refused) as refused:
        city.client(form, api_key=key).file(**LAMP)
    assert (refused.value.status, refused.value.errors[0][0]) == (403, "403")
    assert "api_key" in refused.value.errors[0][1]
    assert len(city.office.register.list(Wanted(), 10_000)) == before


def test_a_repeated_post_makes_no_second_request(city: City) -> None:
    client, other = city.client(), city.client(api_key="other-key-0123456789")
    fields = {**LAMP, "description": "同一盏灯"}
    first = client.file(**fields)
    assert client.file(**fields) == first
    assert city.client("xml").file(**fields)["service_request_id"] == first["service_request_id"]
    assert client.file(**fields, idempotency="another")["service_request_id"] != first["service_request_id"]
    assert other.file(**fields)["service_request_id"] != first["service_request_id"]


@FORMATS
def test_characters_that_xml_cannot_carry(city: City, form: str) -> None:
    text = "坏了 <script>alert('&')</script> ]]> \ufffe\uffff 🚧 e\u0301"
    number = city.client("json").file(**{**LAMP, "description": text}, idempotency=f"xml-{form}")[
        "service_request_id"
    ]
    seen = city.client(form).request(number)["description"]
    assert "<script>alert('&')</script> ]]>" in seen
    assert "🚧" in seen


def test_discovery_leads_to_the_endpoint(city: City) -> None:
    found = city.http.get(f"{city.gateway}/open311/discovery.json").json()
    (endpoint,) = found["endpoints"]
    assert endpoint["url"] == f"{city.gateway}/open311/v2"
    assert datetime.fromisoformat(found["changeset"])
    assert "text/xml" in city.http.get(f"{city.gateway}/open311/discovery.xml").text


@pytest.mark.parametrize("path", ["services.txt", "requests.yaml", "requests/HS-1.html", "services/road.csv"])
def test_another_format_is_not_found(city: City, path: str) -> None:
    response = city.http.get(f"{city.gateway}/open311/v2/{path}")
    assert response.status_code == 404
    assert response.headers["content-type"].startswith("text/xml")
    assert "<errors><error><code>404</code>" in response.text
