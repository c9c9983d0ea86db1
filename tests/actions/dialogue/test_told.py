"""What a message tells of a matter, in words as residents choose them."""

from __future__ import annotations

import pytest

from actions.dialogue.told import find_since, matters, tell, without_contact


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("我要报修", ()),
        ("您好，我想反映个情况", ()),
        ("投诉", ()),
        ("我要投诉，楼道的灯不亮了", ("楼道的灯不亮了",)),
        ("我要投诉物业乱收费", ("物业乱收费",)),
        ("你好，麻烦登记一下，井盖缺了一个", ("井盖缺了一个",)),
        ("垃圾三天没人收，怎么办啊", ("垃圾三天没人收",)),
        ("送来的饭都是冷的，这事跟谁反映？", ("送来的饭都是冷的",)),
        ("消防来了，火扑灭了。消火栓没水，可以投诉吗", ("消火栓没水",)),
        ("路面塌了个洞，我的电话是〔手机号〕", ("路面塌了个洞",)),
        ("I want to report that the lift is broken", ("the lift is broken",)),
        ("The street light is broken, who can I tell?", ("The street light is broken",)),
    ],
)
def test_the_matter_is_what_is_left_without_the_ceremony(text: str, expected: tuple[str, ...]) -> None:
    assert matters(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "电梯老是坏，还有垃圾没人收",
        "电梯老是坏。另外，垃圾没人收",
        "1、电梯老是坏 2、垃圾没人收",
        "一是电梯老是坏，二是垃圾没人收",
        "电梯老是坏，顺便说一下垃圾没人收",
    ],
)
def test_two_matters_are_two(text: str) -> None:
    assert matters(text) == ("电梯老是坏", "垃圾没人收")


@pytest.mark.parametrize(
    "text", ["还有谁管电梯坏了这种事", "电梯坏了，还有我家住十楼", "广场舞太吵，还有小孩要中考"]
)
def test_one_matter_with_more_about_it_stays_one(text: str) -> None:
    assert len(matters(text)) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("路灯坏了两个礼拜了", "两个礼拜"),
        ("坏了三天，没人来", "三天"),
        ("从昨天晚上开始停水", "从昨天晚上开始"),
        ("10月5号起就这样", "10月5号起"),
        ("已经半年没人打扫", "半年"),
        ("12号楼的灯不亮", ""),
        ("隔壁早上六点开始装修", "早上六点开始"),
        ("每天早上六点广场舞", ""),
        ("我们小区", ""),
        ("It has been broken for two weeks", "two weeks"),
        ("since last Monday nobody came", "since last Monday nobody"),
    ],
)
def test_since_when(text: str, expected: str) -> None:
    assert find_since(text) == expected


def test_mood_is_noticed() -> None:
    assert tell("第三次投诉了，气死人了，还是没人管").repeated
    assert tell("第三次投诉了，气死人了，还是没人管").angry
    calm = tell("路灯坏了，麻烦修一下")
    assert (calm.angry, calm.repeated) == (False, False)


def test_traditional_characters_are_read_too() -> None:
    assert find_since("我們小區的電梯壞了三個月沒人修") == "三个月"
    assert matters("我們小區的電梯壞了") == ("我们小区的电梯坏了",)


@pytest.mark.parametrize("text", ["电话〔手机号〕", "我的手机号是〔手机号〕，", "联系电话：〔电话〕"])
def test_a_masked_number_leaves_nothing_behind(text: str) -> None:
    assert without_contact(text) == ""
