"""Who is behind a number: known customers, and the many nobody plays, who behave as their number says."""

from __future__ import annotations

import hashlib
import re

from channels.sandbox.world import Account, Customer, World
from channels.whatsapp.sandbox.errors import GraphError

COUNTRIES = {
    "852": "HK", "853": "MO", "886": "TW", "86": "CN", "65": "SG", "60": "MY", "81": "JP", "82": "KR", "44": "GB", "1": "US",
    "61": "AU", "49": "DE", "33": "FR", "34": "ES", "351": "PT", "91": "IN", "55": "BR", "52": "MX", "62": "ID", "63": "PH",
    "66": "TH", "84": "VN",
}  # fmt: skip
CANADA_AND_CARIBBEAN = frozenset({
    204, 226, 236, 249, 250, 263, 289, 306, 343, 354, 365, 367, 368, 382, 387, 403, 416, 418, 428, 431, 437, 438, 450, 468,
    474, 506, 514, 519, 548, 579, 581, 584, 587, 604, 613, 639, 647, 672, 683, 705, 709, 742, 753, 778, 780, 782, 807, 819,
    825, 867, 873, 879, 902, 905, 242, 246, 264, 268, 284, 340, 345, 441, 473, 649, 658, 664, 670, 671, 684, 721, 758, 767,
    784, 787, 809, 829, 849, 868, 869, 876, 939,
})  # fmt: skip
NOT_ON_WHATSAPP = "999"
"""No country has this code: numbers that begin with it are not on WhatsApp."""


def digits_of(to: str, account: Account) -> str:
    """Return E.164 digits; without `+` a short number gets the business's country code. Raises GraphError."""
    if not re.fullmatch(r"\+?[0-9 ()\-]{5,30}", to):
        raise GraphError(131009, "Parameter 'to' is not a phone number")
    digits = re.sub(r"\D", "", to)
    if not to.startswith("+") and len(digits) < 10:
        digits = calling_code(account.phone) + digits.lstrip("0")
    if not 7 <= len(digits) <= 15:
        raise GraphError(131009, "Parameter 'to' is not a phone number")
    return digits


def calling_code(phone: str) -> str:
    return next((phone[:length] for length in (3, 2, 1) if phone[:length] in COUNTRIES), "")


def country_of(phone: str) -> str:
    return COUNTRIES.get(calling_code(phone), "US")


def user_id_of(phone: str, business_id: str) -> str:
    """Return the business-scoped id: another for every business portfolio and for every number."""
    digest = hashlib.sha256(f"{business_id}:{phone}".encode()).hexdigest()
    return f"{country_of(phone)}.{int(digest[:16], 16) % 10**18:018d}"


def is_in_united_states(phone: str) -> bool:
    return len(phone) == 11 and phone[0] == "1" and int(phone[1:4]) not in CANADA_AND_CARIBBEAN


def find(world: World, phone: str, user_id: str) -> Customer | None:
    return world.by_phone("whatsapp", phone) if phone else world.by_user_id("whatsapp", user_id)


def stranger_reads(phone: str) -> bool:
    """Say whether somebody nobody plays ever reads: seven in ten do, always the same ones."""
    return hashlib.sha256(phone.encode()).digest()[0] % 10 < 7
