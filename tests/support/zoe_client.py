#!/usr/bin/env python3
"""A client of Zoetrope's native protocol, written from docs/protocol.md alone, in Python's standard library.

As a module: Client. As a program: zoe_client.py --help; it prints JSON, one object a run.
"""

import argparse
import hashlib
import json
import os
import socket
import ssl
import struct
import sys
import time
import zlib

PREFACE = b"ZOETCP1\n"
HEADER = struct.Struct("<IHHII")  # length, kind, flags, stream, serial
RUN = struct.Struct("<IIII")  # segment, first ordinal, packets, 0
RECORD = struct.Struct("<IIqqII")  # bytes, flags, pts, dts, duration, ordinal
CHUNK = struct.Struct("<QII")  # offset, crc32, is last

HELLO, REQUEST, RESPONSE, EVENT, MEDIA, CREDIT, CHUNK_KIND, PROBE, PROBE_REPLY, GOODBYE = range(1, 11)
MOST_BODY = {HELLO: 4096, RESPONSE: 4 << 20, EVENT: 64 << 10, MEDIA: (64 << 20) + 48,
             CHUNK_KIND: (1 << 20) + 16, PROBE_REPLY: 24, GOODBYE: 4096}
UNKNOWN_MOST = 64 << 20

RUN_SEGMENT_START, RUN_SEGMENT_END, RUN_END, RUN_LOOPED, RUN_SUBSET = 1, 2, 4, 8, 16
NO_TIMESTAMP = -(1 << 63)


class ProtocolError(Exception):
    """The server broke the protocol."""


class ServerError(Exception):
    """An answer or a farewell with an error code."""

    def __init__(self, error):
        super().__init__(f"{error.get('code')}: {error.get('message')}")
        self.code = error.get("code")


class Moved(ServerError):
    """The connection ends because its client is to go on over a new one (docs/protocol.md, "Going on elsewhere")."""

    def __init__(self, error, ticket):
        super().__init__(error)
        self.ticket = ticket


class Packet:
    """One packet of a MEDIA message."""

    def __init__(self, segment, flags, pts, dts, duration, ordinal, data):
        self.segment, self.flags, self.pts, self.dts = segment, flags, pts, dts
        self.duration, self.ordinal, self.data = duration, ordinal, data


class Run:
    """A MEDIA message."""

    def __init__(self, flags, stream, serial, body):
        self.flags, self.stream, self.serial = flags, stream, serial
        self.segment, first, count, _ = RUN.unpack_from(body)
        self.packets = []
        at = RUN.size
        for _ in range(count):
            if at + RECORD.size > len(body):
                raise ProtocolError("a packet record reaches beyond the body")
            size, packet_flags, pts, dts, duration, ordinal = RECORD.unpack_from(body, at)
            at += RECORD.size
            if at + size > len(body):
                raise ProtocolError("a packet reaches beyond the body")
            self.packets.append(Packet(self.segment, packet_flags, pts, dts, duration, ordinal, body[at:at + size]))
            at += size
        if at != len(body):
            raise ProtocolError("bytes are left behind the last packet")
        ordinals = [packet.ordinal for packet in self.packets]
        if ordinals and ordinals[0] != first:
            raise ProtocolError("the first ordinal is not the header's")
        steps = [b - a for a, b in zip(ordinals, ordinals[1:])]
        if any(step < 1 for step in steps) or (not flags & RUN_SUBSET and any(step != 1 for step in steps)):
            raise ProtocolError("ordinals do not rise by one")
        if not ordinals and not flags & (RUN_SEGMENT_END | RUN_END):
            raise ProtocolError("an empty run ends nothing")


