"""Months by their first day: partitions and searches are counted in them."""

from __future__ import annotations

from datetime import date


def month_of(day: date) -> date:
    """Return the first day of a day's month."""
    return date(day.year, day.month, 1)


def months_before(day: date, months: int) -> date:
    """Return the first day of the month that is `months` before that of `day`; negative = after."""
    number = day.year * 12 + day.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)
