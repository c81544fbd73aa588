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
ANSWERS = {
    "followed": "欢迎关注锡壶茶行 🍵 有什么想问的，直接留言，我们马上回复。",
    "menu_clicked:STORE_HOURS": "周一至周日 10:00–20:00，上环摩罗上街 8 号。",
    "menu_clicked:TEA_OF_THE_DAY": "今日推荐：凤凰单丛 · 蜜兰香，100g ￥168。",
    "menu_clicked:TALK_TO_US": "好的，请直接把问题发过来，小茶在线。",
}
"""What accounts say by themselves, by the occasion. Occasions that a channel has not do nothing there."""
QR_CODES = (("upper-lascar-row", "摩羅上街店 Upper Lascar Row"), ("tea-fair", "茶展 Tea fair"))
"""Scene and name."""
TEAMS = ("Tea counter 茶櫃", "Orders 訂單")
TAGS = (("VIP", 3), ("Wholesale 批發", 5), ("Pu-erh 普洱", 2), ("Gift 送禮", 7), ("Complaint 投訴", 1))
"""Name and hue (1–8)."""