class Place:
    """Where in its segments a stream is, so that it can be opened again with nothing lost and nothing twice."""

    def __init__(self, forward, is_looping):
        self.forward, self.is_looping = forward, is_looping
        self.segment, self.ordinal = None, -1  # the last packet that came
        self.is_whole = self.is_at_end = False  # the segment's last packet has come; the stream's
        self.next_segment = None
        self.held = None  # (segment, ordinal) up to which a reopened stream repeats itself
        self.segments = 0

    def take(self, run, segments):
        """Notes a run; drops from it what came before."""
        self.segments = segments
        if self.held and run.segment == self.held[0]:
            run.packets = [packet for packet in run.packets if packet.ordinal > self.held[1]]
        elif self.held:
            self.held = None
        if self.segment != run.segment or run.flags & RUN_LOOPED:
            self.segment, self.ordinal = run.segment, -1
        if run.packets:
            self.ordinal = run.packets[-1].ordinal
        self.is_whole = bool(run.flags & RUN_SEGMENT_END)
        self.is_at_end = bool(run.flags & RUN_END)
        if self.held and self.is_whole:
            self.held = None

    def reopen(self):
        """Sets what to open next, `next_segment`: none where nothing has come yet."""
        if self.segment is None:
            return
        if not self.is_whole:
            self.next_segment, self.held = self.segment, (self.segment, self.ordinal)
            return
        self.held = None
        self.next_segment = self.segment + (1 if self.forward else -1)
        if self.is_looping:
            self.next_segment %= self.segments


def key_of_certificate(der):
    """The SubjectPublicKeyInfo in a DER certificate: the sixth field of its first one, behind [0] version."""

    def element(at):
        length, start = der[at + 1], at + 2
        if length & 0x80:
            size = length & 0x7F
            length, start = int.from_bytes(der[start:start + size], "big"), start + size
        return start, start + length

    at, _ = element(0)  # Certificate
    at, _ = element(at)  # TBSCertificate
    if der[at] == 0xA0:
        _, at = element(at)  # version
    for _ in range(5):  # serial, signature, issuer, validity, subject
        _, at = element(at)
    return der[at:element(at)[1]]


