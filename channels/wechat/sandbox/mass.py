"""One message to many followers: handed in at once, sent a moment later, counted in an event.

Source: https://developers.weixin.qq.com/doc/service/guide/product/message/Batch_Sends.html (2026).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from starlette.responses import Response

from channels.sandbox.host import Host
from channels.sandbox.world import Account, Customer
from channels.wechat.sandbox import media
from channels.wechat.sandbox.calls import Call, part_of, text_of
from channels.wechat.sandbox.custom import view_of
from channels.wechat.sandbox.errors import WeChatError, answer, done
from channels.wechat.sandbox.platform import Json, Platform, number_id, opaque
from channels.wechat.sandbox.pushes import Pushes
from channels.wechat.sandbox.sending import Sender
from channels.wechat.sandbox.views import media_view

LEAST, MOST = 2, 10_000
PER_MONTH = 4
RESULT_AFTER_S = 0.5
LONGEST_KEY_BYTES = 64


class Mass:
    def __init__(self, host: Host, platform: Platform, sender: Sender, pushes: Pushes) -> None:
        self._host = host
        self._platform = platform
        self._sender = sender
        self._pushes = pushes

    async def send(self, call: Call) -> Response:
        """Take a message for a list of openids."""
        body = call.body()
        openids = body.get("touser")
        if not isinstance(openids, list) or not LEAST <= len(openids) <= MOST:
            raise WeChatError(40032)
        people = [self._platform.person(call.account, str(openid)) for openid in openids]
        return self._take(call, body, people)

    async def send_all(self, call: Call) -> Response:
        """Take a message for everybody, or for those with a tag."""
        body = call.body()
        chosen = part_of(body, "filter", missing=40035)
        followers: list[Customer | None] = list(self._platform.followers(call.account))
        if not chosen.get("is_to_all"):
            tag = chosen.get("tag_id")
            followers = [
                one for one in followers if one and tag in self._platform.bond(call.account, one).get("tags", [])
            ]
        return self._take(call, body, followers)

    async def state(self, call: Call) -> Response:
        job = self._platform.shelf("mass").get(str(call.body().get("msg_id")))
        if job is None:
            raise WeChatError(40035)
        return answer(msg_id=job["msg_id"], msg_status=job["status"])

    async def keep_video(self, call: Call) -> Response:
        """Make a video a material with title and words, under another id."""
        body = call.body()
        file, kind = media.find(call.host, call.platform, call.account, body.get("media_id"))
        if kind != "video":
            raise WeChatError(40007)
        media_id = opaque()
        kept = {"file_id": file.id, "type": "mpvideo", "app_id": call.account.credentials["app_id"]}
        call.platform.shelf("media")[media_id] = kept
        return answer(type="video", media_id=media_id, created_at=int(call.host.now()))

    def _take(self, call: Call, body: Json, people: list[Customer | None]) -> Response:
        account = call.account
        late_code = self._sender.admit(account)
        view = self._view(call, body)
        jobs = self._platform.shelf("mass")
        key = str(body.get("clientmsgid") or "")
        if len(key.encode()) > LONGEST_KEY_BYTES:
            raise WeChatError(45067)
        known = next((job for job in jobs.values() if key and (job["account"], job["key"]) == (account.id, key)), None)
        if known:
            raise WeChatError(45065, msg_id=known["msg_id"])
        msg_id = number_id(10)
        job = {"msg_id": msg_id, "account": account.id, "key": key, "status": "SENDING"}
        jobs[str(msg_id)] = job
        wait_s = float(account.settings.get("result_after_s", RESULT_AFTER_S))
        raw = call.raw
        self._host.later(wait_s, lambda: self._run(account, people, view, raw, job, late_code))
        said = "send job submission success"
        return self._sender.answered(account, answer(errcode=0, errmsg=said, msg_id=msg_id))

    def _run(
        self, account: Account, people: list[Customer | None], view: Json, raw: bytes, job: Json, late_code: int
    ) -> None:
        """Send it, at most four a month to one person, and tell the counts."""
        sent = 0
        found = [one for one in people if one is not None]
        reached = [one for one in found if self._platform.bond(account, one).get("following")]
        for customer in [] if late_code else reached:
            if self._may_get(account, customer):
                sent += 1
                self._sender.deliver(account, customer, view, kind="mass", raw=raw, callback=job["key"])
        job["status"] = "SEND_FAIL" if late_code else "SEND_SUCCESS"
        fields = {
            "FromUserName": "oOPERATOR",
            "MsgType": "event",
            "Event": "MASSSENDJOBFINISH",
            "MsgID": job["msg_id"],
            "Status": f"err({late_code})" if late_code else "send success",
            "TotalCount": len(people),
            "FilterCount": len(reached),
            "SentCount": sent,
            "ErrorCount": len(reached) - sent,
            "CopyrightCheckResult": {"Count": 0, "ResultList": "", "CheckState": 1},
        }
        self._pushes.send(account, None, "mass result", fields)

    def _may_get(self, account: Account, customer: Customer) -> bool:
        """Count a person's mass messages of this month, by Beijing's calendar."""
        month = (datetime.fromtimestamp(self._host.now(), UTC) + timedelta(hours=8)).strftime("%Y-%m")
        bond = self._platform.bond(account, customer)
        counted_in, so_far = bond.get("mass", (month, 0))
        so_far = so_far if counted_in == month else 0
        if so_far >= int(account.settings.get("mass_per_month", PER_MONTH)):
            return False
        bond["mass"] = (month, so_far + 1)
        return True

    def _view(self, call: Call, body: Json) -> Json:
        """Check the content. Raises WeChatError."""
        kind = body.get("msgtype")
        if kind == "mpvideo":
            media_id = text_of(part_of(body, "mpvideo"), "media_id", missing=41006)
            file, uploaded_as = media.find(call.host, call.platform, call.account, media_id)
            if uploaded_as != "mpvideo":
                raise WeChatError(40007)
            return media_view("video", file)
        if kind not in ("text", "image", "voice", "mpnews", "wxcard"):
            raise WeChatError(40008)
        return view_of(call, body)


async def preview(call: Call) -> Response:
    """Check the content as a real send would. It reaches nobody here."""
    view_of(call, call.body())
    return done(msg_id=number_id(10))
