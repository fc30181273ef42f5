#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Asks two name servers the same, octet for octet, and prints what they do not agree on.

Usage: conformance.py ZONE ADDRESS#PORT ADDRESS#PORT
Exit status: 0 they agree about everything, 1 they do not. The last line is the count of queries.
"""
import socket
import struct
import sys

TYPES = {"A": 1, "NS": 2, "CNAME": 5, "SOA": 6, "MX": 15, "TXT": 16, "AAAA": 28, "SRV": 33, "NAPTR": 35,
         "DNAME": 39, "DS": 43, "RRSIG": 46, "NSEC": 47, "DNSKEY": 48, "TLSA": 52, "HTTPS": 65, "SPF": 99,
         "IXFR": 251, "AXFR": 252, "ANY": 255, "CAA": 257, "unknown": 999, "private": 65280, "OPT": 41,
         "MAILB": 253, "zero": 0}
RD, CD, AD, AA, TC, RA, QR = 0x0100, 0x0010, 0x0020, 0x0400, 0x0200, 0x0080, 0x8000


def name(text):
    labels = [] if text == "." else text.rstrip(".").split(".")
    return b"".join(bytes([len(label)]) + label.encode() for label in labels) + b"\0"


def query(qname, qtype, flags=0, qclass=1, extra=b"", counts=None):
    counts = counts or (1, 0, 0, 1 if extra else 0)
    return struct.pack("!6H", 0x1234, flags, *counts) + name(qname) + struct.pack("!2H", qtype, qclass) + extra


def opt(size=1232, version=0, flags=0, options=b"", owner=b"\0"):
    return owner + struct.pack("!HHBBHH", 41, size, 0, version, flags, len(options)) + options


def ask(server, packet, tcp):
    if not tcp:
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s.settimeout(1)
        s.sendto(packet, server)
        try:
            return s.recv(65535)
        except socket.timeout:
            return None
        finally:
            s.close()
    with socket.create_connection(server, 5) as s:
        s.sendall(struct.pack("!H", len(packet)) + packet)
        s.settimeout(1)
        data = b""
        try:
            while len(data) < 2 or len(data) < 2 + struct.unpack("!H", data[:2])[0]:
                got = s.recv(65535)
                if not got:
                    return None
                data += got
        except (socket.timeout, ConnectionResetError):
            return None
        return data[2:]


def read_name(m, at, lower=True):
    labels, after = [], None
    while m[at]:
        if m[at] >= 0xC0:
            after = after or at + 2
            at = (m[at] & 0x3F) << 8 | m[at + 1]
            continue
        labels.append(m[at + 1:at + 1 + m[at]])
        at += m[at] + 1
    text = b".".join(labels)
    return (text.lower() if lower else text), after or at + 1


def read_record(m, at):
    owner, at = read_name(m, at)
    rtype, rclass, ttl, size = struct.unpack("!HHIH", m[at:at + 10])
    at += 10
    data = m[at:at + size]
    if rtype == 2:
        data = read_name(m, at)[0]
    if rtype == 6:
        primary, after = read_name(m, at)
        person, after = read_name(m, after)
        data = (primary, person, m[after + 4:at + size])  # the serial is each server's own
    return (owner, rtype, rclass, ttl, data), at + size


def summary(m, what):
    """What has to be the same in both answers."""
    if m is None:
        return "no answer"
    ident, flags, qd, an, ns, ar = struct.unpack("!6H", m[:12])
    at, sections, edns, questions = 12, [], None, []
    for _ in range(qd):
        begin = at
        at = read_name(m, at)[1] + 4
        questions.append(m[begin:at])
    for count in (an, ns, ar):
        records = []
        for _ in range(count):
            record, at = read_record(m, at)
            if record[1] == 41:
                edns = (record[2], record[3])
            else:
                records.append(record)
        sections.append(sorted(records, key=repr))
    rcode = flags & 15 | ((edns[1] >> 24 << 4) if edns else 0)
    if at != len(m):
        return "octets left over"
    found = {"id": ident, "rcode": rcode, "opcode": flags >> 11 & 15, "edns": edns is not None}
    if "rcode only" in what:
        return found
    found.update(questions=questions, flags=flags & (QR | AA | TC | RD | RA | AD | CD))
    if edns:
        found["DO"] = edns[1] & 0x8000
        found["version"] = edns[1] >> 16 & 255
    if flags & TC:
        return found  # how much of it comes nevertheless is each server's own
    if "any" in what:
        found["one kind"] = len({r[1] for r in sections[0]})
        return found
    found["answer"], found["authority"] = sections[0], sections[1]
    return found


def table(zone):
    """(what, packet, by TCP, what not to compare)"""
    c = "_acme-challenge.example.com." + zone
    names = [zone, "www." + zone, "ns." + zone, c, "_acme-challenge.many." + zone, "_acme-challenge.long." + zone,
             "a.b.c." + zone, "b.c." + zone, "c." + zone, "com." + zone, "nope." + zone, "x.nope." + zone,
             "x." + c, "x.www." + zone, "b." + zone, "*." + zone,
             "example.org", "net", ".", "x" + zone, "\x01\xff.".encode("latin1").decode("latin1") + zone]
    for n in names:
        for t, number in TYPES.items():
            for tcp in (False, True):
                what = {"any"} if t == "ANY" and not tcp else set()
                yield f"{n!r} {t} {'TCP' if tcp else 'UDP'}", query(n, number), tcp, what
                yield f"{n!r} {t} EDNS", query(n, number, RD, extra=opt()), tcp, what
    for flags in (RD, CD, AD, RD | CD | AD, 0x0040, AA | TC | RA):
        yield f"flags {flags:#x}", query(c, 16, flags), False, set()
        yield f"flags {flags:#x}, not there", query("nope." + zone, 16, flags), False, set()
    mixed = "".join(x.upper() if i % 2 else x for i, x in enumerate(c))
    yield "case", query(mixed, 16), False, set()
    yield "case, not there", query("NoPe." + zone.upper(), 16, extra=opt()), False, set()
    for size in (0, 100, 511, 512, 600, 800, 1231, 1232, 4096, 65535):
        yield f"EDNS size {size}", query(c, 16, extra=opt(size)), False, set()
        if size < 1300:  # beyond it, BIND sends longer datagrams
            yield f"EDNS size {size}, many", query("_acme-challenge.many." + zone, 16, extra=opt(size)), False, set()
    for version in (1, 2, 255):
        yield f"EDNS version {version}", query(c, 16, extra=opt(version=version)), False, {"rcode only"}
    yield "EDNS, DO", query(c, 16, extra=opt(flags=0x8000)), False, set()
    yield "EDNS, DO, not there", query("nope." + zone, 16, extra=opt(flags=0x8000)), False, set()
    yield "EDNS, unknown flag", query(c, 16, extra=opt(flags=0x4000)), False, set()
    yield "EDNS, unknown option", query(c, 16, extra=opt(options=b"\xfd\xe9\0\4abcd")), False, set()
    yield "EDNS, padding", query(c, 16, extra=opt(options=b"\0\x0c\0\x10" + b"\0" * 16)), True, set()
    yield "OPT twice", query(c, 16, extra=opt() + opt(), counts=(1, 0, 0, 2)), False, {"rcode only"}
    yield "OPT with a name", query(c, 16, extra=opt(owner=name("x"))), False, {"rcode only"}
    for qclass in (0, 2, 3, 4, 254):
        yield f"class {qclass}", query(c, 16, qclass=qclass), False, {"rcode only"}
    for opcode in (1, 2, 3, 6, 15):
        yield f"opcode {opcode}", query(c, 16, opcode << 11), False, {"rcode only"}
    good = query(c, 16)
    yield "an answer", query(c, 16, QR), False, set()
    for n in (0, 1, 11):
        yield f"{n} octets", good[:n], False, set()
    yield "no question", good[:4] + b"\0\0" + good[6:12], False, {"rcode only"}
    yield "question missing", good[:12], False, {"rcode only"}
    yield "question cut", good[:30], False, {"rcode only"}
    yield "class missing", good[:-2], False, {"rcode only"}
    yield "two questions", good[:4] + b"\0\2" + good[6:] + good[12:], False, {"rcode only"}
    yield "octets left over", good + b"x", False, {"rcode only"}
    yield "record missing", query(c, 16, counts=(1, 0, 0, 1)), False, {"rcode only"}
    yield "pointer to itself", good[:12] + b"\xc0\x0c\0\x10\0\1", False, {"rcode only"}
    yield "label too long", good[:12] + b"\x40" + b"a" * 64 + b"\0\0\x10\0\1", False, {"rcode only"}
    yield "name too long", good[:12] + (b"\x3f" + b"a" * 63) * 4 + b"\0\0\x10\0\1", False, {"rcode only"}
    yield "OPT cut", query(c, 16, extra=opt()[:-3]), False, {"rcode only"}
    yield "option longer than OPT", query(c, 16, extra=opt(options=b"\xfd\xe9\0\x09abcd")), False, {"rcode only"}


def address(text):
    host, port = text.split("#")
    return host, int(port)


def main():
    zone, first, second = sys.argv[1], address(sys.argv[2]), address(sys.argv[3])
    n = differences = 0
    for what, packet, tcp, leave in table(zone):
        n += 1
        a, b = (summary(ask(server, packet, tcp), leave) for server in (first, second))
        if a != b:
            differences += 1
            print(f"{what}:\n  {a}\n  {b}")
    print(f"{n} queries, {differences} differences")
    return differences > 0


sys.exit(main())
