"""What the demo shop sells, and its pictures."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tea:
    slug: str
    name: str
    chinese: str
    price: str
    words: str
    leaf: str
    ground: str


TEAS = (
    Tea(
        "iron-goddess",
        "Iron Goddess, autumn",
        "秋茶鐵觀音",
        "HK$ 268",
        "Anxi oolong, half-rolled, with orchid and cream. 150 g.",
        "#5f7d3c",
        "#e9efdc",
    ),
    Tea(
        "aged-puerh",
        "Pu-erh cake, 2016",
        "陳年普洱餅",
        "HK$ 680",
        "Menghai leaf, dry-stored in Sheung Wan. Dates, camphor, old books. 357 g.",
        "#5b3a26",
        "#f0e3d6",
    ),
    Tea(
        "white-peony",
        "White Peony",
        "白牡丹",
        "HK$ 198",
        "Fuding buds and first leaves. Melon, hay, honey. 100 g.",
        "#9aa56b",
        "#f3f3e4",
    ),
    Tea(
        "jasmine-pearls",
        "Jasmine pearls",
        "茉莉龍珠",
        "HK$ 158",
        "Hand-rolled, scented on seven nights. 100 g.",
        "#6d8f5a",
        "#eef5ea",
    ),
    Tea(
        "lapsang",
        "Smoked Lapsang",
        "正山小種",
        "HK$ 228",
        "Pine smoke from Tongmu, sweet underneath. 100 g.",
        "#7a2f22",
        "#f5e2dc",
    ),
    Tea(
        "gift-box",
        "Winter gift box",
        "冬至圍爐茶禮盒",
        "HK$ 520",
        "Four tins and a celadon cup, wrapped in cloth.",
        "#35606e",
        "#deecef",
    ),
)
BY_SLUG = {tea.slug: tea for tea in TEAS}


def art(tea: Tea) -> str:
    """Return a picture of a tin of this tea, as SVG."""
    leaves = "".join(
        f'<path d="M{x} {y}q14-22 34-22q-2 24-34 22z" fill="{tea.leaf}" opacity="{opacity}" transform="rotate({turn} {x} {y})"/>'
        for x, y, turn, opacity in ((196, 214, 0, 1), (204, 208, -58, 0.75), (190, 222, 52, 0.6), (200, 230, 108, 0.45))
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400"><rect width="400" height="400" fill="{tea.ground}"/>'
        f'<ellipse cx="200" cy="338" rx="104" ry="14" fill="#0002"/><rect x="112" y="120" width="176" height="216" rx="14" fill="{tea.leaf}"/>'
        f'<rect x="104" y="92" width="192" height="44" rx="12" fill="{tea.leaf}"/><rect x="104" y="124" width="192" height="12" fill="#0002"/>'
        f'<circle cx="200" cy="222" r="58" fill="{tea.ground}"/>{leaves}</svg>'
    )
