"""The JSON API's manners: errors, lists, search, rights, assignment, live events."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from tests.acceptance.shop import Client, Customer, Desk, Json, Live, Number, Shop, names_in, until
from tests.acceptance.test_outbound import send, upload

PASSWORD = "a long enough passphrase"
NOBODYS = uuid.UUID(int=7)


def make_desk(shop: Shop, name: str, **wish: Any) -> Desk:
    email = f"{name}-{uuid.uuid4().hex[:8]}@example.com"
    body = {"email": email, "name": name, "password": PASSWORD, "role": "agent", **wish}
    shop.api.ask("POST", "/agents", expect=201, json=body)
    desk = shop.log_in(email, PASSWORD)
    desk.api.ask("PUT", "/me/presence", json={"state": "offline"})
    return desk


def assign(shop: Shop, conversation_id: str, **to: Any) -> Json:
    done: Json = shop.api.ask("PUT", f"/conversations/{conversation_id}/assignment", json=to)
    return done


class TestErrors:
    def test_everything_asks_who_one_is(self, shop: Shop) -> None:
        for path in (
            "/conversations",
            "/contacts",
            "/channel-accounts",
            "/agents",
            "/me",
            "/tags",
            f"/conversations/{uuid.uuid4()}",
        ):
            answer = shop.plain.get(f"/api/v1{path}")
            assert answer.status_code == 401, path
            assert answer.json()["error"]["code"] == "not_authenticated"

    @pytest.mark.parametrize(
        "path", ["/conversations/x", f"/conversations/{NOBODYS}", f"/contacts/{NOBODYS}", "/nothing"]
    )
    def test_what_is_not_there_is_said_in_json(self, shop: Shop, path: str) -> None:
        answer = shop.api.get(path)
        assert answer.status_code in (404, 422)
        assert answer.json()["error"]["message"]

    @pytest.mark.parametrize(
        "query",
        [
            "limit=0",
            "limit=201",
            "limit=x",
            "cursor=nonsense",
            "sort=best",
            "status=lost",
            "assignee=x",
            "team=x",
            "priority=9",
        ],
    )
    def test_wrong_filters_are_422_with_the_field(self, shop: Shop, query: str) -> None:
        answer = shop.api.get(f"/conversations?{query}")
        assert answer.status_code == 422, answer.text
        assert answer.json()["error"]["fields"]

    def test_a_body_that_is_no_json_is_refused_kindly(self, shop: Shop) -> None:
        answer = shop.api.post("/tags", content=b"{", headers={"Content-Type": "application/json"})
        assert answer.status_code in (400, 422)
        assert answer.json()["error"]["message"]

    def test_a_session_needs_its_csrf_header(self, shop: Shop) -> None:
        desk = shop.log_in_demo("mei@demo.hawker.test")
        refused = desk.api.put("/me/presence", json={"state": "away"}, headers={"X-CSRF-Token": "guessed"})
        assert refused.status_code == 403

    def test_a_wrong_password_is_401(self, shop: Shop) -> None:
        answer = shop.plain.post("/api/v1/login", json={"email": "mei@demo.hawker.test", "password": "guessed"})
        assert answer.status_code == 401


class TestAccounts:
    def test_credentials_never_come_back(self, shop: Shop, number: Number) -> None:
        secrets = shop.sandbox_account(number.external_id)["credentials"]
        text = shop.api.get(f"/channel-accounts/{number.id}").text + shop.api.get("/channel-accounts").text
        for name in ("access_token", "app_secret", "verify_token"):
            assert secrets[name] not in text

    def test_the_same_number_twice_is_409(self, shop: Shop, number: Number) -> None:
        offered = shop.sandbox_account(number.external_id)
        body = {name: offered[name] for name in ("channel", "name", "external_id", "credentials")}
        shop.api.ask("POST", "/channel-accounts", expect=409, json=body)

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"channel": "pigeon"}, "channel"),
            ({"credentials": {}}, "credentials.access_token"),
            ({"settings": {"api_base_url": "ftp://x"}}, "settings.api_base_url"),
            ({"settings": {"max_per_second": 0}}, "settings.max_per_second"),
            ({"external_id": ""}, "external_id"),
        ],
    )
    def test_what_is_missing_is_named(self, shop: Shop, change: Json, field: str) -> None:
        body = {
            "channel": "whatsapp",
            "name": "x",
            "external_id": uuid.uuid4().hex,
            "credentials": {"access_token": "a", "app_secret": "b", "waba_id": "1"},
            **change,
        }
        answer = shop.api.ask("POST", "/channel-accounts", expect=422, json=body)
        assert field in answer["error"]["fields"]


@pytest.fixture(scope="module")
def people(shop: Shop, number: Number) -> list[Customer]:
    people = [shop.customer(number, name=f"Pager {count}") for count in range(7)]
    for customer in people:
        customer.says(f"page {customer.name}")
    return people


class TestLists:
    @pytest.mark.parametrize("sort", ["newest", "oldest", "waiting", "unread"])
    def test_pages_hold_everything_once(self, shop: Shop, people: list[Customer], sort: str) -> None:
        query: Json = {"sort": sort, "limit": 3, "q": "Pager", "status": "open"}
        seen: list[str] = []
        while True:
            page = shop.api.ask("GET", "/conversations", params=query)
            seen += [one["contact"]["name"] for one in page["items"]]
            if page["next_cursor"] is None:
                break
            assert len(page["items"]) == 3
            query["cursor"] = page["next_cursor"]
        names = [customer.name for customer in people]
        assert seen == (names if sort in ("oldest", "waiting") else names[::-1])

    def test_a_thread_is_read_both_ways(self, shop: Shop, people: list[Customer]) -> None:
        customer = people[0]
        conversation_id = customer.conversation["id"]
        for count in range(6):
            send(shop, conversation_id, kind="note", text=f"note {count}")
        path = f"/conversations/{conversation_id}/messages"
        everything = [one["id"] for one in shop.api.ask("GET", path, params={"limit": 200})["items"]]
        newest = shop.api.ask("GET", path, params={"limit": 3})
        assert [one["id"] for one in newest["items"]] == everything[:3]
        older = shop.api.ask("GET", path, params={"limit": 200, "before": everything[2]})
        assert [one["id"] for one in older["items"]] == everything[3:]
        newer = shop.api.ask("GET", path, params={"limit": 200, "after": everything[3]})
        assert [one["id"] for one in newer["items"]] == everything[:3]

    def test_filters_narrow(self, shop: Shop, people: list[Customer]) -> None:
        conversation_id = people[1].conversation["id"]
        shop.api.ask("PATCH", f"/conversations/{conversation_id}", json={"priority": "urgent", "tags": ["Filter me"]})
        assert _names(shop, priority="urgent", q="Pager") == ["Pager 1"]
        assert _names(shop, tag="Filter me") == ["Pager 1"]
        assert "Pager 2" in _names(shop, channel="whatsapp")
        assert _names(shop, channel="wechat") == []
        shop.api.ask("PATCH", f"/conversations/{conversation_id}", json={"status": "closed"})
        assert _names(shop, status="closed", q="Pager") == ["Pager 1"]
        assert "Pager 1" not in _names(shop, status="open", q="Pager")

    def test_search_finds_han_words_latin_words_names_and_phones(self, shop: Shop, number: Number) -> None:
        customer = shop.customer(number, name="歐陽菲菲")
        customer.says("想問下鐵觀音有冇現貨，and the zanzibarian teapot")
        for words in (
            "觀音",
            "現貨",
            "鐵觀音",
            "zanzibarian",
            "ZANZIBARIAN teapot",
            "歐陽",
            "菲菲",
            customer.phone,
            customer.phone[-6:],
            f"+{customer.phone[:3]} {customer.phone[3:]}",
        ):
            until(lambda words=words: _names(shop, q=words) == ["歐陽菲菲"] or None, f"found by {words!r}")  # fmt: skip
        for words in ("觀眾", "zanzibarland", "%", "' OR 1=1 --", "\\", "*", "歐陽修"):
            assert "歐陽菲菲" not in _names(shop, q=words), words

    def test_counts_are_those_of_the_lists(self, shop: Shop) -> None:
        counts = shop.api.ask("GET", "/conversations/counts")
        assert counts["all_open"] == len(_names(shop, status="open"))
        assert counts["closed"] == len(_names(shop, status="closed"))
        assert counts["unassigned"] == len(_names(shop, status="open", assignee="none"))


def _names(shop: Shop, **query: Any) -> list[str]:
    page = shop.api.ask("GET", "/conversations", params={"limit": 200, **query})
    return [one["contact"]["name"] for one in page["items"]]


class TestLife:
    def test_closed_reopens_when_the_customer_writes(self, shop: Shop, number: Number) -> None:
        customer = shop.customer(number)
        conversation_id, _ = customer.says()
        closed = shop.api.ask("PATCH", f"/conversations/{conversation_id}", json={"status": "closed"})
        assert closed["status"] == "closed"
        customer.wrote(customer.write(text="one more thing"))
        assert customer.conversation["status"] == "open"
        codes = [one["content"]["code"] for one in shop.messages(conversation_id) if one["direction"] == "activity"]
        assert codes.index("closed") < codes.index("reopened")
        assert all(one["text"] for one in shop.messages(conversation_id) if one["direction"] == "activity")

    def test_snoozed_wakes_by_time_and_by_the_customer(self, shop: Shop, number: Number) -> None:
        customer = shop.customer(number)
        conversation_id, _ = customer.says()
        path = f"/conversations/{conversation_id}"
        later = (datetime.now(UTC) + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        snoozed = shop.api.ask("PATCH", path, json={"status": "snoozed", "snoozed_until": later})
        assert (snoozed["status"], snoozed["snoozed_until"]) == ("snoozed", later)
        customer.wrote(customer.write(text="awake?"))
        assert customer.conversation["status"] == "open"
        assert (
            shop.api.patch(path, json={"status": "snoozed", "snoozed_until": "2001-01-01T00:00:00Z"}).status_code == 422
        )

    def test_an_answer_ends_the_waiting(self, shop: Shop, number: Number) -> None:
        customer = shop.customer(number)
        conversation_id, _ = customer.says()
        assert customer.conversation["waiting_since"]
        shop.settled(send(shop, conversation_id, kind="text", text="Here I am"), "sent")
        assert customer.conversation["waiting_since"] is None


class TestAssignment:
    def test_a_new_chat_goes_to_the_online_agent_with_the_fewest(self, shop: Shop) -> None:
        number = shop.open_number("Assignment")
        desks = [make_desk(shop, name, capacity=100) for name in ("Busy", "Idle")]
        others = [shop.log_in_demo(f"{name}@demo.hawker.test") for name in ("mei", "kelvin")]
        for desk in others:
            desk.api.ask("PUT", "/me/presence", json={"state": "away"})
        with desks[0].socket() as busy, desks[1].socket() as idle:
            busy.hello()
            idle.hello()
            desks[0].api.ask("PUT", "/me/presence", json={"state": "available"})
            taken = [shop.customer(number).says()[0] for _ in range(2)]
            for conversation_id in taken:
                _assigned(shop, conversation_id, desks[0])
            desks[1].api.ask("PUT", "/me/presence", json={"state": "available"})
            conversation_id, _ = shop.customer(number).says()
            _assigned(shop, conversation_id, desks[1])
            event = idle.take_until(
                lambda frame: frame["type"] == "assignment.changed" and frame.get("conversation_id") == conversation_id,
                "the assignment",
            )
            assert event["data"]["assignment"]["agent_id"] == desks[1].id
            assert event["data"]["assignment"]["reason"]["code"]
            for desk in desks:
                desk.api.ask("PUT", "/me/presence", json={"state": "offline"})
        for desk in others:
            desk.api.ask("PUT", "/me/presence", json={"state": "available"})

    def test_nobody_online_waits_unassigned_until_somebody_comes(self, shop: Shop) -> None:
        number = shop.open_number("Night")
        desk = make_desk(shop, "Early")
        conversation_id, _ = shop.customer(number).says()
        assert shop.api.ask("GET", f"/conversations/{conversation_id}")["assignee_id"] is None
        with desk.socket() as live:
            live.hello()
            desk.api.ask("PUT", "/me/presence", json={"state": "available"})
            _assigned(shop, conversation_id, desk)
            desk.api.ask("PUT", "/me/presence", json={"state": "offline"})


def _assigned(shop: Shop, conversation_id: str, desk: Desk) -> None:
    until(
        lambda: shop.api.ask("GET", f"/conversations/{conversation_id}")["assignee_id"] == desk.id,
        f"given to {desk.me['name']}",
    )


@pytest.fixture(scope="module")
def seen(shop: Shop) -> Json:
    """A conversation of team Red, one of Blue, one of nobody; an agent who sees its own, one who sees team Red's."""
    number = shop.open_number("Rights")
    red, blue = (
        shop.api.ask("POST", "/teams", expect=201, json={"name": f"{name} {uuid.uuid4().hex[:6]}"})["id"]
        for name in ("Red", "Blue")
    )
    threads: dict[str, str] = {}
    people: dict[str, Customer] = {}
    for name in ("red", "blue", "nobody"):
        people[name] = shop.customer(number, name=f"Rightly {name}")
        threads[name], _ = people[name].says(f"xylophonist {name}")
    assign(shop, threads["red"], team_id=red, agent_id=None)
    assign(shop, threads["blue"], team_id=blue, agent_id=None)
    own = make_desk(shop, "Owner", visibility="own", team_ids=[red])
    team = make_desk(shop, "Teammate", visibility="team", team_ids=[red])
    return {"threads": threads, "people": people, "own": own, "team": team, "red": red, "blue": blue}


