"""Where and when work is done: a queue in the store, and a worker process for each device."""

from core.jobs.compute import LogitsWork
from core.jobs.execute import execute
from core.jobs.queue import JobQueue, close_queues, job_queue

__all__ = ["JobQueue", "LogitsWork", "close_queues", "execute", "job_queue"]
