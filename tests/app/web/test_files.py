"""Files: what is taken, what is shown, to whom, and that nothing in one runs on our address."""

from __future__ import annotations

import os
import time
from io import BytesIO
from uuid import UUID

import httpx
import pytest
from PIL import Image

from app.media.links import VALID_S, link_path, linked_media
from app.media.looking import _TO_LOOK_AT, look_at
from app.media.unattached import forget_unattached
from app.runtime import Runtime

from .conftest import LogIn, Person, Shop

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64
PDF = b"%PDF-1.7\n" + b"x" * 64


async def upload(
    person: Person, content: bytes, name: str = "a.png", mime: str = "image/png", **headers: str
) -> httpx.Response:
    sent = {"X-CSRF-Token": person.csrf_token} | {key.replace("_", "-"): value for key, value in headers.items()}
    return await person.client.post("/api/v1/media", files={"file": (name, content, mime)}, headers=sent)


@pytest.mark.parametrize(
    ("content", "name", "declared", "mime", "kind", "disposition"),
    [
        (PNG, "a.png", "image/png", "image/png", "image", "inline"),
        (PNG, "a.html", "text/html", "image/png", "image", "inline"),
        (PDF, "…/../發票.pdf", "application/pdf", "application/pdf", "document", "inline"),
        (b"<script>alert(1)</script>", "a.html", "text/html", "application/octet-stream", "document", "attachment"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.svg", "image/svg+xml", "application/octet-stream", "document", "attachment"),
        (b"a,b\n1,2\n", "a.csv", "text/csv", "text/csv", "document", "attachment"),
    ],
)  # fmt: skip
async def test_a_file_is_what_its_bytes_say_and_is_served_harmlessly(
    ann: Person, content: bytes, name: str, declared: str, mime: str, kind: str, disposition: str
) -> None:
    answer = await upload(ann, content, name, declared)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["mime"], made["kind"], made["size_bytes"]) == (mime, kind, len(content))
    assert "/" not in made["filename"]
    shown = await ann.client.get(f"/media/{made['media_id']}")
    assert (shown.status_code, shown.content) == (200, content)
    assert shown.headers["content-type"].partition(";")[0] == mime
    assert shown.headers["content-disposition"].startswith(disposition)
    assert shown.headers["content-security-policy"].startswith("sandbox")
    assert shown.headers["x-content-type-options"] == "nosniff"
    part = await ann.client.get(f"/media/{made['media_id']}", headers={"Range": "bytes=1-3"})
    assert (part.status_code, part.content) == (206, content[1:4])


async def test_a_file_is_shown_through_a_conversation_in_sight_and_to_its_uploader_for_a_day(
    ann: Person, ben: Person, log_in: LogIn, shop: Shop, runtime: Runtime, client: httpx.AsyncClient
) -> None:
    cat = await log_in("Cat", visibility="own")
    media_id = (await upload(ben, PNG)).json()["media_id"]
    path = f"/media/{media_id}"
    assert (await client.get(path)).status_code == 401
    assert (await ben.client.get(path)).status_code == 200
    assert (await ann.client.get(path)).status_code == 404
    assert (await ben.client.get(path + "/thumb")).status_code == 404
    async with runtime.database.begin() as uow:
        await uow.conn.execute("UPDATE media SET created_at = now() - interval '25 hours'")
    assert (await ben.client.get(path)).status_code == 404
    conversation_id = await shop.conversation("a", assignee_id=ben.id)
    async with runtime.database.begin() as uow:
        message_id = await uow.conn.fetchval("SELECT id FROM message WHERE conversation_id = $1", conversation_id)
        await uow.conn.execute(
            "INSERT INTO attachment (message_id, position, media_id, voice, animated) VALUES ($1, 0, $2, false, false)",
            message_id,
            UUID(media_id),
        )
    assert (await ann.client.get(path)).status_code == 200
    assert (await cat.client.get(path)).status_code == 404
    async with runtime.database.begin() as uow:
        await uow.conn.execute("UPDATE message SET deleted_at = now()")
    assert (await ann.client.get(path)).status_code == 404


async def test_what_was_never_sent_is_forgotten_after_a_day_and_its_file_when_no_other_row_has_it(
    ben: Person, shop: Shop, runtime: Runtime
) -> None:
    other = PNG + b"other"
    sent, same, alone, fresh = [
        UUID((await upload(ben, content)).json()["media_id"]) for content in (PNG, PNG, other, PDF)
    ]
    await shop.conversation("a")
    async with runtime.database.begin() as uow:
        await uow.conn.execute(
            "INSERT INTO attachment (message_id, position, media_id) SELECT id, 0, $1 FROM message", sent
        )
        await uow.conn.execute("UPDATE media SET created_at = now() - interval '25 hours' WHERE id <> $1", fresh)
    store = runtime.settings.data_dir / "media"
    for path in store.rglob("*"):
        os.utime(path, (0, 0))
    await forget_unattached(runtime)
    async with runtime.database.begin() as uow:
        kept = {row["id"] for row in await uow.conn.fetch("SELECT id FROM media")}
    assert kept == {sent, fresh}, (same, alone)
    assert sorted(path.read_bytes() for path in store.rglob("*") if path.is_file()) == sorted([PNG, PDF])