MANAGED: list[tuple[str, str, Json]] = [
    ("POST", "/channel-accounts", {"channel": "whatsapp", "name": "x", "external_id": "1", "credentials": {}}),
    ("POST", "/agents", {"email": "x@example.com", "name": "x", "password": PASSWORD}),
    ("POST", "/tokens", {"name": "x"}),
    ("GET", "/tokens", {}),
    ("POST", "/teams", {"name": "x"}),
]


class TestRights:
    @pytest.mark.parametrize("role", ["agent", "marketer", "supervisor"])
    def test_a_token_may_what_its_role_may(self, shop: Shop, role: str) -> None:
        token = shop.api.ask("POST", "/tokens", expect=201, json={"name": f"{role}s", "role": role})["token"]
        client = shop.client(token)
        with client:
            for method, path, body in MANAGED:
                answer = client.request(method, path, json=body or None)
                allowed = role == "supervisor" and answer.status_code < 500
                assert answer.status_code == 403 or allowed, (role, method, path, answer.status_code)
            assert client.post("/channel-accounts", json=MANAGED[0][2]).status_code == 403

    def test_a_revoked_token_is_nobody(self, shop: Shop) -> None:
        made = shop.api.ask("POST", "/tokens", expect=201, json={"name": "short"})
        with shop.client(made["token"]) as client:
            client.ask("GET", "/me", expect=200)
            shop.api.ask("DELETE", f"/tokens/{made['id']}", expect=204)
            client.ask("GET", "/me", expect=401)

    @pytest.mark.parametrize(("who", "sees"), [("own", set()), ("team", {"red", "nobody"})])
    def test_lists_search_and_verbs_show_no_more(self, shop: Shop, seen: Json, who: str, sees: set[str]) -> None:
        desk: Desk = seen[who]
        threads: dict[str, str] = seen["threads"]
        until(lambda: len(_names(shop, q="xylophonist")) == 3, "the index")
        for query in ({}, {"q": "xylophonist"}, {"q": "Rightly"}, {"status": "open"}):
            listed = set(desk.lists(**query)) & set(threads.values())
            assert listed == {threads[name] for name in sees}, query
        for name, conversation_id in threads.items():
            expected = 200 if name in sees else 404
            path = f"/conversations/{conversation_id}"
            assert desk.api.get(path).status_code == expected
            assert desk.api.get(f"{path}/messages").status_code == expected
            if name not in sees:
                assert desk.api.patch(path, json={"status": "closed"}).status_code == 404
                assert desk.api.post(f"{path}/messages", json={"kind": "note", "text": "x"}).status_code == 404
                assert desk.api.put(f"{path}/assignment", json={"agent_id": desk.id}).status_code == 404
                assert desk.api.put(f"{path}/draft", json={"text": "x"}).status_code == 404
                assert desk.api.post(f"{path}/typing").status_code == 404
                contact_id = shop.api.ask("GET", path)["contact"]["id"]
                assert "xylophonist" not in desk.api.get(f"/contacts/{contact_id}").text

    def test_files_are_seen_by_who_sees_the_conversation(self, shop: Shop, seen: Json) -> None:
        customer: Customer = seen["people"]["red"]
        message = customer.wrote(customer.write("image"))
        [attachment] = until(
            lambda: [one for one in shop.message(message)["attachments"] if one["state"] == "ready"], "the file"
        )
        for who, status in (("team", 200), ("own", 404)):
            desk: Desk = seen[who]
            assert shop.plain.get(attachment["url"], headers=desk.cookie).status_code == status, who
        loose = upload(shop)
        assert shop.plain.get(f"/media/{loose['media_id']}", headers=seen["team"].cookie).status_code == 404

    def test_the_socket_shows_no_more_and_says_when_it_goes(self, shop: Shop, seen: Json) -> None:
        team: Desk = seen["team"]
        own: Desk = seen["own"]
        threads: dict[str, str] = seen["threads"]
        with team.socket() as live, own.socket() as narrow:
            live.hello()
            narrow.hello()
            for name in ("blue", "red"):
                send(shop, threads[name], kind="note", text=f"secret of {name}")
            live.take_until(
                lambda frame: frame["type"] == "message.created" and frame["data"]["text"] == "secret of red",
                "the note",
            )
            assign(shop, threads["red"], agent_id=own.id)
            narrow.take_until(
                lambda frame: (
                    frame.get("conversation_id") == threads["red"]
                    and frame["type"] in ("assignment.changed", "conversation.updated", "conversation.created")
                ),
                "what became mine",
            )
            assign(shop, threads["red"], team_id=seen["blue"], agent_id=None)
            for reader in (live, narrow):
                gone = reader.take_until(lambda frame: frame["type"] == "conversation.removed", "the removal")
                assert gone["data"] == {"id": threads["red"]}
            send(shop, threads["red"], kind="note", text="no longer yours")
            assign(shop, threads["red"], team_id=seen["red"], agent_id=None)
            live.take_until(
                lambda frame: (
                    frame.get("conversation_id") == threads["red"]
                    and frame["type"] != "conversation.removed"
                    and frame["id"] > gone["id"]
                ),
                "its return",
            )
            for reader in (live, narrow):
                assert not [frame for frame in reader.frames if frame.get("conversation_id") == threads["blue"]]
                assert "secret of blue" not in str(reader.frames)
                assert "no longer yours" not in str(
                    [frame for frame in reader.frames if frame["type"] == "message.created"]
                )
            since = live.frames[0]["id"]
        with team.socket(since=since) as again:
            again.hello()
            again.take_until(lambda frame: frame["type"] == "caught_up", "the end of what was missed")
            assert "secret of blue" not in str(again.frames)

    def test_a_disabled_person_is_out_at_once(self, shop: Shop) -> None:
        desk = make_desk(shop, "Leaver")
        with desk.socket() as live:
            live.hello()
            shop.api.ask("PATCH", f"/agents/{desk.id}", json={"disabled": True})
            with pytest.raises(ConnectionClosed) as closed:
                live.take_until(lambda _: False, "the end")
            assert closed.value.rcvd
            assert closed.value.rcvd.code in (4401, 4403)
        assert desk.api.get("/me").status_code == 401


