"""Five hundred updates: every kind of the Bot API, as it should be and with fields missing, null, or of another type."""

from __future__ import annotations

import copy
import random
from collections.abc import Mapping
from typing import Any

from tests.fake_telegram import BOT
from tests.faults.inputs.messages import texts
from tests.faults.inputs.tally import SEED

COUNT = 500
Update = dict[str, Any]
USER = {"id": 7, "is_bot": False, "first_name": "某", "language_code": "zh-hans"}
FILE = {"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1, "duration": 1}
POLL = {"id": "p", "question": "？", "options": [], "type": "regular"}
POINT = {"latitude": 29.8683, "longitude": 121.544}
# What stands in a message, by name.
CONTENTS: Mapping[str, Any] = {
    "text": "海曙有多少家居家养老机构",
    **{name: [FILE] for name in ("photo", "new_chat_photo")},
    **dict.fromkeys(("sticker", "voice", "audio", "video", "video_note", "animation", "document"), FILE),
    "poll": POLL,
    "dice": {"emoji": "🎲", "value": 6},
    "story": {"id": 1, "chat": {"id": 1, "type": "private"}},
    "game": {"title": "x", "description": "x", "photo": []},
    "invoice": {
        "title": "x",
        "description": "x",
        "start_parameter": "",
        "currency": "CNY",
        "total_amount": 1,
    },
    "paid_media": {"star_count": 1, "paid_media": []},
    "location": POINT,
    "venue": {"location": POINT, "title": "鼓楼", "address": "中山西路"},
    "contact": {"phone_number": "+8613900001234", "first_name": "某"},
    "new_chat_members": [USER],
    "left_chat_member": USER,
    "pinned_message": {"message_id": 1, "date": 0, "chat": {"id": 1, "type": "private"}},
    "migrate_to_chat_id": -1001,
    "successful_payment": {"currency": "CNY", "total_amount": 1},
    "web_app_data": {"data": "/restart", "button_text": "x"},
    "forum_topic_created": {"name": "x", "icon_color": 1},
    "users_shared": {"request_id": 1, "users": []},
    "giveaway": {"chats": [], "winner_count": 1},
    "boost_added": {"boost_count": 1},
    "gift": {"gift": {"id": "x"}},
    "checklist": {"title": "x", "tasks": []},
}
MESSAGES = (
    *("message", "edited_message", "channel_post", "edited_channel_post"),
    *("business_message", "edited_business_message"),
)
OTHERS: Mapping[str, Any] = {
    "business_connection": {"id": "b", "user": USER, "user_chat_id": 7, "is_enabled": True},
    "deleted_business_messages": {"business_connection_id": "b", "message_ids": [1]},
    "message_reaction": {"message_id": 1, "user": USER, "old_reaction": [], "new_reaction": []},
    "message_reaction_count": {"message_id": 1, "reactions": []},
    "inline_query": {"id": "i", "from": USER, "query": "养老", "offset": ""},
    "chosen_inline_result": {"result_id": "r", "from": USER, "query": "养老"},
    "callback_query": {"id": "q", "from": USER, "chat_instance": "1", "data": "b:1"},
    "shipping_query": {"id": "s", "from": USER, "invoice_payload": "x"},
    "pre_checkout_query": {"id": "s", "from": USER, "currency": "CNY", "total_amount": 1},
    "purchased_paid_media": {"from": USER, "paid_media_payload": "x"},
    "poll": POLL,
    "poll_answer": {"poll_id": "p", "user": USER, "option_ids": [0]},
    "my_chat_member": {"from": USER, "old_chat_member": {"status": "member"}},
    "chat_member": {"from": USER, "new_chat_member": {"status": "left"}},
    "chat_join_request": {"from": USER, "user_chat_id": 7},
    "chat_boost": {"boost": {"boost_id": "b"}},
    "removed_chat_boost": {"boost_id": "b"},
    "something_of_next_year": {"id": 1},
}
ODD: tuple[Any, ...] = (
    *(None, True, 0, -1, 2**63, 10**30, 1.5, "", "x", "\ud800", "\x00" * 10, "/" * 5000, [], [None], [[]]),
    *({}, {"id": None}, {"id": {}}, {"id": "../x"}, {"type": "private"}, {"data": []}, "NaN", [{"text": 1}]),
)  # fmt: skip


def updates(first: int = 1000) -> list[Update]:
    """All of them, numbered from ``first``; each comes from a chat of its own."""
    whole = [*_messages(), *_others()]
    made = []
    for i in range(COUNT):
        chance, update = random.Random(f"{SEED} update {i}"), copy.deepcopy(whole[i % len(whole)])
        for _ in range(0 if i < len(whole) else chance.randint(1, 3)):
            chance.choice((_drop, _replace, _replace, _add))(update, chance)
        _address(update, first + i)
        made.append({"update_id": first + i, **update})
    return made


def ill_numbered() -> list[Any]:
    """What is no update at all, by its number or altogether."""
    numbers = (None, True, "7", -1, 2**53, 10**40, 1.5, [], {})
    return [*({"update_id": n, "message": _message("text")} for n in numbers), {}, [], "x", None, 7]


def _message(name: str) -> Update:
    head: Update = {
        "message_id": 1,
        "date": 1_790_000_000,
        "chat": {"id": 7, "type": "private"},
        "from": USER,
    }
    return {**head, name: CONTENTS[name]}


def _messages() -> list[Update]:
    made = [{kind: _message(name)} for kind in MESSAGES for name in CONTENTS]
    made += [{"message": {**_message("text"), "text": text}} for text in texts()[:33]]
    return [
        *made,
        {"message": {**_message("photo"), "caption": "路灯坏了", "reply_to_message": _message("text")}},
    ]


def _others() -> list[Update]:
    made: list[Update] = [
        {name: {**value, "chat": {"id": 7, "type": "private"}}} for name, value in OTHERS.items()
    ]
    shown = {
        **_message("text"),
        "from": BOT,
        "reply_markup": {"inline_keyboard": [[{"text": "x", "callback_data": "y"}]]},
    }
    made += [{"callback_query": {**OTHERS["callback_query"], "message": shown}}]
    return made  # fmt: skip


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Every place of a JSON value, as its holder and key."""
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    found: list[tuple[Any, Any]] = [(value, key) for key in keys]
    return found + [place for key in keys for place in _places(value[key])]


def _drop(update: Update, chance: random.Random) -> None:
    holder, key = chance.choice(_places(update) or [(update, "")])
    if isinstance(holder, dict):
        holder.pop(key, None)


def _replace(update: Update, chance: random.Random) -> None:
    if places := _places(update):
        holder, key = chance.choice(places)
        holder[key] = copy.deepcopy(chance.choice(ODD))


def _add(update: Update, chance: random.Random) -> None:
    """Another kind beside it, or a field that belongs elsewhere."""
    name = chance.choice((*OTHERS, *MESSAGES, *CONTENTS))
    update[name] = copy.deepcopy(chance.choice((OTHERS.get(name), CONTENTS.get(name), *ODD)))


def _address(update: Update, chat: int) -> None:
    """Its own chat, where it still has one: the order within a chat must not hide a failure."""
    for holder, key in _places(update):
        if key == "chat" and isinstance(holder[key], dict) and holder[key].get("id") == 7:
            holder[key]["id"] = chat