async def test_a_file_that_is_not_fetched_yet_says_so(ben: Person, runtime: Runtime) -> None:
    media_id = (await upload(ben, PNG)).json()["media_id"]
    async with runtime.database.begin() as uow:
        await uow.conn.execute("UPDATE media SET state = 'pending'")
    answer = await ben.client.get(f"/media/{media_id}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "media_pending")


async def test_a_signed_link_is_good_for_a_day_and_for_one_file(
    ben: Person, runtime: Runtime, client: httpx.AsyncClient
) -> None:
    media_id = UUID((await upload(ben, PNG)).json()["media_id"])
    path = link_path(runtime.vault, media_id)
    assert (await client.get(path)).content == PNG
    token = path.removeprefix("/m/")
    assert linked_media(runtime.vault, token, now=time.time() + VALID_S + 2) is None
    for wrong in (
        token[:-1] + ("A" if token[-1] != "A" else "B"),
        "x",
        "a.b.c",
        token.replace(".", "0.", 1),
        "%00",
        "é",
    ):
        assert (await client.get(f"/m/{wrong}")).status_code == 404
    assert (await client.post(path)).status_code == 405


async def test_what_is_no_upload_is_refused(ann: Person) -> None:
    headers = {"X-CSRF-Token": ann.csrf_token}
    multipart = {"Content-Type": "multipart/form-data; boundary=x"}
    cases = [
        {"content": b"", "headers": headers},
        {"json": {}, "headers": headers},
        {"data": {"file": "text"}, "headers": headers},
        {"files": {"other": ("a", PNG)}, "headers": headers},
        {"content": b"junk", "headers": headers | multipart},
        {"content": b"--x\r\nbad", "headers": headers | {"Content-Type": "multipart/form-data"}},
        {"files": [("file", ("a", PNG)), ("file", ("b", PNG))], "headers": headers},
        {"files": {"file": ("a", b"")}, "headers": headers},
    ]
    for case in cases:
        answer = await ann.client.post("/api/v1/media", **case)  # type: ignore[arg-type]
        assert (answer.status_code, list(answer.json()["error"]["fields"])) == (422, ["file"]), case


async def test_a_file_that_is_too_large_is_refused(
    ann: Person, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(runtime.settings), "__setattr__", object.__setattr__)
    monkeypatch.setitem(runtime.settings.__dict__, "upload_max_bytes", 50)
    answer = await upload(ann, PNG)
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")


async def test_the_same_upload_again_is_one_file(ann: Person) -> None:
    first = await upload(ann, PNG, Idempotency_Key="k1")
    again = await upload(ann, PNG, Idempotency_Key="k1")
    assert again.json() == first.json()
    other = await upload(ann, PDF, Idempotency_Key="k1")
    assert (other.status_code, other.json()["error"]["code"]) == (409, "key_reused")


def picture(kind: str = "PNG", size: tuple[int, int] = (1200, 800)) -> bytes:
    written = BytesIO()
    Image.effect_noise(size, 90).convert("RGB").save(written, kind)
    return written.getvalue()


async def test_a_picture_is_measured_at_once_and_gets_its_small_one_by_a_job(
    ben: Person, shop: Shop, runtime: Runtime
) -> None:
    media_id = (await upload(ben, picture())).json()["media_id"]
    conversation_id = await shop.conversation("a")
    async with runtime.database.begin() as uow:
        await uow.conn.execute(
            "INSERT INTO attachment (message_id, position, media_id) SELECT id, 0, $1 FROM message", UUID(media_id)
        )

    async def shown() -> dict[str, object]:
        answer = await ben.get(f"/conversations/{conversation_id}/messages")
        return answer.json()["items"][0]["attachments"][0]  # type: ignore[no-any-return]

    before = await shown()
    assert (before["width"], before["height"], before["thumb_url"]) == (1200, 800, None)
    await look_at(runtime, UUID(media_id))
    await look_at(runtime, UUID(media_id))
    assert (await shown())["thumb_url"] == f"/media/{media_id}/thumb"
    thumb = await ben.client.get(f"/media/{media_id}/thumb")
    assert Image.open(BytesIO(thumb.content)).size == (640, 427)
    assert thumb.headers["content-security-policy"].startswith("sandbox")
    async with runtime.database.begin() as uow:
        events = await uow.conn.fetch("SELECT data FROM event WHERE type = 'message.updated'")
    assert len(events) == 1


async def test_pictures_whose_hint_was_lost_are_found(ben: Person, runtime: Runtime) -> None:
    media_id = (await upload(ben, picture())).json()["media_id"]
    async with runtime.database.begin() as uow:
        await uow.conn.execute("UPDATE media SET created_at = now() - interval '5 minutes'")
        wanted = await uow.conn.fetch(_TO_LOOK_AT, 10)
    assert [row["id"] for row in wanted] == [UUID(media_id)]


async def test_a_picture_that_the_channel_does_not_take_is_made_into_one_that_it_takes(
    ben: Person, shop: Shop, runtime: Runtime
) -> None:
    media_id = (await upload(ben, picture("WEBP"), "tea.webp", "image/webp")).json()["media_id"]
    conversation_id = await shop.conversation("a", assignee_id=ben.id)
    async with runtime.database.begin() as uow:
        await uow.conn.execute(
            """INSERT INTO reply_grant (conversation_id, kind, opened_at, ends_at)
            VALUES ($1, 'service', now(), now() + interval '1 day')""",
            conversation_id,
        )
    body = {"kind": "image", "media_id": media_id, "client_id": "c1"}
    sent = await ben.send("POST", f"/conversations/{conversation_id}/messages", body)
    assert sent.status_code == 201, sent.text
    (file,) = sent.json()["attachments"]
    assert (file["mime"], file["filename"], file["width"]) == ("image/jpeg", "tea.jpeg", 1200)
    again = await ben.send("POST", f"/conversations/{conversation_id}/messages", body)
    assert again.json()["id"] == sent.json()["id"]
