"""Made-up names and sentences for synthetic data: the same ones every time, in the languages that customers write."""

from __future__ import annotations

import random
from itertools import product

_GIVEN = (
    "Ana Ben Chloe Daniel Elaine Felix Grace Henry Iris Jason Karen Leo Mia Nathan Olivia Peter Queenie Ryan Sophie Tom"
)
_FAMILY = "Chan Cheung Fernandes Ho Ip Kwok Lam Lee Leung Müller Ng Nguyen Patel Pires Smith Tang Tse Wong Yip Zhang"
_HAN_FAMILY = "陳李黃張梁林王吳劉鄭"
_HAN_GIVEN = ("志明", "家怡", "嘉欣", "俊傑", "美玲", "子軒", "詠琳", "偉強", "淑芬", "浩然", "曉彤", "文傑")
_WORDS = (
    "hello is this still in stock could you send me the price of that red one please thank for your quick answer when will "
    "my parcel arrive order number delivery tomorrow morning teapot kettle oolong jasmine pu-erh gift box wrapping paid card "
    "refund exchange size colour blue green broken lid shop open Sunday address Central Kowloon sorry late again photo"
)
_HAN_CLAUSES = (
    *(
        "你好",
        "還有貨嗎",
        "請問幾多錢",
        "可以送去九龍嗎",
        "我想買兩罐普洱",
        "唔該晒",
        "幾時到貨",
        "茶壺個蓋爛咗",
        "可以退款嗎",
    ),
    *(
        "星期日開唔開門",
        "我已經付款",
        "請發圖片給我看看",
        "紅色那一款",
        "地址係中環",
        "多謝你",
        "烏龍茶還有嗎",
        "要禮盒包裝",
    ),
)


def names() -> list[str]:
    """Return different names of people, Latin and Han."""
    latin = [f"{given} {family}" for given, family in product(_GIVEN.split(), _FAMILY.split())]
    return latin + [family + given for family, given in product(_HAN_FAMILY, _HAN_GIVEN)]


def sentences(count: int) -> list[str]:
    """Return `count` sentences, a third of them Han."""
    chance = random.Random(7)  # noqa: S311 -- made-up talk
    return [_han(chance) if number % 3 == 0 else _latin(chance) for number in range(count)]


def _latin(chance: random.Random) -> str:
    return " ".join(chance.choices(_WORDS.split(), k=chance.randrange(2, 24))).capitalize() + chance.choice(".?!")


def _han(chance: random.Random) -> str:
    return "，".join(chance.sample(_HAN_CLAUSES, k=chance.randrange(1, 5)))
