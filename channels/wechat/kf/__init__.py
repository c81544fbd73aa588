"""WeCom customer service (微信客服): deliveries only say that there is something to fetch, and our own message id is the idempotency key."""

from channels.wechat.kf.sending import Sending, send
from channels.wechat.kf.updates import fetch_updates

__all__ = ["Sending", "fetch_updates", "send"]
