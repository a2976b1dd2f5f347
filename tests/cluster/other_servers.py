"""Servers that speak gRPC as Ray does, and are none; each in a process of its own."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing.connection import Connection

import grpc

from tests.processes import FORKS


class Doorkeeper(grpc.ServerInterceptor):
    """Lets nobody in, as a Ray does whose token one does not show."""

    def intercept_service(
        self,
        continuation: object,  # noqa: ARG002
        handler_call_details: object,  # noqa: ARG002
    ) -> grpc.RpcMethodHandler:
        def refuse(_: bytes, context: grpc.ServicerContext) -> bytes:
            context.abort(grpc.StatusCode.UNAUTHENTICATED, "no token")

        return grpc.unary_unary_rpc_method_handler(refuse)


@contextmanager
def other_server(guarded: bool) -> Iterator[int]:
    """One that knows no call, or is `guarded`; its port."""
    reading, writing = FORKS.Pipe(duplex=False)
    process = FORKS.Process(target=_serve, args=(writing, guarded))
    process.start()
    yield reading.recv()
    process.kill()
    process.join()


def _serve(told: Connection, guarded: bool) -> None:
    server = grpc.server(ThreadPoolExecutor(1), interceptors=[Doorkeeper()] if guarded else [])
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    told.send(port)
    server.wait_for_termination()
