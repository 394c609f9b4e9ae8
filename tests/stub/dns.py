#!/usr/bin/python3 -S
"""dns.py DIR ADDRESS[:PORT] ZONE - a DNS server that says what a file tells it to, over UDP and TCP

Writes DIR/port once it listens, and DIR/log: "udp|tcp name type [edns]" for each query. ZONE, read at each query:

    NAME MX PREFERENCE HOST | NAME A IP | NAME AAAA IP | NAME CNAME HOST (the chain is followed inside the answer)
    NAME LONE-CNAME HOST    only that record, for any type
    NAME CODE N [TYPE]      an answer with that response code (2 SERVFAIL, 5 REFUSED, ...), for any type, or that one
    NAME SILENT [TYPE]      no answer at all
    NAME TOGETHER           over UDP no answer before A and AAAA have both been asked for
    NAME TRUNCATE           over UDP only "truncated"
    NAME NOEDNS             "format error" to queries with EDNS; BAREFORM: as a bare header
    NAME HEX TYPE HEX...    as record data, whatever it is
    NAME WRONG id|question|source     first a lie of that kind (an answer 192.0.2.66), then the truth
    NAME COUNT N            claims N answers
    NAME CUT N              the message is N bytes shorter
    NAME MANY N             N copies of each record

A name that is not there does not exist; a "." for HOST is the root. Names that end in a dot are the same as without.
"""
import os, re, socket, struct, sys, threading

folder, where, zonefile = sys.argv[1:4]
host, _, port = where.rpartition(":") if re.match(r"[^:]+:\d+$", where) else (where, "", "0")
TYPES = {"A": 1, "CNAME": 5, "MX": 15, "AAAA": 28}
logfile = open(folder + "/log", "a", buffering=1)
lock = threading.Lock()


def wire(name):
    name = name.strip(".")
    return b"".join(bytes([len(p)]) + p.encode("latin-1") for p in name.split(".") if p) + b"\0"


def zone():
    table = {}
    with open(zonefile) as f:
        for line in f:
            words = line.split()
            if words:
                table.setdefault(words[0].lower().strip("."), []).append(words[1:])
    return table


def rdata(kind, words):
    if kind == "MX":
        return struct.pack("!H", int(words[0])) + wire(words[1])
    if kind == "A":
        return socket.inet_pton(socket.AF_INET, words[0])
    if kind == "AAAA":
        return socket.inet_pton(socket.AF_INET6, words[0])
    return wire(words[0])


def record(name, number, data):
    return wire(name) + struct.pack("!HHIH", number, 1, 60, len(data)) + data


def answers(table, name, qtype):
    out, seen = [], set()
    while name in table and name not in seen:
        seen.add(name)
        follow, many = None, 1
        for words in table[name]:
            if words[0] == "MANY":
                many = int(words[1])
        for words in table[name]:
            if words[0] in TYPES and TYPES[words[0]] == qtype:
                out += [record(name, qtype, rdata(words[0], words[1:]))] * many
            elif words[0] == "HEX" and TYPES[words[1]] == qtype:
                out += [record(name, qtype, bytes.fromhex("".join(words[2:])))] * many
            elif words[0] == "CNAME":
                out.append(record(name, 5, wire(words[1])))
                follow = words[1].lower().strip(".")
            elif words[0] == "LONE-CNAME":
                out.append(record(name, 5, wire(words[1])))
        if follow is None:
            return out, name in table
        name = follow
    return out, name in table


held = {}


def respond(query, udp, peer=None):
    """the packets to answer with: (bytes, from another port?, to whom)"""
    name, kind, options, packets = understand(query, udp)
    packets = [(packet, liar, peer) for packet, liar in packets]
    if not udp or "TOGETHER" not in options:
        return packets
    held.setdefault(name, {})[kind] = packets
    return sum(held.pop(name).values(), []) if len(held[name]) == 2 else []


def understand(query, udp):
    """name, type and options asked about, and the packets to answer with: (bytes, from another port?)"""
    at, labels = 12, []
    while query[at]:
        labels.append(query[at + 1:at + 1 + query[at]].decode("latin-1"))
        at += 1 + query[at]
    question = query[12:at + 5]
    qtype = struct.unpack("!H", query[at + 1:at + 3])[0]
    edns = query[11] == 1
    name = ".".join(labels).lower()
    kind = {v: k for k, v in TYPES.items()}.get(qtype, str(qtype))
    with lock:
        logfile.write("%s %s %s%s\n" % ("udp" if udp else "tcp", name, kind, " edns" if edns else ""))
    table = zone()
    options = {w[0]: w[1:] for w in table.get(name, [])}
    return name, kind, options, packets_for(query, udp, table, name, qtype, kind, question, edns, options)


def packets_for(query, udp, table, name, qtype, kind, question, edns, options):
    if "SILENT" in options and options["SILENT"] in ([], [kind]):
        return []

    def message(code, rrs, flags=0x8180, ident=query[:2], quest=question, count=None):
        n = len(rrs) if count is None else count
        return ident + struct.pack("!HHHHH", flags | code, 1, n, 0, 0) + quest + b"".join(rrs)

    if "CODE" in options and options["CODE"][1:] in ([], [kind]):
        return [(message(int(options["CODE"][0]), []), False)]
    if edns and "NOEDNS" in options:
        return [(message(1, []), False)]
    if edns and "BAREFORM" in options:
        return [(query[:2] + struct.pack("!HHHHH", 0x8181, 0, 0, 0, 0), False)]
    if udp and "TRUNCATE" in options:
        return [(message(0, [], 0x8380), False)]
    rrs, exists = answers(table, name, qtype)
    count = int(options["COUNT"][0]) if "COUNT" in options else None
    true = message(0 if exists else 3, rrs, count=count)
    if "CUT" in options:
        true = true[:-int(options["CUT"][0])]
    out = []
    lie = [record(name, 1, socket.inet_aton("192.0.2.66"))]
    if "WRONG" in options and udp:
        what = options["WRONG"][0]
        if what == "id":
            out.append((message(0, lie, ident=bytes([query[0] ^ 1, query[1]])), False))
        elif what == "question":
            out.append((message(0, lie, quest=wire("other.test") + question[-4:]), False))
        elif what == "source":
            out.append((message(0, lie), True))
    out.append((true, False))
    return out


def over_tcp(conn):
    try:
        with conn, conn.makefile("rb") as stream:
            while True:
                head = stream.read(2)
                if len(head) < 2:
                    return
                for packet, _, _ in respond(stream.read(struct.unpack("!H", head)[0]), False):
                    conn.sendall(struct.pack("!H", len(packet)) + packet)
    except OSError:
        pass


def accept_all(listener):
    while True:
        conn, _ = listener.accept()
        threading.Thread(target=over_tcp, args=(conn,), daemon=True).start()


while True:     # the same port for both
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind((host, int(port)))
    tcp = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        tcp.bind((host, udp.getsockname()[1]))
        break
    except OSError:
        if int(port):
            raise
        udp.close()
tcp.listen(20)
other = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
other.bind((host, 0))
threading.Thread(target=accept_all, args=(tcp,), daemon=True).start()
with open(folder + "/port.new", "w") as f:
    f.write("%d\n" % udp.getsockname()[1])
os.rename(folder + "/port.new", folder + "/port")
while True:
    packet, peer = udp.recvfrom(4096)
    for reply, liar, to in respond(packet, True, peer):
        try:
            (other if liar else udp).sendto(reply, to)
        except OSError:
            pass
