"""Puts what happens to an account into webhooks: items of `messaging` and `standby`, and `changes`.

Source: Meta's "Webhooks for the Messenger Platform" (5 May 2026) and "Instagram Platform Webhook Notification Examples" (2026).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from channels.sandbox.emulator import Post, Update
from channels.sandbox.graph.webhooks import meta_json, signed_headers
from channels.sandbox.host import Host, Json
from channels.sandbox.messaging.platform import Platform
from channels.sandbox.world import Account, Customer

REPEAT_AFTER_S = (0.5, 1, 2, 5, 10, 30, 60, 300, 600, 900, 1200, 600)
"""For an hour; then the app is unsubscribed, and has to subscribe again."""

ANSWER_WITHIN_S = 5


class Mail:
    """From the platform to the app's callback."""

    def __init__(self, host: Host, platform: Platform) -> None:
        self._host = host
        self._platform = platform

    def item(
        self,
        account: Account,
        customer: Customer,
        name: str,
        event: Json,
        *,
        ours: bool = False,
        sender: Json | None = None,
        box: str = "",
    ) -> None:
        """Post an event object {name: …} between the customer and us; `name` "echo" is a message of ours.

        While another app has the thread it lies in `standby`. `sender` replaces who the customer is told to be.
        """
        person = sender or {"id": self._platform.scoped_id(account, customer)}
        us = {"id": account.external_id}
        item: Json = {
            "sender": us if ours else person,
            "recipient": person if ours else us,
            **self._stamp(account),
            **event,
        }
        field = self._platform.flavour.fields[name]
        place = box or ("standby" if self._is_elsewhere(account, person, name) else "messaging")
        if place == "standby":
            field = "standby"
            if "postback" in item:
                item["postback"] = {key: value for key, value in item["postback"].items() if key != "payload"}
        if account.settings.get("as_changes") and place == "messaging":
            self.change(account, field, item, label=name)
            return
        lane = f"{account.id}/{customer.id}"
        self._host.post(Update(account, lane, f"{field} · {name}", {"field": field, "place": place, "item": item}))

    def change(self, account: Account, field: str, value: Json, *, label: str = "") -> None:
        """Post {field, value}: comments, posts, templates, and whatever else happens to the account itself."""
        payload = {"field": field, "place": "changes", "item": {"field": field, "value": value}}
        self._host.post(Update(account, f"{account.id} changes", f"{field}{label and f' · {label}'}", payload))

    def _stamp(self, account: Account) -> Json:
        """Return the time in milliseconds; the dashboard's test button sends seconds as a string, some events have none."""
        match account.settings.get("timestamps", "ms"):
            case "string":
                return {"timestamp": str(int(self._host.now()))}
            case "none":
                return {}
            case _:
                return {"timestamp": int(self._host.now() * 1000)}

    def _is_elsewhere(self, account: Account, person: Json, name: str) -> bool:
        owner = self._platform.room(account)["owners"].get(str(person.get("id", "")))
        return bool(owner) and owner != account.settings["app_id"] and name not in ("pass", "take", "request")

    def pack(self, updates: Sequence[Update]) -> list[Post]:
        """Group by callback and secret, an entry for each event, and sign. Nothing for fields that nobody asked for."""
        groups: dict[tuple[str, str], list[Update]] = {}
        for update in updates:
            url = self._platform.callback_of(update.account)
            if url and self._is_wanted(update.account, update.payload["field"]):
                groups.setdefault((url, self._secret(update.account)), []).append(update)
        posts = []
        for (url, secret), group in groups.items():
            raw = meta_json({"object": self._platform.flavour.object, "entry": [self._entry(each) for each in group]})
            account = group[0].account
            post = Post(
                url,
                signed_headers(secret, raw),
                raw,
                within_s=ANSWER_WITHIN_S,
                repeat_after_s=tuple(account.settings.get("repeat_after_s", REPEAT_AFTER_S)),
                given_up=partial(self._disable, account),
            )
            posts.append(post)
        return posts

    def _entry(self, update: Update) -> Json:
        entry: Json = {"id": update.account.external_id, "time": int(self._host.now() * 1000)}
        if update.payload["place"] == "changes" and update.account.settings.get("bare_changes"):
            return {**entry, **update.payload["item"]}
        return {**entry, update.payload["place"]: [update.payload["item"]]}

    def _secret(self, account: Account) -> str:
        """Return the secret that signs: with Instagram Login that of the Instagram app."""
        own = account.credentials.get("instagram_app_secret")
        return own or str(self._platform.app_of(account)["secret"])

    def _is_wanted(self, account: Account, field: str) -> bool:
        """Say whether the field is subscribed. An address set by hand, before anybody subscribed, gets everything.

        Fields of an Instagram account that is reached through its Page are chosen for the app, not for the Page.
        """
        fields = self._platform.subscription(account)["subscribed_fields"]
        if fields is None:
            return bool(account.webhook_url)
        is_page_for_other = self._platform.flavour.object != "page" and self._platform.page_of(account) is not None
        return bool(fields) and (is_page_for_other or field in fields)

    def _disable(self, account: Account) -> None:
        """Take the subscription away, as Meta does after an hour without a 200 ("Webhooks Disabled")."""
        self._platform.subscription(account)["subscribed_fields"] = []
        self._host.store.touch()
        self._host.live.tell("accounts", {})
