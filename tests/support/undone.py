"""One scenario for the tests of a whole module: each does what it likes in a transaction that is rolled back.

For tests that look at a story and change a little of it. What has to be seen by another connection needs the `db`
fixture and its fresh database, in another module: it would throw away the one that this module has.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from bot.settings import Settings
from models import base, sealing
from tests.support.databases import Database


@contextmanager
def connected(database: Database, environ: Mapping[str, str]) -> Iterator[None]:
    """A fresh database for a module-wide fixture, with the models connected to it."""
    settings = Settings.from_env(environ)
    database.renew()
    sealing.use(settings.field_keys)
    base.connect(database.url)
    yield
    base.database.close_all()


@contextmanager
def undone() -> Iterator[None]:
    """What is done inside has never been."""
    with base.database.atomic() as transaction:
        yield
        transaction.rollback()
