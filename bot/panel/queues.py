"""How long the queue is that the workers work off, and how many they are. Redis is asked, and may be away."""

from dataclasses import dataclass

from redis import RedisError
from rq import Queue, Worker
from rq.serializers import JSONSerializer

from bot.process import redis_of
from bot.queue import QUEUE


@dataclass(frozen=True)
class Depth:
    """Jobs by where they stand, and the workers that look after them."""

    queued: int
    started: int
    failed: int
    scheduled: int
    workers: int


def depth() -> Depth | None:
    """As it is now; None when Redis does not answer."""
    redis = redis_of()
    try:
        queue = Queue(QUEUE, connection=redis, serializer=JSONSerializer)
        return Depth(
            queued=queue.count,
            started=queue.started_job_registry.get_job_count(cleanup=False),
            failed=queue.failed_job_registry.get_job_count(cleanup=False),
            scheduled=queue.scheduled_job_registry.get_job_count(cleanup=False),
            workers=Worker.count(connection=redis),
        )
    except RedisError:
        return None