class TestSocket:
    @pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer guessed"}], ids=["nobody", "guessed"])
    def test_a_stranger_is_sent_away(self, shop: Shop, headers: dict[str, str]) -> None:
        with Live(shop, headers, None) as live, pytest.raises(ConnectionClosed) as closed:
            live.next()
        assert closed.value.rcvd
        assert closed.value.rcvd.code == 4401

    def test_a_page_of_another_origin_is_sent_away(self, shop: Shop) -> None:
        desk = shop.log_in_demo("mei@demo.hawker.test")
        with desk.socket(origin="http://evil.example") as live, pytest.raises(ConnectionClosed) as closed:
            live.next()
        assert closed.value.rcvd
        assert closed.value.rcvd.code == 4403

    def test_since_brings_what_was_missed_without_gaps_or_doubles(self, shop: Shop, number: Number) -> None:
        customer = shop.customer(number)
        conversation_id, _ = customer.says()
        with shop.socket() as live:
            start = live.hello()
            for count in range(10):
                send(shop, conversation_id, kind="note", text=f"gap {count}")
            live.take_until(
                lambda frame: frame["type"] == "message.created" and frame["data"]["text"] == "gap 9", "the last"
            )
            whole = [frame["id"] for frame in live.frames if frame.get("conversation_id") == conversation_id]
        for since in (start, whole[0], whole[4]):
            with shop.socket(since=since) as again:
                again.hello()
                again.take_until(lambda frame: frame["type"] == "caught_up", "the end of what was missed")
                ids = [frame["id"] for frame in again.frames if frame.get("conversation_id") == conversation_id]
                texts = [
                    frame["data"]["text"]
                    for frame in again.frames
                    if frame["type"] == "message.created" and frame.get("conversation_id") == conversation_id
                ]
                assert ids == sorted(set(ids))
                assert set(ids) >= {one for one in whole if one > since}
                assert texts[-1] == "gap 9"

    def test_a_since_that_never_was_gets_a_reset_or_nothing(self, shop: Shop) -> None:
        with shop.socket(since=0) as live:
            live.hello()
            frame = live.next()
            assert frame["type"] in ("reset", "caught_up") or frame["id"] > 0

    def test_a_durable_event_has_the_contracts_members(self, shop: Shop, number: Number) -> None:
        with shop.socket() as live:
            live.hello()
            conversation_id, _ = shop.customer(number).says()
            created = live.take_until(
                lambda frame: (
                    frame["type"] == "conversation.created" and frame.get("conversation_id") == conversation_id
                ),
                "the new conversation",
            )
            message = live.take_until(
                lambda frame: (
                    frame["type"] == "message.created"
                    and frame.get("conversation_id") == conversation_id
                    and frame["data"]["direction"] == "inbound"
                ),
                "its message",
            )
        for frame in (created, message):
            assert {"id", "type", "at", "conversation_id", "data"} <= frame.keys()
            assert isinstance(frame["id"], int)
        assert created["data"]["id"] == conversation_id

    def test_typing_of_one_is_seen_by_the_other(self, shop: Shop, number: Number) -> None:
        conversation_id, _ = shop.customer(number).says()
        desk = shop.log_in_demo("mei@demo.hawker.test")
        with shop.socket() as live:
            live.hello()
            desk.api.ask("POST", f"/conversations/{conversation_id}/typing", expect=204)
            frame = live.take_until(
                lambda frame: frame["type"] == "typing" and frame.get("conversation_id") == conversation_id, "typing"
            )
            assert frame["data"]["agent_id"] == desk.id


