"""A message that needs the turn before it: which one does, and what the two say together."""

from __future__ import annotations

import re
from dataclasses import replace

from actions.answering.mentions import DISTRICT_WORDS, DISTRICTS, LAST_REPORTED, NOW, names_haishu
from actions.answering.state import Reading
from knowledge.places import PLACE

_POINTING = re.compile(
    r"^(那|那么|还有|另外|再|又|它|这|其中|里面|and|what about|how about)|(它|他们|她们|这个|那个|这些|那些|其中|该|此|那一年|那年|当年|同一年|那里|那边)|(呢|咧|嘞|的呢|咋样|哪能)[?？]?$|^.{1,6}也(有|是|行|能|可以|一样)(吗|么)?[?？]?$"
)
# «啥时候能去看病» names a deed and nothing that it is asked of
_NO_SUBJECT = re.compile(
    r"^(那|那么)?(什么时候|啥时候|啥辰光|几时|何时|哪年|哪一年|多久|几号)(能|会|可以|开始|才|就|要|好|完|建|开|造|去|正式)"
)
_IT = re.compile(
    r"^(那|那么)?(它|它们|这个|那个|该|第二年|次年|下一年|后一年|前一年|上一年)(?!月|年|星期|礼拜|季度)"
)
_OTHER_NAME = re.compile(r"^(那|那么|还有)?(?!.*年).{2,9}(呢|咧|嘞|咋样|哪能)[?？]?$")
_ANOTHER = re.compile(
    r"^那[座条家个所块片处栋]([一-鿿]{2,8}?)(?:呢|咧|嘞)[,，]\s*(.*(?:什么|啥|多少|几|哪).*)$"
)
_STEPS = ((1, re.compile("第二年|次年|下一年|后一年|来年")), (-1, re.compile("前一年|上一年|头一年|早一年")))
# what can't be asked about by itself: policies, projects, money… of what?
_OF_SOMETHING = re.compile(
    r"^(?:那|那么)?(?:政策|项目|部门|资金|经费|投资|面积|长度|人数|金额|名额|站点|车站)(?:又|一共|总共)?(?:有|是|要)?(?:多少|几)[个项条家亿万公里平方米]*(?:呢|啊)?[?？]?$"
)
# Whole sentences about oneself: the dictionary may know none of their words, and yet they are about nothing earlier
_OWN_MATTER_EN = re.compile(
    r"^(?!.*\b(?:it|its|that|those|they|them|their|this|these|there|same|also|too)\b)(?=.*\b(?:i|my|me|we|our)\b)(?:\S+\s+){5,}\S+"
)
_SWAPS = (frozenset({"城镇居民", "农村居民"}), frozenset({"养老保险", "医疗保险"}))


def is_followup(alone: Reading, topics: int, own: int) -> bool:
    """Whether a message needs the turn before it: it points back, or names no topic (``own``: of the corpus)."""
    if alone.english and not own and _OWN_MATTER_EN.search(alone.asked):
        return False
    if not own:
        return topics == 0 or len(alone.asked) <= 12
    if _OF_SOMETHING.search(alone.asked):
        return True
    if _IT.search(alone.asked) and len(alone.asked) <= 18:
        return True
    if _NO_SUBJECT.search(alone.asked) and len(alone.asked) <= 12 and own <= 1:
        return True
    return _POINTING.search(alone.asked) is not None and len(alone.asked) <= 18 and own <= 1


def in_its_place(context: Reading, alone: Reading) -> Reading | None:
    """«那秀水街呢» after a question about 郁家巷: the same question, with the new name in the old one's place."""
    old = [c for c in context.strong if not c.known]
    new = [c for c in alone.concepts if not c.weak and not c.known]
    if len(new) != 1 or len(alone.concepts) != 1 or not old or not _OTHER_NAME.search(alone.asked):
        return None
    name = new[0]
    alike = [c for c in old if bool(PLACE.search(c.surface)) == bool(PLACE.search(name.surface))]
    replaced = (alike or old)[0]
    if replaced.surface == name.surface or replaced.surface not in context.text:
        return None
    return replace(
        context,
        text=context.text.replace(replaced.surface, name.surface),
        asked=alone.asked,
        concepts=tuple(name if c is replaced else c for c in context.concepts),
        districts=_districts(context, alone),
        followup=True,
    )


def _of_the_talk(years: tuple[int, ...], asked: str) -> tuple[int, ...]:
    """The years of the turn before, unless «目前到几了» asks for now and they lie ahead."""
    if NOW.search(asked) and years and min(years) > LAST_REPORTED:
        return ()
    return _counted_on(years, asked)


def _counted_on(years: tuple[int, ...], asked: str) -> tuple[int, ...]:
    """«第二年呢» after a question about 2019: 2020."""
    step = next((step for step, form in _STEPS if form.search(asked)), 0)
    return tuple(year + step for year in years)


def another(context: Reading, alone: Reading) -> Reading | None:
    """«那座大桥呢，几号通车的»: another thing, asked about in full; place and time stay those of the talk."""
    named = _ANOTHER.search(alone.asked)
    if not named:
        return None
    return replace(
        alone,
        text=f"{named[1]} {named[2]}",
        concepts=tuple(replace(c, weak=False) if c.surface in named[1] else c for c in alone.concepts),
        years=alone.years or context.years,
        parts=(),
        districts=_districts(context, alone),
        followup=True,
    )


def _moves(alone: Reading) -> bool:
    """Whether the follow-up names a district of its own («海曙呢», «我们自己区呢»)."""
    return names_haishu(alone.asked) or any(word in alone.asked for word in DISTRICT_WORDS)


def _districts(context: Reading, alone: Reading) -> tuple[str, ...]:
    return alone.districts if _moves(alone) else context.districts


def merge(context: Reading, alone: Reading) -> Reading:
    """The follow-up with the earlier topic; what it names anew (year, district, the other of a pair) replaces."""
    if same := in_its_place(context, alone) or another(context, alone):
        return same
    named = {w for c in alone.concepts for w in c.words}
    dropped = {w for pair in _SWAPS if pair & named for w in pair}
    kept = [c for c in context.concepts if not dropped & set(c.words) and not set(c.words) & named]
    subject = next((c for c in kept if not c.weak), None) if alone.strong else None
    if subject:  # a new matter of the same subject: only the subject itself carries over in full
        kept = [c if c is subject else replace(c, weak=True) for c in kept]
    moved = _moves(alone)
    earlier = subject.surface if subject else context.text
    earlier = DISTRICTS.sub(" ", earlier) if moved else earlier
    return replace(
        alone,
        text=f"{earlier.strip()} {alone.asked}",
        concepts=(*kept, *alone.concepts),
        asks=alone.asks - {"yesno"} or context.asks,
        years=alone.years or _of_the_talk(context.years, alone.asked),
        status=alone.status or ("" if alone.years else context.status),
        districts=_districts(context, alone),
        english=alone.english or (context.english and not re.search(r"[一-鿿]", alone.asked)),
        followup=True,
    )