class Client:
    """One connection. `messages()` yields what the server sends; `request` collects what comes before the answer."""

    def __init__(self, host, port, tls=False, pin=None, name="zoe_client.py/1", timeout=30):
        self.address = (host, port, tls, pin, name, timeout)
        self.moves = 0
        self.connect(*self.address)

    def connect(self, host, port, tls, pin, name, timeout):
        self.sock = socket.create_connection((host, port), timeout)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.pin = None
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            context.minimum_version = ssl.TLSVersion.TLSv1_2
            self.sock = context.wrap_socket(self.sock, server_hostname=host)
            self.pin = hashlib.sha256(key_of_certificate(self.sock.getpeercert(binary_form=True))).hexdigest()
            if pin and pin != self.pin:
                raise ProtocolError(f"the server's key is {self.pin}, not {pin}")
        self.buffer = bytearray()
        self.waiting = []  # messages that came while an answer was waited for
        self.next_id = 1
        self.ticket = None
        self.sock.sendall(PREFACE)
        self.send(HELLO, json.dumps({"protocol": 1, "client": name}).encode())
        kind, _, _, _, body = self.receive()
        if kind != HELLO:
            raise ProtocolError(f"kind {kind} came before HELLO")
        self.hello = json.loads(body)

    def go_on(self, ticket):
        """Takes the place of a connection that has ended, over a new one."""
        self.sock.close()
        while True:
            self.connect(*self.address)
            try:
                self.moves += 1
                return self.request("auth.take_over", ticket=ticket)
            except ServerError as error:
                # Handed to the leaving part of the server at the last moment: it has not looked at the ticket.
                if error.code != "unavailable" or isinstance(error, Moved):
                    raise

    def close(self):
        """Says goodbye."""
        try:
            self.send(GOODBYE, b'{"code": "cancelled", "message": "the client is done"}')
        finally:
            self.sock.close()

    def send(self, kind, body, stream=0, serial=0):
        self.sock.sendall(HEADER.pack(len(body), kind, 0, stream, serial) + body)

    def read_exactly(self, size):
        while len(self.buffer) < size:
            part = self.sock.recv(1 << 18)
            if not part:
                raise ProtocolError("the server closed the connection")
            self.buffer += part
        data = bytes(self.buffer[:size])
        del self.buffer[:size]
        return data

    def receive(self):
        """The next message of a known kind: kind, flags, stream, serial, body. A GOODBYE is raised."""
        while True:
            length, kind, flags, stream, serial = HEADER.unpack(self.read_exactly(HEADER.size))
            if length > MOST_BODY.get(kind, UNKNOWN_MOST):
                raise ProtocolError(f"a message of kind {kind} and {length} bytes")
            body = self.read_exactly(length)
            if kind == GOODBYE:
                raise Moved(json.loads(body), self.ticket) if self.ticket else ServerError(json.loads(body))
            if kind == EVENT and json.loads(body)["event"] == "server.resume":
                self.ticket = json.loads(body).get("ticket")
                continue
            if kind in MOST_BODY:
                return kind, flags, stream, serial, body

    def message(self):
        """The next message that is no answer."""
        return self.waiting.pop(0) if self.waiting else self.receive()

    def request(self, method, **params):
        """The result, or ServerError."""
        number, self.next_id = self.next_id, self.next_id + 1
        self.send(REQUEST, json.dumps({"id": number, "method": method, "params": params}).encode())
        while True:
            message = self.receive()
            if message[0] != RESPONSE:
                self.waiting.append(message)
                continue
            answer = json.loads(message[4])
            if answer["id"] != number:
                raise ProtocolError("an answer to something else")
            if "error" in answer:
                raise ServerError(answer["error"])
            return answer["result"]

    def credit(self, stream, serial, total):
        self.send(CREDIT, struct.pack("<Q", total), stream, serial)

    def probe(self):
        """(round trip, how much the server's clock is ahead), in ns."""
        token, sent = 77, time.monotonic_ns()
        self.send(PROBE, struct.pack("<Qq", token, sent))
        while True:
            message = self.receive()
            if message[0] != PROBE_REPLY:
                self.waiting.append(message)
                continue
            received = time.monotonic_ns()
            got_token, got_sent, server = struct.unpack("<Qqq", message[4])
            if (got_token, got_sent) != (token, sent):
                raise ProtocolError("a probe came back changed")
            return received - sent, server - (sent + received) // 2

    def sign_in(self, arguments):
        if arguments.token:
            return self.request("auth.resume", token=arguments.token)
        if arguments.register:
            return self.request("auth.register", name=arguments.register, password=arguments.password,
                                code=arguments.code, client="zoe_client.py")
        if arguments.login:
            return self.request("auth.login", name=arguments.login, password=arguments.password,
                                client="zoe_client.py")
        return self.request("auth.guest") if arguments.guest else None

    def watch(self, media, rendition, rate="1", position_us=0, buffer_us=2_000_000, most_packets=None, **more):
        """Yields the runs of one stream until its end, granting `buffer_us` beyond what has arrived. Goes on over a new
        connection where the server asks for that: then a run holds only what had not come before."""
        what = dict(media=media, rendition=rendition, rate=rate, **more)
        place = Place(forward=not rate.startswith("-"), is_looping=more.get("is_looping", False))
        packets = 0
        begin = dict(position_us=position_us)
        while True:
            try:
                opened = self.request("stream.open", serial=1, credit_us=buffer_us, **what, **begin)
                for run in self.runs_of(opened, buffer_us):
                    is_end = bool(run.flags & RUN_END)
                    place.take(run, opened["segments"])
                    packets += len(run.packets)
                    yield opened, run
                    if is_end or (most_packets and packets >= most_packets):
                        self.request("stream.close", stream=opened["stream"])
                        return
            except Moved as moved:
                if place.is_at_end or (most_packets and packets >= most_packets):
                    return self.go_on(moved.ticket)
                self.go_on(moved.ticket)
                place.reopen()
                begin = begin if place.next_segment is None else dict(segment=place.next_segment)

    def runs_of(self, opened, buffer_us):
        """The runs of an open stream, granting on."""
        stream, serial, track = opened["stream"], opened["serial"], opened["track"]
        num, den = track["time_base"]
        fps_num, fps_den = track["frame_rate"]
        frame_us = 1_000_000 * fps_den // fps_num if fps_num else 40_000
        arrived_us = 0
        granted = buffer_us
        while True:
            kind, flags, of_stream, of_serial, body = self.message()
            if kind == EVENT:
                event = json.loads(body)
                if event["event"] == "stream.failed":
                    raise ServerError(event)
                continue
            if kind != MEDIA or of_stream != stream or of_serial != serial:
                continue
            run = Run(flags, of_stream, of_serial, body)
            for packet in run.packets:  # also those that the caller will not see count against the grant
                arrived_us += packet.duration * 1_000_000 * num // den if packet.duration else frame_us
            yield run
            if arrived_us + buffer_us > granted + buffer_us // 4:
                granted = arrived_us + buffer_us
                self.credit(stream, serial, granted)

    def download(self, media, path, chunk_bytes=65536, window=4 << 20):
        """Writes a file, going on where an earlier part of it ends. The number of bytes that came."""
        offset = os.path.getsize(path) if os.path.exists(path) else 0
        opened = self.request("file.open", media=media, offset=offset, chunk_bytes=chunk_bytes, credit_bytes=window)
        arrived = 0
        with open(path, "ab") as out:
            while True:
                kind, _, file, _, body = self.message()
                if kind == EVENT and json.loads(body)["event"] == "file.failed":
                    raise ServerError(json.loads(body))
                if kind != CHUNK_KIND or file != opened["file"]:
                    continue
                at, crc, is_last = CHUNK.unpack_from(body)
                data = body[CHUNK.size:]
                if at != offset + arrived or zlib.crc32(data) != crc:
                    raise ProtocolError(f"the chunk at {at} is out of place or damaged")
                out.write(data)
                arrived += len(data)
                if is_last:
                    break
                self.credit(file, 0, arrived + window)
        self.request("file.close", file=opened["file"])
        if "size_bytes" in opened and offset + arrived != opened["size_bytes"]:
            raise ProtocolError("the file came with another size than it was announced with")
        return arrived


