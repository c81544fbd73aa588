"""Who and what is in the demo shop. Everybody may know these passwords: the demo is for one machine."""

from __future__ import annotations

from dataclasses import dataclass

BUSINESS = "Tin Kettle 錫壺"


@dataclass(frozen=True)
class Person:
    email: str
    name: str
    role: str
    password: str
    teams: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()


PEOPLE = (
    Person("mei@demo.hawker.test", "Mei Fong 方美", "agent", "kettle-mei", ("Tea counter 茶櫃",), ("zh-Hant", "en")),
    Person(
        "kelvin@demo.hawker.test",
        "Kelvin Ho",
        "agent",
        "kettle-kelvin",
        ("Tea counter 茶櫃", "Orders 訂單"),
        ("en", "zh-Hant"),
    ),
    Person("admin@demo.hawker.test", "Ada Lam 林雅", "admin", "kettle-admin", (), ("zh-Hant", "zh-Hans", "en")),
)
LOG_INS = tuple((person.email, person.password) for person in PEOPLE)
TEAMS = ("Tea counter 茶櫃", "Orders 訂單")
TAGS = (("VIP", 3), ("Wholesale 批發", 5), ("Pu-erh 普洱", 2), ("Gift 送禮", 7), ("Complaint 投訴", 1))
"""Name and hue (1–8)."""
