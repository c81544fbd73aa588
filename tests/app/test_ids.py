"""UUIDv7: version, variant, time order."""

import time

from app.ids import uuid7, uuid7s


def test_version_variant_and_time_are_those_of_the_rfc() -> None:
    before = time.time_ns() // 1_000_000
    made = uuid7()
    after = time.time_ns() // 1_000_000
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert before <= made.int >> 80 <= after


def test_a_list_of_ids_is_sorted_and_unique() -> None:
    ids = uuid7s(1000)
    assert ids == sorted(set(ids))
