"""The people of the demo: who they are, what they come for, and what they say when somebody answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Persona:
    """Somebody with an errand or two.

    channels  apps they use, the favourite first; the first where a business listens is taken
    errands   each a list of opening messages, written one after another
    answers   (words to look for in the agent's text, what is said then); the first that fits and is unused
    fillers   said in turn when nothing fits; when they run out, the errand is done
    """

    name: str
    phone: str
    language: str
    place: str
    channels: tuple[str, ...]
    errands: tuple[tuple[Json, ...], ...]
    answers: tuple[tuple[tuple[str, ...], Json], ...] = ()
    fillers: tuple[Json, ...] = ()
    taps: tuple[str, ...] = ()
    account: int = field(default=0)


def say(text: str, **more: Any) -> Json:
    return {"kind": "text", "text": text, **more}


def place(name: str, address: str, latitude: float, longitude: float) -> Json:
    return {"kind": "location", "name": name, "address": address, "latitude": latitude, "longitude": longitude}


HIU_TUNG = Persona(
    "陳曉彤 Chan Hiu-tung", "85255501847", "zh-HK", "觀塘", ("whatsapp",),
    errands=(
        (say("你好！想問吓冬至圍爐茶禮盒仲有冇貨？"), {"kind": "image", "caption": "見到朋友出呢個 post"}),
        (say("上次啲鐵觀音好香，想再訂兩罐"),),
    ),
    answers=(
        (("地址", "送到", "邊度", "送去"), place("APM 觀塘", "觀塘道 418 號", 22.3128, 114.2257)),
        (("HK$", "價錢", "幾錢", "$", "連結"), say("OK，我用 FPS 俾 thanks 🙏")),
        (("有貨", "仲有", "有㗎", "尚有"), {"kind": "order", "text": "唔該包靚啲，送人㗎"}),
        (("星期", "幾時", "時間", "收件"), say("星期六下晝得唔得？我三點後喺屋企")),
    ),
    fillers=(say("收到！可唔可以星期六送到觀塘？"), say("好呀，唔該晒 😊"), {"react": "❤️"}),
    taps=("星期六", "睇吓禮盒"),
)  # fmt: skip

YI_CHUN = Persona(
    "林怡君", "886955500347", "zh-TW", "台北", ("line", "whatsapp"),
    errands=(
        (say("您好～請問高山茶可以宅配到台北嗎？"), say("大概要幾天呢？")),
        (say("請問凍頂烏龍有試喝包嗎？"),),
    ),
    answers=(
        (("地址", "寄到", "收件"), say("台北市大安區信義路四段 1 號 8 樓，林怡君收，謝謝！")),
        (("運費", "NT$", "元"), say("了解，那我要兩罐，可以貨到付款嗎？")),
        (("可以", "天", "工作日"), {"kind": "voice"}),
    ),
    fillers=(say("好的，那先這樣，感謝您 🙇‍♀️"), {"react": "👍"}),
    taps=("週六",),
    account=1,
)  # fmt: skip

SI_YUAN = Persona(
    "王思远", "8613555500128", "zh-CN", "深圳", ("wechat", "whatsapp"),
    errands=(
        (say("你好，想给公司订30份年节礼盒，能开发票吗？"), {"kind": "document", "caption": "这是我们的采购单"}),
        (say("之前订的茶到深圳了吗？订单 TK-2031"),),
    ),
    answers=(
        (("发票", "抬头", "發票"), say("抬头：深圳市思远科技有限公司，税号我稍后发您")),
        (("折扣", "优惠", "价", "報價", "报价"), say("30份的话能再优惠一点吗？去年也是在你们家订的")),
        (("单号", "快递", "物流", "顺丰"), say("好的，我查一下，谢谢")),
    ),
    fillers=(say("可以，那先按这个来，下午给您答复"), {"react": "👌"}),
    taps=("周六", "看看礼盒"),
)  # fmt: skip

XIAO_WEN = Persona(
    "李晓雯", "8613555500777", "zh-CN", "广州", ("wechat",),
    errands=(
        (
            {"kind": "follow"},
            say("你好！请问今天有新到的凤凰单丛吗？"),
            {"kind": "voice", "text": "可以的话帮我留两罐，周六过来拿"},
        ),
        ({"kind": "menu", "key": "STORE_HOURS"}, say("周日也开门吗？")),
        ({"kind": "mini_program"}, say("小程序里这款还有货吗？")),
    ),
    answers=(
        (("有货", "有的", "到货"), say("太好了，那就两罐，谢谢 🍵")),
        (("地址", "哪里", "位置"), {"kind": "location", "name": "正佳广场", "address": "广州市天河区天河路228号"}),
        (("元", "￥", "多少钱", "价"), say("好的，可以微信支付吗？")),
    ),
    fillers=(say("好的，收到"), say("麻烦您啦")),
    taps=("周六", "看看礼盒"),
)  # fmt: skip

ZHANG_WEI = Persona(
    "张伟", "8613555500912", "zh-CN", "杭州", ("wechat",),
    errands=(
        ({"kind": "enter", "scene": "shop"}, say("在吗？我的订单 TK-2051 一直没发货"), {"kind": "image"}),
        (say("另外茶饼怎么保存比较好？"),),
    ),
    answers=(
        (("抱歉", "不好意思", "马上", "今天"), say("好的，麻烦尽快，这是送人的")),
        (("单号", "发货", "顺丰"), say("收到单号了，谢谢！")),
        (("地址", "电话"), say("杭州市西湖区文三路 90 号，张伟")),
    ),
    fillers=(say("嗯嗯，明白了"),),
    taps=("周六",),
    account=1,
)  # fmt: skip

SOFIA = Persona(
    "Sofia Reyes", "639555501123", "en", "Manila", ("instagram", "whatsapp"),
    errands=(
        (say("Hi! Saw your celadon gaiwan in a reel 😍 do you ship to Manila?", referral=True),),
        ({"kind": "comment", "text": "Is the jasmine pearl tea caffeinated? 🫖"},),
        ({"kind": "story_reply", "text": "Love this! Is the tray for sale?"},),
    ),
    answers=(
        (("ship", "deliver", "days"), say("Amazing. How much is shipping for one gaiwan and two teas?")),
        (("HK$", "price", "total", "shipping"), say("Good. One gaiwan and two teas then. Gift wrap please!")),
        (("address", "where"), say("Unit 12B, 88 Katipunan Ave, Quezon City, Metro Manila 1108")),
    ),
    fillers=(say("Perfect, thank you so much!"), {"react": "🥰"}),
    taps=("Saturday", "Show me"),
)  # fmt: skip

MARCUS = Persona(
    "Marcus Leung", "85255502290", "en", "Kowloon Tong", ("messenger", "whatsapp"),
    errands=(
        (say("Morning. My order TK-2044 arrived with a cracked lid."), {"kind": "image", "caption": "Here is the crack"}),
        (say("Do you do tastings for small groups?"), say("We would be six, on a Friday evening.")),
    ),
    answers=(
        (("sorry", "replace", "exchange", "send you"), say("That would be great, no hurry. Can I keep the cup?")),
        (("photo", "picture"), {"kind": "image", "caption": "From the side"}),
        (("friday", "evening", "seat", "table"), {"kind": "thumb"}),
    ),
    fillers=(say("Thanks, much appreciated."), {"react": "🙏"}),
    taps=("Saturday", "Show me"),
)  # fmt: skip

DANIEL = Persona(
    "Daniel Okafor", "447555500871", "en", "London", ("telegram", "whatsapp"),
    errands=((say("Hello, can I order from the UK? I used to live near your shop in Sheung Wan."), {"kind": "voice"}),),
    answers=(
        (("yes", "ship", "can"), say("Brilliant. Two tins of the aged pu'er then, and one for my mum in Hong Kong.")),
        (("address", "name"), say("For my mum: Mrs Okafor, 12 Tai Ping Shan Street, 3/F")),
    ),
    fillers=(say("Cheers, that's everything."), {"react": "🎉"}),
    taps=("Saturday", "Show me"),
)  # fmt: skip

KA_MING = Persona(
    "何家明", "85255503316", "zh-HK", "大埔", ("whatsapp",),
    errands=((say("請問今日鋪頭開到幾點？"), say("想過嚟睇吓啲茶壺")),),
    answers=(
        (("點", "開到", "營業"), say("好，我放工過嚟，大概七點")),
        (("地址", "喺邊", "上環"), say("得，識去")),
    ),
    fillers=({"react": "👍"},),
    taps=("星期六",),
)  # fmt: skip

WAI_MAN = Persona(
    "黃慧敏", "85255504471", "zh-HK", "屯門", ("whatsapp",),
    errands=(
        (say("Hi 想改送貨地址，訂單 TK-2048"), place("屯門市廣場", "屯順街 1 號", 22.3949, 113.9757)),
    ),
    answers=(
        (("已改", "已經改", "更新", "改好"), say("多謝你！")),
        (("電話", "聯絡"), say("就呢個 WhatsApp 號碼")),
    ),
    fillers=(say("唔該晒"), {"react": "🙏"}),
    taps=("星期六",),
)  # fmt: skip

CAST = (HIU_TUNG, XIAO_WEN, YI_CHUN, SI_YUAN, ZHANG_WEI, SOFIA, MARCUS, DANIEL, KA_MING, WAI_MAN)

SURNAMES = [
    "陳",
    "李",
    "張",
    "黃",
    "何",
    "林",
    "吳",
    "梁",
    "鄭",
    "劉",
    "周",
    "蔡",
    "許",
    "曾",
    "馮",
    "鄧",
    "羅",
    "葉",
    "譚",
    "蘇",
]
GIVEN = [
    "嘉欣",
    "志明",
    "詠詩",
    "俊傑",
    "美玲",
    "家豪",
    "曉晴",
    "偉文",
    "思敏",
    "子軒",
    "雅婷",
    "冠廷",
    "佩珊",
    "浩然",
    "穎芝",
    "國棟",
    "梓瑩",
    "柏霖",
    "芷晴",
    "建宏",
]
ENGLISH = ["Karen", "Jason", "Mandy", "Eric", "Winnie", "Tommy", "Joyce", "Alan", "Fiona", "Ken"]

CROWD_LINES: tuple[Json, ...] = (
    say("你好，請問有冇白毫銀針？"),
    say("Hi, how much is the oolong sampler?"),
    say("請問可以自取嗎？"),
    say("想問吓茶餅點樣保存？"),
    say("您好，请问支持微信支付吗？"),
    say("Do you have gift cards?"),
    say("我張單幾時會寄出？"),
    say("請問普洱茶有幾多年份？"),
    say("可以幫我留一套茶具嗎？星期日過嚟攞"),
    say("Is the shop open on Boxing Day?"),
    {"kind": "order"},
    {"kind": "image", "caption": "想搵呢款"},
    {"kind": "sticker"},
    {"kind": "voice"},
)
CROWD_ANSWERS: tuple[Json, ...] = (
    say("多謝你！"),
    say("好，我諗吓先 🙏"),
    say("Thanks!"),
    {"react": "👍"},
    {"react": "🙏"},
)


def passer_by(number: int) -> str:
    """Return the name of the n-th person of the crowd: plausible, and always the same."""
    if number % 5 == 4:
        return f"{ENGLISH[number // 5 % len(ENGLISH)]} {SURNAMES_LATIN[number // 7 % len(SURNAMES_LATIN)]}"
    return SURNAMES[number * 7 % len(SURNAMES)] + GIVEN[(number * 3 + number // 20) % len(GIVEN)]


SURNAMES_LATIN = ["Chan", "Lee", "Cheung", "Wong", "Ho", "Lam", "Ng", "Leung", "Tang", "Yip"]
