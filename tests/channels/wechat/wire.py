"""Deliveries as WeChat makes them, put together without the adapter's own code: the signature by hand, the encryption by wechatpy."""

from __future__ import annotations

import hashlib
from urllib.parse import urlencode

from wechatpy.crypto import WeChatCrypto  # type: ignore[import-untyped]

from channels.contract import Delivery
from tests.channels.harness import RECEIVED_AT

TOKEN, APP_ID, ACCOUNT = "fakeToken123", "wx0123456789abcdef", "gh_fake00000001"
AES_KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
TIMESTAMP, NONCE = "1763770001", "nonce42"

PLAIN = {"token": TOKEN, "app_id": APP_ID, "app_secret": "fake", "mode": "plain"}
SAFE = {**PLAIN, "encoding_aes_key": AES_KEY, "mode": "safe"}
COMPATIBLE = {**SAFE, "mode": "compatible"}


def sha1(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()


def query(**more: str) -> str:
    signed = {"signature": sha1(TOKEN, TIMESTAMP, NONCE), "timestamp": TIMESTAMP, "nonce": NONCE}
    return urlencode(signed | {"openid": "oFAKE_openid_000000000000001"} | more)


def pushed(raw: bytes, **more: str) -> Delivery:
    """Return a POST of plain mode."""
    return Delivery("POST", query(**more), {"content-type": "text/xml"}, raw, RECEIVED_AT)


def sealed(raw: bytes, *, app_id: str = APP_ID, key: str = AES_KEY, copy: bytes = b"") -> Delivery:
    """Return a POST of safe mode; `copy` is the unencrypted content that stands beside the ciphertext in compatible mode."""
    reply = WeChatCrypto(TOKEN, key, app_id).encrypt_message(raw.decode(), NONCE, TIMESTAMP)
    encrypted = reply.split("<Encrypt><![CDATA[")[1].split("]]>")[0]
    envelope = f"<xml><ToUserName><![CDATA[{ACCOUNT}]]></ToUserName><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>"
    raw = envelope.encode().replace(b"</xml>", copy + b"</xml>")
    signed = sha1(TOKEN, TIMESTAMP, NONCE, encrypted)
    return pushed(raw, encrypt_type="aes", msg_signature=signed)


def asked(echostr: str, **fields: str) -> Delivery:
    """Return the handshake of an Official Account."""
    return Delivery("GET", query(echostr=echostr) if not fields else urlencode(fields), {}, b"", RECEIVED_AT)
