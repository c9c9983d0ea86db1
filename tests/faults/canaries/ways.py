"""The ways by which personal data gets into the product; each gives back everything that the sender was shown."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from urllib.parse import quote

import httpx2

from tests.faults.canaries.numbers import Canary
from tests.product import OPEN311_KEY, Product
from tests.talking import Talk, Telegram, Web, WeChat

SECONDS = 60.0
RECEIPT = re.compile(r"HS-\d{6}-\d{5}")
OPERATOR = {"X-Operator": "canary-desk"}


class Ways:
    """One sender; not for several threads.

    :param name: of the sender, different for each.
    """

    def __init__(self, product: Product, name: int) -> None:
        self._product, self._name = product, name
        self._trusted = {"Authorization": f"Bearer {product.stack.token}"}
        self._sent = 0
        self._web = Web(product.stack.address, self._trusted)
        self._chats: dict[str, Talk] = {
            "web": self._web,
            "telegram": Telegram(product.telegram, 700_000 + name),
            "wechat": WeChat(product.wechat, product.wechat_url, f"oCanary{name}"),
        }
        self.ways: Mapping[str, Callable[[Canary], str]] = {
            "web question": lambda one: self._ask("web", one),
            "telegram question": lambda one: self._ask("telegram", one),
            "wechat question": lambda one: self._ask("wechat", one),
            "web report": lambda one: self._report("web", one),
            "telegram report": lambda one: self._report("telegram", one),
            "open311": self._open311,
            "operator": self._operator,
            "errors": self._errors,
            "opinion": self._opinion,
        }

    def close(self) -> None:
        """Close the browsers."""
        for talk in self._chats.values():
            talk.close()

    def _says(self, channel: str, words: str) -> str:
        self._sent += 1
        return self._chats[channel].says(words, f"canary-{self._name}-{self._sent}", SECONDS).text

    def _ask(self, channel: str, canary: Canary) -> str:
        told = "我家住" if canary.kind == "address" else "我的号码是"
        return self._says(channel, f"{told}{canary.written}，请问海曙有多少家居家养老机构")

    def _report(self, channel: str, canary: Canary) -> str:
        self._chats[channel].anew()
        heard = [self._says(channel, f"我要投诉，路灯坏了第{self._sent}天了，号码{canary.written}")]
        place = canary.written if canary.kind == "address" else f"洞桥镇沙港村{self._name}号"
        for _ in range(5):
            if RECEIPT.search(heard[-1]):
                heard.append(self._says(channel, "查工单"))
                break
            if "登记，对吗" in heard[-1]:
                heard.append(self._says(channel, "对"))
            elif "手机号" in heard[-1]:
                heard.append(self._says(channel, canary.written if canary.kind == "phone" else "不留"))
            else:
                heard.append(self._says(channel, place))
        return "\n".join(heard)

    def _open311(self, canary: Canary) -> str:
        form = {
            "api_key": OPEN311_KEY,
            "service_code": self._services()[0],
            "description": f"路灯不亮，联系{canary.written}",
            "address_string": canary.written if canary.kind == "address" else "洞桥镇沙港村",
        }
        if canary.kind == "phone":
            form |= {"phone": canary.digits, "attribute[CONSENT]": "yes"}
        posted = self._web.http.post("/open311/v2/requests.json", data=form)
        listed = self._web.http.get("/open311/v2/requests.json")
        return posted.text + listed.text

    def _services(self) -> list[str]:
        return [one["service_code"] for one in self._web.http.get("/open311/v2/services.json").json()]

    def _operator(self, canary: Canary) -> str:
        """A resident and an operator tell each other."""
        self._web.anew()
        self._desk("presence", {"on_duty": True})
        heard = self._says("web", f"转人工，我的号码{canary.written}")
        chats = self._of_desk("chats")
        heard += "" if "chats" in chats else str(chats)  # a desk that is too busy says so
        waiting = [chat["id"] for chat in chats.get("chats", ())][-1:]
        for name in waiting:
            self._desk(f"chats/{name}/claim", {})
            said = {"text": f"您好，是{canary.written}吗", "key": f"k{self._sent}", "confirmed": True}
            heard += self._desk(f"chats/{name}/say", said) + self._says("web", f"是的，{canary.written}")
            # What the operator wrote reaches the resident as it was typed; what is kept of it must not hold it.
            self._web.http.get("/api/news")
            heard += str(self._of_desk(f"chats/{name}"))
            self._desk(f"chats/{name}/close", {})
        return heard

    def _desk(self, path: str, body: Mapping[str, object]) -> str:
        return httpx2.post(
            f"{self._product.stack.service}/desk/{path}",
            json=dict(body),
            headers={**self._trusted, **OPERATOR},
            timeout=30,
            trust_env=False,
        ).text

    def _of_desk(self, path: str) -> dict[str, list[dict[str, str]]]:
        found: dict[str, list[dict[str, str]]] = httpx2.get(
            f"{self._product.stack.service}/desk/{path}",
            headers={**self._trusted, **OPERATOR},
            timeout=30,
            trust_env=False,
        ).json()
        return found

    def _errors(self, canary: Canary) -> str:
        """What is refused is neither echoed nor written down."""
        written, http = canary.written, self._web.http
        replies = [
            http.post("/api/chat", json={"message": [written]}),
            http.post("/api/chat", json={"message": written * 40}),
            http.post("/api/chat", content=f'{{"message": "{written}'.encode()),
            http.get(f"/sources/{quote(written)}"),
            http.get("/sources/none", params={"start": written}),
            http.get(f"/nowhere/{quote(written)}"),
            http.post("/api/feedback", json={"id": written, "useful": True}),
            http.post("/open311/v2/requests.json", data={"api_key": written, "description": written}),
            http.get("/healthz", headers={"X-Request-Id": re.sub(r"[^0-9X]", "", canary.digits)}),
            http.get("/healthz", headers={"User-Agent": re.sub(r"[^0-9X]", "", canary.digits)}),
            httpx2.post(f"{self._product.stack.service}/webhook", content=written.encode(), trust_env=False),
            httpx2.post(
                f"{self._product.stack.service}/tickets",
                json={"report": {"problem": [written]}},
                headers=self._trusted,
                trust_env=False,
            ),
            httpx2.post(
                f"{self._product.stack.rasa}/webhooks/rest/webhook", content=written.encode(), trust_env=False
            ),
        ]
        return "\n".join(reply.text + str(reply.headers) for reply in replies)

    def _opinion(self, canary: Canary) -> str:
        heard = self._ask("web", canary)
        kept = self._web.http.post(
            "/api/feedback", json={"id": f"canary-{self._name}-{self._sent}", "useful": False}
        )
        return heard + kept.text + self._web.http.get("/api/history").text


def spread(found: tuple[Canary, ...], seed: int, names: tuple[str, ...]) -> list[tuple[str, Canary]]:
    """Which canary goes which way; every way gets some of each kind."""
    chance = random.Random(seed)
    shuffled = chance.sample(found, len(found))
    return [(names[place % len(names)], canary) for place, canary in enumerate(shuffled)]