class TestContacts:
    def test_a_contact_has_the_contracts_members(self, shop: Shop, number: Number) -> None:
        customer = shop.customer(number)
        customer.says()
        contact = shop.api.ask("GET", f"/contacts/{customer.conversation['contact']['id']}")
        assert (
            names_in("id name phone email language birthday gender time_zone tags attributes identities consent")
            <= contact.keys()
        )
        [identity] = contact["identities"]
        assert identity["channel"] == "whatsapp"
        assert identity["channel_account_id"] == number.id
        assert identity["external_id"]

    def test_made_changed_cleared_and_archived(self, shop: Shop) -> None:
        made = shop.api.ask(
            "POST",
            "/contacts",
            expect=201,
            json={"name": "Ada", "phone": "+852 5550 9999", "tags": ["VIP"], "attributes": {"size": "M"}},
        )
        path = f"/contacts/{made['id']}"
        assert made["phone"] == "+85255509999"
        changed = shop.api.ask("PATCH", path, json={"birthday": "1990-02-28", "phone": None})
        assert (changed["birthday"], changed["phone"], changed["name"]) == ("1990-02-28", None, "Ada")
        assert shop.api.patch(path, json={"birthday": "1990-02-30"}).status_code == 422
        shop.api.ask("DELETE", path)
        assert made["id"] not in [one["id"] for one in shop.api.ask("GET", "/contacts", params={"q": "Ada"})["items"]]


