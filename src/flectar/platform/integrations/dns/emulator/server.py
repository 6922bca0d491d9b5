"""Listens on one port for UDP and TCP, and answers each message from the zone."""

import socket
import socketserver
import struct
import threading
from typing import Any

from dns import exception, flags, message, name, opcode, rcode, rdataclass, rdatatype, rrset

from .zone import Zone, of_type

LONGEST_CHAIN = 8


class NameServer:
    """`faults` maps a name to silent, servfail or truncated; "*" is every name."""

    def __init__(self, zone: Zone, port: int = 0) -> None:
        self.zone = zone
        self.faults: dict[str, str] = {}
        self.asked: list[str] = []
        self._tcp, self._udp = _both(port)
        self.port = self._udp.server_address[1]
        self._udp.owner = self._tcp.owner = self

    def start(self) -> None:
        for server in (self._udp, self._tcp):
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def stop(self) -> None:
        for server in (self._udp, self._tcp):
            server.shutdown()
            server.server_close()

    def answer(self, raw: bytes, *, is_udp: bool) -> bytes | None:
        """None: not a word, as a server that is down."""
        try:
            question = message.from_wire(raw)
        except exception.DNSException:
            return None
        asked = question.question[0].name.to_text(omit_final_dot=True).lower() if question.question else ""
        self.asked.append(asked)
        fault = self.faults.get(asked) or self.faults.get("*", "")
        if fault == "silent":
            return None
        response = message.make_response(question)
        response.flags |= flags.AA
        if fault == "servfail":
            response.set_rcode(rcode.SERVFAIL)
        elif fault == "truncated" and is_udp:
            response.flags |= flags.TC
        else:
            self._fill(question, response)
        return response.to_wire()

    def _fill(self, question: message.Message, response: message.Message) -> None:
        if question.opcode() != opcode.QUERY:
            response.set_rcode(rcode.NOTIMP)
            return
        if len(question.question) != 1 or question.question[0].rdclass != rdataclass.IN:
            response.set_rcode(rcode.REFUSED)
            return
        self._follow(question.question[0].name, question.question[0].rdtype, response)

    def _follow(self, owner: name.Name, kind: rdatatype.RdataType, response: message.Message) -> None:
        for _ in range(LONGEST_CHAIN):
            records = self.zone.of(owner)
            if records is None:
                response.set_rcode(rcode.NXDOMAIN)
                return
            if found := of_type(records, kind):
                response.answer.append(rrset.from_rdata_list(owner, 60, found))
                return
            aliases = of_type(records, rdatatype.CNAME)
            if not aliases:
                return
            response.answer.append(rrset.from_rdata_list(owner, 60, aliases))
            target: Any = aliases[0]
            owner = target.target
        response.set_rcode(rcode.SERVFAIL)


class _Udp(socketserver.ThreadingUDPServer):
    daemon_threads = True
    owner: NameServer


class _Tcp(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    owner: NameServer


class _UdpHandler(socketserver.BaseRequestHandler):
    server: _Udp

    def handle(self) -> None:
        raw, where = self.request
        if (said := self.server.owner.answer(raw, is_udp=True)) is not None:
            where.sendto(said, self.client_address)


class _TcpHandler(socketserver.BaseRequestHandler):
    server: _Tcp
    request: socket.socket

    def handle(self) -> None:
        head = self.request.recv(2, socket.MSG_WAITALL)
        if len(head) < 2:
            return
        raw = self.request.recv(struct.unpack("!H", head)[0], socket.MSG_WAITALL)
        if (said := self.server.owner.answer(raw, is_udp=False)) is not None:
            self.request.sendall(struct.pack("!H", len(said)) + said)


def _both(port: int) -> tuple[_Tcp, _Udp]:
    """One port for both. A port that is free for one may be taken for the other: then another, if any will do."""
    while True:
        tcp = _Tcp(("127.0.0.1", port), _TcpHandler)
        try:
            return tcp, _Udp(("127.0.0.1", tcp.server_address[1]), _UdpHandler)
        except OSError:
            tcp.server_close()
            if port:
                raise
