"""Lists of conversations and threads: filters, orders, pages, counts, and who sees which."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from app.ids import uuid7
from app.runtime import Runtime

from .conftest import NOW, Add, LogIn, Person, Shop


async def names(person: Person, **params: object) -> list[str]:
    answer = await person.get("/conversations", **params)
    assert answer.status_code == 200, answer.text
    return [one["contact"]["name"] for one in answer.json()["items"]]


async def test_a_conversation_is_shown_whole(ann: Person, shop: Shop) -> None:
    conversation_id = await shop.conversation("Chan Tai Man", phone="+85291234567", unread_count=2)
    one = (await ann.get(f"/conversations/{conversation_id}")).json()
    assert one["contact"]["name"] == "Chan Tai Man"
    assert one["contact"]["phone"] == "+85291234567"
    assert one["channel"] == "whatsapp"
    assert one["last_message"]["text"] == "hello"
    assert (one["unread_count"], one["priority"], one["tags"], one["draft"]) == (2, "normal", [], None)
    assert one == (await ann.get("/conversations")).json()["items"][0]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("newest", ["d", "c", "b", "a"]),
        ("oldest", ["a", "b", "c", "d"]),
        ("waiting", ["c", "b"]),
        ("unread", ["c", "a", "d", "b"]),
    ],
)
async def test_a_list_pages_in_its_order_without_gap_or_repeat(
    ann: Person, shop: Shop, sort: str, expected: list[str]
) -> None:
    await shop.conversation("a", minutes=1, unread_count=1)
    await shop.conversation("b", minutes=2, waiting_since=NOW + timedelta(minutes=9))
    await shop.conversation("c", minutes=3, unread_count=3, waiting_since=NOW)
    await shop.conversation("d", minutes=3.5, status="closed")
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = (await ann.get("/conversations", sort=sort, limit=1, **({"cursor": cursor} if cursor else {}))).json()
        seen += [one["contact"]["name"] for one in page["items"]]
        cursor = page["next_cursor"]
    assert seen == expected


async def test_filters_narrow_the_list(ann: Person, ben: Person, shop: Shop, add_team: Add, runtime: Runtime) -> None:
    team_id = await add_team("Sales")
    await shop.conversation("mine", assignee_id=ann.id, priority=2)
    await shop.conversation("his", assignee_id=ben.id, team_id=team_id)
    tagged = await shop.conversation("free", status="closed")
    await shop.conversation("hidden", listed=False)
    async with runtime.database.begin() as uow:
        tag_id = uuid7()
        await uow.conn.execute("INSERT INTO tag (id, name, folded_name) VALUES ($1, 'VIP', 'vip')", tag_id)
        await uow.conn.execute("INSERT INTO conversation_tag VALUES ($1, $2)", tagged, tag_id)
    assert sorted(await names(ann)) == ["free", "his", "mine"]
    assert await names(ann, assignee="me") == ["mine"]
    assert await names(ann, assignee="none") == ["free"]
    assert await names(ann, assignee=str(ben.id)) == ["his"]
    assert await names(ann, status="closed") == ["free"]
    assert await names(ann, team=str(team_id)) == ["his"]
    assert sorted(await names(ann, team="none")) == ["free", "mine"]
    assert await names(ann, priority="urgent") == ["mine"]
    assert await names(ann, tag="vip") == await names(ann, tag=str(tag_id)) == ["free"]
    assert await names(ann, channel="line") == []
    assert len(await names(ann, channel="whatsapp", channel_account_id=str(shop.account_id))) == 3
    counts = (await ann.get("/conversations/counts")).json()
    assert counts == {"mine": 1, "unassigned": 0, "all_open": 2, "snoozed": 0, "closed": 1, "waiting": 0}


@pytest.mark.parametrize(
    ("path", "params", "field"),
    [
        ("/conversations", {"status": "lost"}, "status"),
        ("/conversations", {"assignee": "Ann"}, "assignee"),
        ("/conversations", {"team": "x"}, "team"),
        ("/conversations", {"priority": "9"}, "priority"),
        ("/conversations", {"cursor": "bm9uZQ"}, "cursor"),
        ("/conversations", {"cursor": "\x00"}, "cursor"),
        ("/conversations", {"cursor": "WzEsMl0"}, "cursor"),
        ("/conversations", {"limit": 0}, "limit"),
        ("/conversations", {"limit": 10**30}, "limit"),
        ("/conversations", {"q": "a\x00b"}, "q"),
        ("/conversations", {"channel": "a\x00b"}, "channel"),
        ("/conversations/not-an-id", {}, "conversation_id"),
    ],
)
async def test_what_cannot_be_asked_says_which_field(
    ann: Person, path: str, params: dict[str, object], field: str
) -> None:
    answer = await ann.get(path, **params)
    assert answer.status_code == 422, answer.text
    assert list(answer.json()["error"]["fields"]) == [field]


@pytest.mark.parametrize(
    ("visibility", "expected"),
    [
        ("all", ["elsewhere", "free", "mine", "pool", "team"]),
        ("team", ["free", "mine", "pool", "team"]),
        ("own", ["mine"]),
    ],
)
async def test_an_agent_sees_what_visibility_allows_on_every_path(
    ann: Person, log_in: LogIn, shop: Shop, add_team: Add, visibility: str, expected: list[str]
) -> None:
    sales, repair = await add_team("Sales"), await add_team("Repair")
    cat = await log_in("Cat", visibility=visibility, team_ids=[sales])
    ids = {
        "mine": await shop.conversation("mine", assignee_id=cat.id, team_id=repair),
        "team": await shop.conversation("team", team_id=sales, assignee_id=ann.id),
        "pool": await shop.conversation("pool"),
        "free": await shop.conversation("free", team_id=sales),
        "elsewhere": await shop.conversation("elsewhere", team_id=repair),
    }
    assert sorted(await names(cat)) == expected
    assert (await cat.get("/conversations/counts")).json()["all_open"] == len(expected)
    for name, conversation_id in ids.items():
        wanted = 200 if name in expected else 404
        assert (await cat.get(f"/conversations/{conversation_id}")).status_code == wanted
        assert (await cat.get(f"/conversations/{conversation_id}/messages")).status_code == wanted


async def test_a_thread_pages_backwards_and_forwards(ann: Person, shop: Shop) -> None:
    conversation_id = await shop.conversation("a", texts=("1", "2", "3", "4", "5"))
    path = f"/conversations/{conversation_id}/messages"
    first = (await ann.get(path, limit=2)).json()
    assert [one["text"] for one in first["items"]] == ["5", "4"]
    second = (await ann.get(path, limit=2, before=first["next_cursor"])).json()
    assert [one["text"] for one in second["items"]] == ["3", "2"]
    last = (await ann.get(path, limit=2, before=second["next_cursor"])).json()
    assert ([one["text"] for one in last["items"]], last["next_cursor"]) == (["1"], None)
    newer = (await ann.get(path, limit=2, after=last["items"][0]["id"])).json()
    assert [one["text"] for one in newer["items"]] == ["3", "2"]
    elsewhere = await ann.get(path, before=str(uuid7()))
    assert (elsewhere.status_code, list(elsewhere.json()["error"]["fields"])) == (422, ["before"])


async def test_a_thread_opens_around_a_message(ann: Person, shop: Shop) -> None:
    conversation_id = await shop.conversation("a", texts=tuple("123456789"))
    path = f"/conversations/{conversation_id}/messages"
    ids = {one["text"]: one["id"] for one in (await ann.get(path)).json()["items"]}
    cases: list[tuple[str, int, str, str | None, str | None]] = [
        ("5", 4, "7654", "4", "7"),
        ("5", 200, "987654321", None, None),
        ("9", 4, "98", "8", None),
        ("1", 4, "321", None, "3"),
        ("5", 1, "5", "5", None),
    ]
    for text, limit, shown, older, newer in cases:
        answer = (await ann.get(path, around=ids[text], limit=limit)).json()
        assert "".join(one["text"] for one in answer["items"]) == shown
        assert answer["next_cursor"] == (older and ids[older]), text
        assert answer["newer_cursor"] == (newer and ids[newer]), text
    assert (await ann.get(path, around=str(uuid7()))).status_code == 422


async def test_a_message_shows_its_files_and_what_it_answers(ann: Person, shop: Shop, runtime: Runtime) -> None:
    conversation_id = await shop.conversation("a", texts=())
    async with runtime.database.begin() as uow:
        asked = await shop.message(uow, conversation_id, text="Which size?", direction="outbound", status="read")
        answer = await shop.message(
            uow, conversation_id, kind="image", text="", reply_to_id=asked, position_at=NOW + timedelta(seconds=1)
        )
        media_id = uuid7()
        await uow.conn.execute(
            "INSERT INTO media (id, mime, filename, state) VALUES ($1, 'image/jpeg', 'a.jpg', 'ready')", media_id
        )
        await uow.conn.execute(
            "INSERT INTO attachment (message_id, position, media_id, voice, animated) VALUES ($1, 0, $2, false, false)",
            answer,
            media_id,
        )
    shown = (await ann.get(f"/conversations/{conversation_id}/messages")).json()["items"][0]
    assert shown["reply_to"] == {
        "id": str(asked),
        "direction": "outbound",
        "kind": "text",
        "text": "Which size?",
        "agent_id": None,
    }
    assert [(one["url"], one["mime"], one["state"]) for one in shown["attachments"]] == [
        (f"/media/{media_id}", "image/jpeg", "ready")
    ]


async def test_nobody_is_shown_anything_without_logging_in(client: object, shop: Shop) -> None:
    conversation_id: UUID = await shop.conversation("a")
    for path in ("/conversations", "/conversations/counts", f"/conversations/{conversation_id}", "/agents", "/me"):
        answer = await client.get("/api/v1" + path)  # type: ignore[attr-defined]
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "not_authenticated")
