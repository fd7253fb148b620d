"""Publishes services without Avahi: those that standard input lists.

The arguments are the addresses they are at. A JSON list of objects with `name`,
`type`, `host` (a label), `port` and `txt`, a list of strings in base64. Says
`published` when all are announced, and says goodbye for them
when standard input is closed, until it is killed.
"""

import asyncio
import base64
import json
import sys

from zeroconf import IPVersion, ServiceInfo
from zeroconf.asyncio import AsyncZeroconf


def info(service):
    strings = [base64.b64decode(text) for text in service["txt"]]
    domain = service["type"] + ".local."
    return ServiceInfo(
        domain,
        service["name"] + "." + domain,
        port=service["port"],
        properties=b"".join(bytes([len(string)]) + string for string in strings),
        server=service["host"] + ".local.",
        parsed_addresses=sys.argv[1:],
    )


async def main():
    services = json.loads(sys.stdin.readline())
    zeroconf = AsyncZeroconf(ip_version=IPVersion.All)
    announcements = []
    for service in services:
        # Nobody else has these names.
        announcement = await zeroconf.async_register_service(
            info(service), cooperating_responders=True, strict=False
        )
        announcements.append(announcement)
    await asyncio.gather(*announcements)
    print("published", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    goodbye = zeroconf.zeroconf.generate_unregister_all_services()
    # Answers that were on their way may follow the first one. Within a second
    # of it, another would only put off what Avahi does then.
    while True:
        zeroconf.zeroconf.async_send(goodbye)
        await asyncio.sleep(3)


asyncio.run(main())
