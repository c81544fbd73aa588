"""Followers: who they are, lists of them, remarks and tags. Names and pictures are told to no app since the end of 2021.

Source: https://developers.weixin.qq.com/doc/service/api/user/management/api_userinfo.html and the tag pages beside it (2026).
"""

from __future__ import annotations

from starlette.responses import Response

from channels.sandbox.world import Account, Customer
from channels.wechat.sandbox.calls import Call, part_of, text_of
from channels.wechat.sandbox.errors import WeChatError, answer, done
from channels.wechat.sandbox.platform import Json, Platform

PAGE, BATCH, TAG_BATCH, TAGS_EACH = 10_000, 100, 50, 20


async def info(call: Call) -> Response:
    return answer(**_info(call.platform, call.account, call.person(call.query.get("openid"))))


async def batch(call: Call) -> Response:
    wanted = call.body().get("user_list")
    if not isinstance(wanted, list) or not 1 <= len(wanted) <= BATCH:
        raise WeChatError(40032)
    people = [call.person(one.get("openid") if isinstance(one, dict) else None) for one in wanted]
    return answer(user_info_list=[_info(call.platform, call.account, one) for one in people])


def _info(platform: Platform, account: Account, customer: Customer) -> Json:
    bond = platform.bond(account, customer)
    openid, unionid = platform.openid(account, customer), platform.unionid(account, customer)
    joined = {"unionid": unionid} if unionid else {}
    if not bond.get("following"):
        return {"subscribe": 0, "openid": openid, **joined}
    return {
        "subscribe": 1,
        "openid": openid,
        "language": customer.language.replace("-", "_") or "zh_CN",
        "subscribe_time": int(bond["followed_at"]),
        **joined,
        "remark": bond.get("remark", ""),
        "groupid": 0,
        "tagid_list": bond.get("tags", []),
        "subscribe_scene": bond.get("came_by", "ADD_SCENE_SEARCH"),
        "qr_scene": 0,
        "qr_scene_str": bond.get("scene", ""),
    }


async def followers(call: Call) -> Response:
    openids = [call.platform.openid(call.account, one) for one in call.platform.followers(call.account)]
    after = call.query.get("next_openid", "")
    start = openids.index(after) + 1 if after in openids else 0
    page = openids[start : start + PAGE]
    more = {"data": {"openid": page}, "next_openid": page[-1]} if page else {"next_openid": ""}
    return answer(total=len(openids), count=len(page), **more)


async def remark(call: Call) -> Response:
    body = call.body()
    customer, said = call.person(body.get("openid")), str(body.get("remark") or "")
    if len(said) >= 30:
        raise WeChatError(40035)
    call.platform.bond(call.account, customer)["remark"] = said
    return done()


async def create_tag(call: Call) -> Response:
    tags = _tags(call)
    name = text_of(part_of(call.body(), "tag"), "name", most_bytes=30, missing=40035, too_long=45158)
    if name in tags.values():
        raise WeChatError(45157)
    if len(tags) >= 100:
        raise WeChatError(45056)
    tag_id = 100 + len(tags)
    tags[str(tag_id)] = name
    return answer(tag={"id": tag_id, "name": name})


async def list_tags(call: Call) -> Response:
    people = [call.platform.bond(call.account, one).get("tags", []) for one in call.platform.followers(call.account)]
    rows = [
        {"id": int(tag_id), "name": name, "count": sum(int(tag_id) in tags for tags in people)}
        for tag_id, name in _tags(call).items()
    ]
    return answer(tags=rows)


async def tag_people(call: Call) -> Response:
    body = call.body()
    openids, tag_id = body.get("openid_list"), body.get("tagid")
    if not isinstance(openids, list) or not 1 <= len(openids) <= TAG_BATCH:
        raise WeChatError(40032)
    if str(tag_id) not in _tags(call):
        raise WeChatError(45159)
    for openid in openids:
        held = call.platform.bond(call.account, call.person(openid)).setdefault("tags", [])
        if call.request.url.path.endswith("batchuntagging"):
            held[:] = [one for one in held if one != tag_id]
        elif tag_id not in held:
            if len(held) >= TAGS_EACH:
                raise WeChatError(45059)
            held.append(tag_id)
    return done()


async def tags_of(call: Call) -> Response:
    customer = call.person(call.body().get("openid"))
    return answer(tagid_list=call.platform.bond(call.account, customer).get("tags", []))


def _tags(call: Call) -> Json:
    tags: Json = call.platform.shelf("tags").setdefault(call.account.id, {})
    return tags
