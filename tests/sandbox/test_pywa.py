"""A stranger's word: the published pywa client speaks to the laboratory and understands everything that it hears."""

from __future__ import annotations

import dataclasses
import enum
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from pywa.types import Button, Command, Contact, ProductsSection, Section, SectionList, SectionRow, URLButton
from pywa.types.base_update import RawUpdate
from pywa.types.templates import BodyText, HeaderImage, QuickReplyButton, Template, TemplateCategory, TemplateLanguage
from pywa.types.templates import URLButton as TemplateURLButton
from pywa_async import WhatsApp
from pywa_async.errors import ReEngagementMessage, WhatsAppError

from channels.sandbox import samples
from channels.whatsapp.sandbox.menu import KINDS
from tests.sandbox.conftest import Lab

UNKNOWN_TO_PYWA = ("address_reply",)
"""pywa 4.5 knows of form replies only those of flows."""


@dataclass
class Stranger:
    """pywa, pointed at the laboratory by its base address and nothing else."""

    lab: Lab
    wa: WhatsApp

    @property
    def to(self) -> str:
        return str(self.lab.customer["phone"])

    def understand(self, raw: bytes) -> Any:
        """Return pywa's object for a webhook. Raises whatever pywa raises on a field that it cannot parse."""
        update = RawUpdate(raw, hmac_header=None, update_hash="0")
        handler = self.wa._get_handler_type(update)
        assert handler is not None, raw
        return self.wa._handlers_to_updates[handler].from_update(client=self.wa, update=update)


@pytest.fixture
async def stranger(lab: Lab) -> AsyncIterator[Stranger]:
    session = httpx.AsyncClient(transport=httpx.ASGITransport(lab.app))
    wa = WhatsApp(
        phone_id=lab.account["external_id"],
        token=lab.account["credentials"]["access_token"],
        waba_id=lab.waba,
        session=session,
        api_version=24.0,
    )
    session.base_url = "http://sandbox.test/v24.0"
    await lab.write(text="hello")
    yield Stranger(lab, wa)
    await session.aclose()


async def test_sends_every_kind(stranger: Stranger) -> None:
    wa, to = stranger.wa, stranger.to
    line = await stranger.lab.write(text="react to me")
    picture = await wa.upload_media(samples.png(), mime_type="image/png", filename="cup.png")
    ka_ming = Contact(
        name=Contact.Name(formatted_name="Ho Ka-ming", first_name="Ka-ming"), phones=[Contact.Phone("+85255503316")]
    )
    sent = [
        await wa.send_message(to, "Hello", preview_url=True, tracker="t-1"),
        await wa.send_message(to, "Quoting", reply_to_message_id=line["id"]),
        await wa.send_message(to, "When?", header="Delivery", footer="Tin Kettle", buttons=[Button("Saturday", "sat"), Button("Sunday", "sun")]),
        await wa.send_message(to, "See", buttons=URLButton("Open", "https://tinkettle.example/")),
        await wa.send_message(
            to, "Choose", buttons=SectionList("Times", [Section("Saturday", [SectionRow("Morning", "am", "9–12"), SectionRow("Noon", "pm")])])
        ),
        await wa.send_image(to, picture, caption="A cup"),
        await wa.send_image(to, samples.png(), mime_type="image/png", caption="When?", buttons=[Button("Saturday", "sat")]),
        await wa.send_video(to, samples.mp4(), mime_type="video/mp4"),
        await wa.send_document(to, samples.pdf(), filename="order.pdf", caption="Your order", mime_type="application/pdf"),
        await wa.send_audio(to, samples.ogg(), mime_type="audio/ogg"),
        await wa.send_voice(to, samples.ogg(), mime_type="audio/ogg"),
        await wa.send_sticker(to, samples.webp(), mime_type="image/webp"),
        await wa.send_location(to, 22.3, 114.2, name="Shop", address="Sheung Wan"),
        await wa.request_location(to, "Where to?"),
        await wa.send_contact(to, ka_ming),
        await wa.send_catalog(to, "Our teas"),
        await wa.send_product(to, "600100200300", "GAIWAN-CELADON", body="This one"),
        await wa.send_products(to, "600100200300", [ProductsSection("Tea", ["TGY-100"])], title="Tea", body="These"),
        await wa.send_reaction(to, "👍", line["id"]),
        await wa.remove_reaction(to, line["id"]),
    ]  # fmt: skip
    assert len({message.id for message in sent}) == len(sent)
    accepted = (await stranger.lab.http.get("/sandbox/sent")).json()
    assert [entry["id"] for entry in accepted] == [message.id for message in sent]
    assert accepted[0]["callback"] == "t-1"


