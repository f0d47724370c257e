#!/usr/bin/env python3
"""A WebSocket client that nobody of this project wrote: autobahn, driven by lines of JSON.

Usage: websocket_peer.py URL [NAME=VALUE of a header …]
Input:  {"send": TEXT}  {"sendBinary": LATIN-1}  {"pause": true}  {"resume": true}  {"close": true}
Output: {"open": SUBPROTOCOL}  {"message": TEXT, "atMs": SINCE-START}  {"binary": BYTES}  {"closed": CODE}
"""

import asyncio
import json
import sys
import time

from autobahn.asyncio.websocket import WebSocketClientFactory, WebSocketClientProtocol

STARTED = time.monotonic()


def say(**fact):
    print(json.dumps(fact), flush=True)


class Peer(WebSocketClientProtocol):
    def onOpen(self):
        say(open=self.websocket_protocol_in_use)
        asyncio.ensure_future(self.obey())

    def onMessage(self, payload, isBinary):
        at_ms = round((time.monotonic() - STARTED) * 1000)
        if isBinary:
            say(binary=len(payload), atMs=at_ms)
        else:
            say(message=payload.decode("utf-8"), atMs=at_ms)

    def onClose(self, wasClean, code, reason):
        say(closed=code, reason=reason)
        asyncio.get_event_loop().stop()

    async def obey(self):
        reader = asyncio.StreamReader(limit=16 * 1024 * 1024)
        loop = asyncio.get_event_loop()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        async for line in reader:
            order = json.loads(line)
            if "send" in order:
                self.sendMessage(order["send"].encode("utf-8"))
            if "sendBinary" in order:
                self.sendMessage(order["sendBinary"].encode("latin-1"), isBinary=True)
            if "pause" in order:
                self.transport.pause_reading()
            if "resume" in order:
                self.transport.resume_reading()
            if "close" in order:
                self.sendClose(1000)


def main():
    url, *headers = sys.argv[1:]
    pairs = dict(header.split("=", 1) for header in headers)
    protocols = [name for name in [pairs.pop("subprotocol", None)] if name]
    factory = WebSocketClientFactory(url, protocols=protocols, headers=pairs, origin=None)
    factory.protocol = Peer
    address = url.split("//", 1)[1].split("/", 1)[0]
    host, port = address.rsplit(":", 1)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    factory.loop = loop
    loop.run_until_complete(loop.create_connection(factory, host, int(port)))
    loop.run_forever()


main()