def run_watch(client, arguments):
    segments, packets, media_bytes = [], 0, 0
    started, first = time.monotonic(), None
    opened = None
    for opened, run in client.watch(arguments.media, arguments.rendition, arguments.rate, arguments.position_us,
                                    most_packets=arguments.packets):
        first = first or time.monotonic()
        if run.packets and (not segments or segments[-1]["segment"] != run.segment or run.packets[0].ordinal == 0):
            segments.append({"segment": run.segment, "packets": []})
        for packet in run.packets:
            segments[-1]["packets"].append({"ordinal": packet.ordinal, "pts": packet.pts, "flags": packet.flags,
                                            "size": len(packet.data), "crc32": zlib.crc32(packet.data)})
            packets += 1
            media_bytes += len(packet.data)
            if arguments.output:
                arguments.output.write(packet.data)
    return {"opened": opened, "segments": segments, "packets": packets, "bytes": media_bytes,
            "moves": client.moves, "first_run_s": first and first - started, "seconds": time.monotonic() - started}


def run_command(client, arguments):
    if arguments.command == "call":
        return client.request(arguments.method, **json.loads(arguments.params))
    if arguments.command == "list":
        return client.request("library.list", limit=500)
    if arguments.command == "watch":
        return run_watch(client, arguments)
    if arguments.command == "download":
        return {"bytes": client.download(arguments.media, arguments.path, arguments.chunk_bytes)}
    round_trip, ahead = client.probe()
    return {"hello": client.hello, "pin": client.pin, "round_trip_ns": round_trip, "clock_ahead_ns": ahead}


def parse_arguments():
    parser = argparse.ArgumentParser(description="A client of Zoetrope's native protocol; prints JSON.")
    parser.add_argument("host")
    parser.add_argument("port", type=int)
    parser.add_argument("--tls", action="store_true")
    parser.add_argument("--pin", help="the SHA-256 of the server's key; implies --tls")
    parser.add_argument("--guest", action="store_true")
    parser.add_argument("--login", metavar="NAME")
    parser.add_argument("--register", metavar="NAME")
    parser.add_argument("--password", default="")
    parser.add_argument("--code", default="")
    parser.add_argument("--token")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("probe", help="greet and measure the clocks")
    commands.add_parser("list")
    call = commands.add_parser("call", help="any request")
    call.add_argument("method")
    call.add_argument("params", nargs="?", default="{}")
    watch = commands.add_parser("watch", help="receive a stream to its end")
    watch.add_argument("media")
    watch.add_argument("--rendition", default="copy")
    watch.add_argument("--rate", default="1")
    watch.add_argument("--position-us", type=int, default=0)
    watch.add_argument("--packets", type=int, help="stop after so many")
    watch.add_argument("--output", type=argparse.FileType("wb"), help="the packets' data, one after another")
    download = commands.add_parser("download", help="a whole file; goes on where PATH ends")
    download.add_argument("media")
    download.add_argument("path")
    download.add_argument("--chunk-bytes", type=int, default=65536)
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    try:
        client = Client(arguments.host, arguments.port, arguments.tls or bool(arguments.pin), arguments.pin)
        login = client.sign_in(arguments)
        result = run_command(client, arguments)
        client.close()
    except (ServerError, ProtocolError, OSError) as error:
        print(json.dumps({"error": str(error), "code": getattr(error, "code", None)}))
        return 1
    if login:
        result["login"] = login
    print(json.dumps(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
