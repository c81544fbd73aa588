"""Ask who a follower is. Names and pictures are told only by WeCom; an Official Account gets the UnionID, tags and where they came from.

Source: https://developers.weixin.qq.com/doc/service/api/user/management/api_userinfo.html and
https://developer.work.weixin.qq.com/document/path/95159 (read Nov 2026).
"""

from __future__ import annotations

from channels.contract import Call, FetchProfile, Json, MediaRef, ProfileSeen, Rejected
from channels.kit.tolerant import integer, items, objects, text, without_empty
from channels.wechat.api import Api
from channels.wechat.people import EXTERNAL_USERID, OPENID, address_of, customer, person


def fetch(intent: FetchProfile, api: Api) -> Call:
    """Return what the platform tells of a follower, or of somebody who no longer is one."""
    openid = address_of(intent.person, OPENID)
    info = yield from api.ask(api.get("/cgi-bin/user/info", openid=openid, lang="zh_CN"))
    found = person(
        openid,
        unionid=info.get("unionid"),
        name=text(info.get("nickname")),
        language=text(info.get("language")),
    )
    return ProfileSeen(found or intent.person, _avatar(info.get("headimgurl")), _facts(info))


def _facts(info: Json) -> Json:
    return without_empty(
        {
            "following": integer(info.get("subscribe")) == 1,
            "followed_at_s": integer(info.get("subscribe_time")),
            "source": text(info.get("subscribe_scene")).removeprefix("ADD_SCENE_").lower(),
            "scene": text(info.get("qr_scene_str")) or text(info.get("qr_scene") or ""),
            "remark": text(info.get("remark")),
            "tag_ids": [found for tag in items(info.get("tagid_list")) if (found := text(tag))],
        }
    )


def fetch_customer(intent: FetchProfile, api: Api) -> Call:
    """Return what WeCom tells of a customer. Raises Rejected for one who has not written within 48 hours."""
    external_userid = address_of(intent.person, EXTERNAL_USERID)
    answer = yield from api.ask(api.post("/cgi-bin/kf/customer/batchget", {"external_userid_list": [external_userid]}))
    for info in objects(answer.get("customer_list")):
        if info.get("external_userid") == external_userid:
            found = customer(external_userid, unionid=info.get("unionid"), name=text(info.get("nickname")))
            facts = without_empty({"gender": integer(info.get("gender"))})
            return ProfileSeen(found or intent.person, _avatar(info.get("avatar")), facts)
    raise Rejected("the customer is unknown", code="profile_unavailable")


def _avatar(url: object) -> MediaRef | None:
    found = text(url)
    return MediaRef("", url=found) if found.startswith(("https://", "http://")) else None
