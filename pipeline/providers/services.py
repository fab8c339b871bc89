"""From a provider of the settings to what speaks its protocol."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pipeline.providers.batches import BatchService
from pipeline.providers.connection import Connection
from pipeline.providers.gemini_batches import GeminiBatches
from pipeline.providers.openai_batches import OpenAIBatches
from pipeline.providers.provider import Provider
from pipeline.providers.server import Server

SERVICES: dict[str, Callable[[Provider, Connection], BatchService]] = {
    "gemini": GeminiBatches,
    "openai": OpenAIBatches,
}


@contextmanager
def connected(
    provider: Server, *, sleep: Callable[[float], None] = time.sleep
) -> Iterator[Connection]:
    """Give a connection to a provider and close it; raises UserError where the key is not set."""
    connection = Connection(provider, sleep=sleep)
    try:
        yield connection
    finally:
        connection.close()


@contextmanager
def batch_service(
    provider: Provider, *, sleep: Callable[[float], None] = time.sleep
) -> Iterator[BatchService]:
    """Give the batch service of a provider; raises UserError where the key is not set."""
    with connected(provider, sleep=sleep) as connection:
        yield SERVICES[provider.protocol](provider, connection)
