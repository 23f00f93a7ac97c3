"""How long what people write is kept. Pure. What is never erased (money, audit, consent) is not asked about here."""

import calendar
from datetime import datetime


def months_before(now: datetime, months: int) -> datetime:
    """The same moment so many months ago, or the last day of a month that has no such day.

    >>> months_before(datetime(2027, 3, 31, 9), 1)
    datetime.datetime(2027, 2, 28, 9, 0)
    """
    year, month = divmod(now.year * 12 + now.month - 1 - months, 12)
    day = min(now.day, calendar.monthrange(year, month + 1)[1])
    return now.replace(year=year, month=month + 1, day=day)
