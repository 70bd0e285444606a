"""Logs many lines to standard output, with or without the filter: ``logger.py LINES filter|none``.

A program of its own, as a service is one; it needs nothing of the package around it.
"""

from __future__ import annotations

import logging
import sys

from keyguard import RedactingFilter
from keyguard.samples import filled

EVERY = 1000
"""One line in so many holds a key."""

SHAPES = (
    "api.server GET /api/v1/users/%d/orders?page=3&size=50 200 14ms",
    '{"level":"info","msg":"request","trace":"4bf92f35-77b3-4da6-a3ce-929d0e0e4736","path":"/v2/items/%d"}',
    "worker picked job 00f067aa-0ba9-02b7-9d0e-4736a3ce929d from queue mail-high, %d are left",
    "sshd[%d]: Accepted publickey for deploy from 10.1.2.3 port 51514 ssh2",
    "user ann@example.org logged in; session %d expires at 2030-01-02T03:04:05Z",
    "smtp: connected to mail.example.org:587 for message <20300102.%d@example.org>",
    "kernel: [%d.123456] eth0: link is up at 1000 Mbps, full duplex, flow control off",
    "cache miss for key product:%d:price, loaded from the database in 3 ms",
    'File "/usr/lib/python3/site-packages/service/handlers.py", line %d, in handle',
    "deployed revision 3f786850e387550fdab836ed7e6dc881de23%04d to production",
)
"""Lines of the logs of services; the last has what is as long as a secret."""


def main() -> None:
    """Log as the arguments say."""
    count, kind = int(sys.argv[1]), sys.argv[2]
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    if kind == "filter":
        handler.addFilter(RedactingFilter())
    logger = logging.getLogger("service")
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)
    for number in range(count):
        if number % EVERY:
            logger.info(SHAPES[number % len(SHAPES)], number % 10_000)
        else:
            logger.info(filled("client for key {id}, {secret}", number))


if __name__ == "__main__":
    main()