def test_the_api_describes_itself(shop: Shop) -> None:
    described = shop.plain.get("/api/openapi.json").json()
    for path in (
        "/api/v1/channel-accounts",
        "/api/v1/conversations/{conversation_id}/messages",
        "/api/v1/media",
        "/api/v1/login",
    ):
        assert path in described["paths"]
    assert shop.plain.get("/api/docs").status_code == 200


def test_it_says_that_it_is_alive_and_ready_and_how_it_goes(shop: Shop) -> None:
    assert shop.plain.get("/healthz").status_code == 200
    ready = shop.plain.get("/readyz")
    assert (ready.status_code, ready.json()["missing"]) == (200, [])
    assert "# HELP" in shop.plain.get("/metrics").text


def test_the_inbox_asks_for_a_log_in_first(shop: Shop) -> None:
    answer = shop.plain.get("/")
    assert answer.status_code in (302, 303, 307)
    assert "/login" in answer.headers["location"]
    assert shop.plain.get("/login").status_code == 200


def test_a_program_may_not_guess_more_by_another_door(shop: Shop) -> None:
    with Client(base_url=shop.url, trust_env=False) as client:
        assert client.get(f"/m/{uuid.uuid4().hex}").status_code == 404
        assert client.get("/media/../../secret.key").status_code in (404, 401)
        assert client.get("/static/../../pyproject.toml").status_code == 404
