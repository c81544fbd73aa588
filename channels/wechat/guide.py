"""How an Official Account, or a WeCom customer service account, is connected without code, and what its checks say.

Source: https://developers.weixin.qq.com/doc/service/guide/dev/push/ and https://developer.work.weixin.qq.com/document/path/94638
(read Nov 2026).
"""

from __future__ import annotations

from channels.contract import CheckWords, CredentialField, Guide, SettingField, Step
from channels.wechat.flavour import FLAVOURS, KF, OFFICIAL_ACCOUNT
from channels.wechat.inbound import MODES

_KEY_LETTERS = 43
FIELDS = (
    CredentialField(
        "app_id",
        secret=False,
        label="AppID",
        help="mp.weixin.qq.com → 设置与开发 → 基本配置 (Settings and development → Basic configuration).",
    ),
    CredentialField(
        "app_secret",
        label="AppSecret",
        help="The same page, below the AppID. WeChat shows it once; resetting it ends the old one.",
    ),
    CredentialField(
        "token",
        label="Token",
        help="Three to 32 letters and digits of your own; the same text is pasted over there.",
        made_up=32,
    ),
    CredentialField(
        "encoding_aes_key",
        required=False,
        label="EncodingAESKey",
        help="43 letters and digits; the same text is pasted over there. Deliveries are encrypted with it.",
        made_up=_KEY_LETTERS,
    ),
    CredentialField(
        "open_platform_id",
        secret=False,
        required=False,
        label="Open Platform account",
        help="Only if several accounts belong to one account at open.weixin.qq.com: any name for it, the same at each of them.",
    ),
    CredentialField(
        "mode",
        secret=False,
        required=False,
        setting=True,
        choices=MODES,
        label="Encryption",
        help="As in the console: safe (安全模式), compatible (兼容模式) or plain (明文模式). Choose safe.",
    ),
    CredentialField("flavour", secret=False, required=False, setting=True, choices=FLAVOURS, label="Kind of account"),
)
SETTINGS = (
    SettingField(
        "messages_per_window",
        "number",
        "Answers to one message",
        "How many answers WeChat allows in the 48 hours after a customer’s message. Empty: 5.",
        least=1,
        most=1000,
    ),
    SettingField(
        "max_per_second",
        "number",
        "Messages per second",
        "Empty: what the platform gives every account. Write more only after the platform has raised it.",
        least=0.1,
        most=1000,
    ),
)
_HELLO = Step(
    "Say hello",
    ("Follow the account with a phone of your own and write to it. Your message appears here by itself.",),
    shows="hello",
)
GUIDES = (
    Guide(
        "wechat",
        "WeChat Official Account",
        "A verified service account (服务号).",
        (
            Step(
                "Open the basic configuration",
                (
                    "Log in to mp.weixin.qq.com as an administrator of the account and open 设置与开发 → 基本配置.",
                    "Add the address of this server to the IP allowlist (IP白名单) there, else every call is refused.",
                ),
                fields=("external_id", "app_id", "app_secret", "open_platform_id"),
                proof=("token", "sending"),
                link="https://mp.weixin.qq.com",
            ),
            Step(
                "Let WeChat call us",
                (
                    "Connect first: the address is made then. Paste address, token and key under 服务器配置 (server configuration).",
                    "Submit, then switch it on (启用). WeChat tries the address at once.",
                ),
                fields=("token", "encoding_aes_key", "mode"),
                shows="webhook",
                link="https://developers.weixin.qq.com/doc/service/guide/dev/push/",
            ),
            _HELLO,
        ),
        id_label="Original ID",
        id_help="设置与开发 → 账号设置: 原始ID. It begins with gh_.",
        settings={"flavour": OFFICIAL_ACCOUNT},
    ),
    Guide(
        "wecom",
        "WeChat customer service (WeCom)",
        "A customer service account of WeCom (微信客服), which needs no follower.",
        (
            Step(
                "Let an app use the account",
                (
                    "In the WeCom console open 应用管理 → 微信客服 and allow a self-built app to manage the account.",
                    "Add the address of this server to the app’s trusted IPs (企业可信IP).",
                ),
                fields=("external_id", "app_id", "app_secret"),
                proof=("token", "service_account", "sending"),
                link="https://work.weixin.qq.com/wework_admin/frame",
            ),
            Step(
                "Let WeCom call us",
                (
                    "Connect first: the address is made then. Paste address, token and key under 微信客服 → API → 接收事件服务器.",
                    "WeCom tries the address when you save.",
                ),
                fields=("token", "encoding_aes_key"),
                shows="webhook",
                link="https://developer.work.weixin.qq.com/document/path/94670",
            ),
            Step(
                "Say hello",
                (
                    "Open the link of the customer service account on a phone of your own and write. Your message appears here.",
                ),
                shows="hello",
            ),
        ),
        id_label="Customer service ID",
        id_help="It begins with wk; GET /cgi-bin/kf/account/list, or the account’s link, shows it.",
        settings={"flavour": KF},
        labels={
            "app_id": ("Corp ID", "WeCom console → 我的企业 → 企业ID."),
            "app_secret": ("Secret of the app", "WeCom console → 应用管理 → the app → Secret."),
        },
    ),
)
CHECKS = {
    "token": CheckWords(
        "Access token",
        ok="It works, and our address may call.",
        error="WeChat does not let us in.",
        mend="Look at AppID, AppSecret and the IP allowlist, then check again.",
    ),
    "sending": CheckWords(
        "Right to send",
        ok="Messages may be sent.",
        warning="Today’s calls are almost used up: {messages_today} of {messages_per_day}.",
        error="Messages may not be sent.",
        mend="The account has to be verified, and customer service messages allowed, in the console.",
    ),
    "templates": CheckWords(
        "Template messages",
        ok="{count} can be used.",
        warning="They cannot be used.",
        mend="Apply for template messages in the console, if you want to send any.",
    ),
    "service_account": CheckWords(
        "Customer service account",
        ok="The app may use it.",
        error="The app does not see it.",
        mend="In the WeCom console allow the app to manage this customer service account.",
    ),
}