async def test_sends_templates(stranger: Stranger) -> None:
    named = await stranger.wa.send_template(
        stranger.to,
        "winter_gift_box",
        TemplateLanguage.ENGLISH,
        params=[
            HeaderImage.params(image=samples.png(), mime_type="image/png"),
            BodyText.params(first_name="Mei", price="HK$428"),
            QuickReplyButton.params(callback_data="show", index=0),
        ],
    )
    positional = await stranger.wa.send_template(
        stranger.to,
        "order_update",
        TemplateLanguage.CHINESE_HKG,
        params=[
            BodyText.params("曉彤", "TK-2048", "星期六"),
            TemplateURLButton.params(url_variable="TK-2048", index=0),
        ],
    )
    assert (named.status.value, positional.status.value) == ("accepted", "accepted")
    lines = (await stranger.lab.http.get(f"/sandbox/customers/{stranger.lab.customer['id']}/messages")).json()
    assert lines[-1]["view"]["text"] == "你好 曉彤，訂單 TK-2048 已經寄出，預計 星期六 送到。"


async def test_marks_as_read_and_types(stranger: Stranger) -> None:
    line = await stranger.lab.write(text="are you there?")
    assert (await stranger.wa.mark_message_as_read(line["id"])).success
    assert (await stranger.wa.indicate_typing(line["id"])).success
    lines = (await stranger.lab.http.get(f"/sandbox/customers/{stranger.lab.customer['id']}/messages")).json()
    assert {row["status"] for row in lines} == {"read"}


async def test_fetches_media_and_deletes_it(stranger: Stranger) -> None:
    line = await stranger.lab.write("image")
    found = await stranger.wa.get_media_url(line["view"]["media"]["file_id"])
    assert (found.mime_type, found.file_size) == ("image/png", len(samples.png()))
    assert await stranger.wa.get_media_bytes(found.url) == samples.png()
    assert (await stranger.wa.delete_media(found.id)).success


async def test_reads_and_changes_the_account(stranger: Stranger) -> None:
    wa, lab = stranger.wa, stranger.lab
    number = await wa.get_business_phone_number()
    assert number.display_phone_number == "+852 5550 0100"
    assert len(list(await wa.get_business_phone_numbers())) == 2
    assert (await wa.get_business_account()).id == lab.waba
    assert (await wa.get_business_profile()).industry.value == "RETAIL"
    assert (await wa.update_business_profile(about="Tea since 1978")).success
    assert (await wa.get_business_profile()).about == "Tea since 1978"
    assert (await wa.update_commerce_settings(is_catalog_visible=True)).success
    assert (await wa.get_commerce_settings()).is_catalog_visible
    assert (await wa.get_business_phone_number_settings()).user_identity_change is not None
    assert (await wa.update_conversational_automation(ice_breakers=["Hi"], commands=[Command("help", "Helps")])).success
    assert (await wa.register_phone_number("123456")).success
    assert [user.wa_id for user in (await wa.block_users([stranger.to])).added_users] == [stranger.to]
    assert len(list(await wa.get_blocked_users())) == 1
    assert (await wa.unblock_users([stranger.to])).removed_users


