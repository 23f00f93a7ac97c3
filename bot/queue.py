"""Every job that this side may ask for, and the bell on which a job answers a waiting hop.

The doors may not import `jobs`, so a job is named by its dotted path, and every such
path stands here; a test resolves each one. A ring is a hint: what is due stands in the
database, and the poll finds it. So nothing here raises when Redis is away, and a job's
argument is an id (of a periodic job: its name) and nothing else.
"""

import time
from collections.abc import Iterable

from redis import Redis, RedisError
from rq import Queue
from rq.exceptions import DuplicateJobError
from rq.serializers import JSONSerializer

from bot.logs import log
from bot.process import redis_of
from models.doorbell import Ring

QUEUE = "ajo"

JOBS = {
    "charge": "jobs.payments.charge",
    "submit_voucher": "jobs.payments.submit_voucher",
    "check_payment": "jobs.payments.check_payment",
    "look_up_account": "jobs.accounts.look_up_account",
    "send_payout": "jobs.payouts.send_payout",
    "check_transfer": "jobs.payouts.check_transfer",
    "process_event": "jobs.inbound.process_event",
    "send_mail": "jobs.outbox.send_mail",
    "send_reply": "jobs.outbox.send_reply",
    "fetch_media": "jobs.media.fetch_media",
    "start_group": "jobs.cycles.start_group",
    "run_periodic": "jobs.schedule.run_periodic",
}

# Somebody waits on the line for these, or the timetable does: they do not stand behind a burst of webhooks.
AT_ONCE = frozenset({"charge", "submit_voucher", "check_payment", "look_up_account", "run_periodic", "send_reply"})

# A provider may take 35 seconds over one call, and a payout makes two.
TIMEOUT_SECONDS = 90
PERIODIC_TIMEOUT_SECONDS = 600
# A failed job keeps its id so long; the next ring for the same row is then heard again.
FAILURE_SECONDS = 60

ANSWER_SECONDS = 30
# Below the connection's own time-out, and above what Redis would round down to "for ever".
LONGEST_LOOK_SECONDS = 1.0
SHORTEST_LOOK_SECONDS = 0.01


def charge(payment_id: int) -> None:
    """Ask the provider for this payment."""
    _ring("charge", payment_id)


def submit_voucher(payment_id: int) -> None:
    """Hand over the code that she has typed for this payment."""
    _ring("submit_voucher", payment_id)


def check_payment(payment_id: int) -> None:
    """Ask the provider what became of this payment."""
    _ring("check_payment", payment_id)


def look_up_account(bank_account_id: int) -> None:
    """Ask the bank whose account this is."""
    _ring("look_up_account", bank_account_id)


def send_payout(payout_id: int) -> None:
    """Send this payout on its way."""
    _ring("send_payout", payout_id)


def check_transfer(attempt_id: int) -> None:
    """Ask the provider what became of this transfer."""
    _ring("check_transfer", attempt_id)


def process_event(inbox_id: int) -> None:
    """Act upon what a provider told us."""
    _ring("process_event", inbox_id)


def send_mail(outbox_id: int) -> None:
    """Send this message."""
    _ring("send_mail", outbox_id)


def send_reply(outbox_id: int) -> None:
    """Send this answer in a chat."""
    _ring("send_reply", outbox_id)


def fetch_media(attachment_id: int) -> None:
    """Fetch what somebody has sent us."""
    _ring("fetch_media", attachment_id)


def start_group(group_id: int) -> None:
    """See whether this group may start."""
    _ring("start_group", group_id)


def ring_periodic(name: str) -> None:
    """Run this periodic job now, if its latest slot has not been run."""
    _ring("run_periodic", name, PERIODIC_TIMEOUT_SECONDS)


def ring_all(rings: Iterable[Ring]) -> None:
    """Ring for everything that a committed transaction left to do."""
    for ring in rings:
        _ring(ring.name, ring.row_id)


def job_path(name: str) -> str:
    """The dotted path of a job, as RQ wants it."""
    return JOBS[name]


def waiting() -> list[str]:
    """The jobs that were rung for and that no worker has begun, the next one first. None while Redis is away."""
    try:
        return [str(each) for each in _queue().job_ids]
    except RedisError:
        return []


def signal_answer(kind: str, row_id: int) -> None:
    """For a job: what a hop may be waiting for now stands in the database."""
    key = _answer_key(kind, row_id)
    try:
        with redis_of().pipeline(transaction=False) as pipe:
            pipe.rpush(key, "1")
            pipe.expire(key, ANSWER_SECONDS)
            pipe.execute()
    except RedisError as trouble:
        log.warning("queue", what="signal", job=kind, row=row_id, result=type(trouble).__name__)


def wait_answer(kind: str, row_id: int, wait_ms: int) -> bool:
    """For a hop: wait until a job has answered, at most so long. False: not yet, or nobody can tell."""
    until = time.monotonic() + wait_ms / 1000
    try:
        while (left := until - time.monotonic()) > 0:
            look = max(min(left, LONGEST_LOOK_SECONDS), SHORTEST_LOOK_SECONDS)
            if redis_of().blpop([_answer_key(kind, row_id)], timeout=look) is not None:
                return True
    except RedisError as trouble:
        log.warning("queue", what="wait", job=kind, row=row_id, result=type(trouble).__name__)
    return False


def _ring(name: str, row_id: int | str, timeout_seconds: int = TIMEOUT_SECONDS) -> None:
    try:
        _queue().enqueue_call(
            JOBS[name],
            args=(row_id,),
            job_id=f"{name}-{row_id}",
            unique=True,
            timeout=timeout_seconds,
            result_ttl=0,
            failure_ttl=FAILURE_SECONDS,
            at_front=name in AT_ONCE,
        )
    except DuplicateJobError:
        pass  # it is waiting or running already
    except RedisError as trouble:
        log.warning("queue", what="ring", job=name, row=row_id, result=type(trouble).__name__)


_queues: dict[int, tuple[Redis, Queue]] = {}


def _queue() -> Queue:
    """The queue on this process's Redis; made once, for it asks the server its version."""
    redis = redis_of()
    if id(redis) not in _queues:
        _queues.clear()
        _queues[id(redis)] = (redis, Queue(QUEUE, connection=redis, serializer=JSONSerializer))
    return _queues[id(redis)][1]


def _answer_key(kind: str, row_id: int) -> str:
    return f"ajo:answer:{kind}:{row_id}"
