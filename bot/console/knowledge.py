"""Documents and generations: hand in, look, approve, publish, go back."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.datastructures import FormData, UploadFile

from bot.console.errors import Refused
from bot.console.guard import form
from bot.console.operator import Operator
from bot.console.router import PREFIX, DeskRouter
from bot.console.screens import Screens
from bot.console.service import DeskService

EDITORS = frozenset({"editor", "admin"})
HERE = f"{PREFIX}/knowledge"
MAX_UPLOAD_BYTES = 21_000_000  # the service's own limit, and room for the form around it
_READING_SECONDS = 80.0
_FLAGS = {
    "other_district": "讲的是别的区", "instructions": "像是写给机器人的指令", "hidden": "有看不见的文字",
    "invisible": "有不可见字符（已去掉）", "encoding": "不是 UTF-8（已转换）", "garbled": "有乱码", "personal": "有个人信息",
}  # fmt: skip
STATES = {
    "draft": "待说明",
    "described": "待审核",
    "published": "已发布",
    "refused": "未采用",
    "withdrawn": "已撤下",
}
STEPS = {
    "wait": "排队", "build": "建立索引", "load": "载入", "check": "核对问题", "switch": "切换", "done": "完成", "failed": "没有成功",
}  # fmt: skip
WHAT = {"publish": "发布", "withdraw": "撤下", "rollback": "切换到", "entries": "更新精选回答"}


class KnowledgePages:
    """``/desk/knowledge``."""

    def __init__(self, screens: Screens, service: DeskService) -> None:
        self._screens = screens
        self._service = service

    def register(self, router: DeskRouter) -> None:
        """The routes."""
        router.page("/knowledge", self.show, roles=EDITORS, label="知识")
        router.page("/knowledge/publications/{number}", self.publication, roles=EDITORS, active=False)
        router.page("/knowledge/documents/{number}", self.document, roles=EDITORS)
        router.act("/knowledge/documents", self.hand_in, roles=EDITORS, most=MAX_UPLOAD_BYTES)
        router.act("/knowledge/documents/{number}/describe", self.describe, roles=EDITORS)
        router.act("/knowledge/documents/{number}/approve", self.approve, roles=EDITORS)
        router.act("/knowledge/documents/{number}/refuse", self.refuse, roles=EDITORS)
        router.act("/knowledge/documents/{number}/withdraw", self.withdraw, roles=EDITORS)
        router.act("/knowledge/rollback", self.rollback, roles=EDITORS)

    async def show(self, request: Request, operator: Operator) -> Response:
        """``GET /desk/knowledge``."""
        return await self._overview(operator)

    async def hand_in(self, request: Request, operator: Operator) -> Response:
        """``POST /desk/knowledge/documents``: one file."""
        given = (await form(request)).get("file")
        if not isinstance(given, UploadFile) or not given.filename:
            return await self._overview(operator, "请先选一个文件", 422)
        data = await given.read()
        await given.close()
        try:
            made = await self._service.by(operator).send(
                "POST",
                "/knowledge/documents",
                params={"name": given.filename},
                content=data,
                seconds=_READING_SECONDS,
            )
        except Refused as error:
            return await self._overview(operator, f"《{given.filename[:60]}》没有收下：{error}", error.status)
        return RedirectResponse(f"{HERE}/documents/{made.json()['id']}", 303)

    async def document(self, request: Request, operator: Operator) -> Response:
        """``GET /desk/knowledge/documents/{id}``: what it says, what it contradicts, and what may be done."""
        return await self._document(operator, _number(request))

    async def describe(self, request: Request, operator: Operator) -> Response:
        """``POST …/describe``."""
        given = await form(request)
        period = [str(given.get("first", "")), str(given.get("last", ""))]
        told = {name: str(given.get(name, "")) for name in ("title", "publisher", "district", "published")}
        return await self._move(
            request, operator, "describe", {**told, "period": period, "checks": _checks(given)}
        )

    async def approve(self, request: Request, operator: Operator) -> Response:
        """``POST …/approve``: begins to publish."""
        seen = (await form(request)).get("seen") == "yes"
        return await self._move(request, operator, "approve", {"seen": seen})

    async def refuse(self, request: Request, operator: Operator) -> Response:
        """``POST …/refuse``."""
        return await self._move(
            request, operator, "refuse", {"reason": str((await form(request)).get("reason", ""))}
        )

    async def withdraw(self, request: Request, operator: Operator) -> Response:
        """``POST …/withdraw``."""
        return await self._move(
            request, operator, "withdraw", {"reason": str((await form(request)).get("reason", ""))}
        )

    async def rollback(self, request: Request, operator: Operator) -> Response:
        """``POST /desk/knowledge/rollback``: at once."""
        generation = str((await form(request)).get("generation", ""))
        try:
            await self._service.by(operator).post("/knowledge/rollback", {"generation": generation})
        except Refused as error:
            return await self._overview(operator, str(error), error.status)
        return RedirectResponse(HERE, 303)

    async def publication(self, request: Request, operator: Operator) -> Response:
        """``GET /desk/knowledge/publications/{id}``: how far it has got; the page asks by itself."""
        found = await self._service.by(operator).get(f"/knowledge/publications/{_number(request)}")
        return JSONResponse(
            {"step": found["step"], "told": STEPS[found["step"]], "message": found["message"]}
        )

    async def _move(self, request: Request, operator: Operator, move: str, body: dict[str, Any]) -> Response:
        number = _number(request)
        try:
            await self._service.by(operator).post(f"/knowledge/documents/{number}/{move}", body)
        except Refused as error:
            return await self._document(operator, number, str(error), error.status)
        return RedirectResponse(HERE if move != "describe" else f"{HERE}/documents/{number}", 303)

    async def _overview(self, operator: Operator, problem: str = "", status: int = 200) -> Response:
        found = await self._service.by(operator).get("/knowledge")
        words = {"states": STATES, "steps": STEPS, "what": WHAT, "flags": _FLAGS}
        running = next((p["id"] for p in found["publications"] if p["step"] not in ("done", "failed")), None)
        return self._screens.page(
            "knowledge.html", operator, status, here=HERE, problem=problem, running=running, **words, **found
        )

    async def _document(
        self, operator: Operator, number: str, problem: str = "", status: int = 200
    ) -> Response:
        mine = self._service.by(operator)
        found = await mine.get(f"/knowledge/documents/{number}")
        preview: dict[str, Any] = {"passages": [], "claims": [], "conflicts": []}
        if found["state"] != "draft":
            try:
                path = f"/knowledge/documents/{number}/preview"
                preview = (await mine.send("GET", path, seconds=_READING_SECONDS)).json()
            except Refused as error:
                problem, status = problem or str(error), error.status
        return self._screens.page(
            "knowledge_document.html", operator, status,
            here=HERE, problem=problem, document=found, states=STATES, flags=_FLAGS, **preview,
        )  # fmt: skip


def _number(request: Request) -> str:
    number = str(request.path_params["number"])
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise Refused("not_found", "没有这份文件", 404)
    return number


def _checks(given: FormData) -> list[dict[str, Any]]:
    pairs = zip(given.getlist("question"), given.getlist("holds"), strict=False)
    return [
        {"question": str(q), "holds": str(h).replace("，", "、").split("、")}
        for q, h in pairs
        if str(q).strip()
    ]