async def test_lists_creates_and_deletes_templates(stranger: Stranger) -> None:
    wa = stranger.wa
    listed = list(await wa.get_templates())
    assert {template.name for template in listed} == {
        "order_update",
        "winter_gift_box",
        "delivery_day",
        "may_we_answer",
    }
    assert (await wa.get_template(listed[0].id)).name == listed[0].name
    created = await wa.create_template(
        Template(
            name="tasting_evening",
            language=TemplateLanguage.ENGLISH,
            category=TemplateCategory.MARKETING,
            components=[BodyText("Hello {{1}}, join us on {{2}} for a tasting.", "Mei", "Friday")],
        )
    )
    assert created.status.value == "PENDING"
    raw = await stranger.lab.until(lambda: _raw_of(stranger.lab, "message_template_status_update"))
    assert stranger.understand(raw).new_status.value == "APPROVED"
    assert (await wa.delete_template("tasting_evening")).success


async def test_a_refusal_is_the_documented_exception(stranger: Stranger) -> None:
    someone = (
        await stranger.lab.http.post("/sandbox/customers", json={"channel": "whatsapp", "name": "Silent"})
    ).json()
    with pytest.raises(ReEngagementMessage):
        await stranger.wa.send_message(someone["phone"], "Hello?")
    with pytest.raises(WhatsAppError, match="does not exist"):
        await stranger.wa.get_media_url("123")


@pytest.mark.parametrize(
    "wish",
    [
        {"kind": "text"},
        {"kind": "text", "hidden": True},
        {"kind": "button"},
        {"kind": "button_reply"},
        {"kind": "list_reply"},
        {"kind": "reaction", "emoji": "❤️"},
        {"kind": "reaction", "emoji": "", "removal": "empty"},
        {"kind": "reaction", "emoji": ""},
        {"kind": "text", "frequently_forwarded": True},
        *(kind.sample for kind in KINDS if kind.name not in UNKNOWN_TO_PYWA),
    ],
    ids=lambda wish: "-".join(str(value) for value in wish.values())[:30],
)
async def test_understands_what_customers_do(stranger: Stranger, wish: dict[str, Any]) -> None:
    lab, wish = stranger.lab, dict(wish)
    if wish.pop("hidden", False):
        who = {"channel": "whatsapp", "name": "Hidden", "hide_phone": True}
        lab.customer = (await lab.http.post("/sandbox/customers", json=who)).json()
    else:
        await stranger.wa.send_message(stranger.to, "Something to react to")
        await lab.until(lambda: len(lab.business.statuses()) == 2)
    before = len(lab.business.deliveries)
    await lab.write(**wish)
    await lab.until(lambda: len(lab.business.deliveries) > before)
    understood = stranger.understand(lab.business.deliveries[-1][1])
    assert not list(_unknowns(understood))


async def test_understands_statuses(stranger: Stranger) -> None:
    lab = stranger.lab
    await stranger.wa.send_message(stranger.to, "Hello", tracker="t-1")
    await lab.until(lambda: len(lab.business.statuses()) == 2)
    await lab.act(read=True)
    await lab.faults(fail_code=131049, fail_as="status")
    await stranger.wa.send_message(stranger.to, "Lost", tracker="t-2")
    await lab.until(lambda: len(lab.business.statuses()) == 4)
    statuses = [stranger.understand(raw) for _, raw in lab.business.deliveries if b'"statuses"' in raw]
    assert [status.status.value for status in statuses] == ["sent", "delivered", "read", "failed"]
    assert [status.tracker for status in statuses] == ["t-1", "t-1", "t-1", "t-2"]
    assert statuses[0].pricing.type.value == "free_customer_service"
    assert statuses[3].error.code == 131049
    assert not list(_unknowns(statuses))


def _raw_of(lab: Lab, field: str) -> bytes | None:
    return next(
        (raw for _, raw in lab.business.deliveries if json.loads(raw)["entry"][0]["changes"][0]["field"] == field), None
    )


def _unknowns(value: Any) -> list[str]:
    """Return every enum member named UNKNOWN inside an understood update: values that pywa has never heard of."""
    if isinstance(value, enum.Enum):
        return [repr(value)] if value.name == "UNKNOWN" else []
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        inner = [
            getattr(value, field.name) for field in dataclasses.fields(value) if field.name not in ("_client", "raw")
        ]
        return _unknowns(inner)
    if isinstance(value, list | tuple):
        return [unknown for item in value for unknown in _unknowns(item)]
    return []
