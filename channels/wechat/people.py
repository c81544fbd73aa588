"""Say who a payload speaks of: by OpenID, which is this account's, and by UnionID, which all accounts of one owner share.

WeCom knows its customers by an external user id, which is the whole company's.

Source: https://developers.weixin.qq.com/doc/service/guide/dev/user/userinfo.html (read Nov 2026).
"""

from __future__ import annotations

import re
from typing import Literal

from channels.contract import ContactUnreachable, Key, Person
from channels.kit.tolerant import text

OPENID: Literal["openid"] = "openid"
EXTERNAL_USERID: Literal["external_userid"] = "external_userid"
_ID = re.compile(r"[\w-]{1,64}", re.ASCII)
"""An OpenID has 28 of these characters, the others have other numbers of them."""


def person(openid: object, *, unionid: object = None, name: str = "", language: str = "") -> Person | None:
    """Return the follower with this id; None when it is no id."""
    return _person(Key("account", OPENID, _identifier(openid)), unionid, name, language)


def customer(external_userid: object, *, unionid: object = None, name: str = "") -> Person | None:
    """Return WeCom's customer with this id; None when it is no id."""
    return _person(Key("app", EXTERNAL_USERID, _identifier(external_userid)), unionid, name, "")


def address_of(someone: Person, kind: Literal["openid", "external_userid"]) -> str:
    """Return the id to write to. Raises ContactUnreachable."""
    found = next((key.value for key in someone.keys if key.kind == kind), "")
    if not found:
        raise ContactUnreachable(code="address_missing")
    return found


def _person(key: Key, unionid: object, name: str, language: str) -> Person | None:
    if not key.value:
        return None
    shared = Key("open_platform", "unionid", _identifier(unionid))
    return Person((key, shared) if shared.value else (key,), name, language=language)


def _identifier(value: object) -> str:
    found = text(value)
    return found if _ID.fullmatch(found) else ""
