"""Where and when runs are executed: a queue in the store, and worker threads in this process."""

from core.jobs.execute import execute
from core.jobs.queue import JobQueue, job_queue

__all__ = ["JobQueue", "execute", "job_queue"]
