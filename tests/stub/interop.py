#!/usr/bin/python3 -S
"""interop.py send PORT DOMAIN - a set of messages to the SMTP server on 127.0.0.1, for recipients r1 to r5 of DOMAIN
interop.py count - how many copies of them must arrive
interop.py check FOLDER - are all there, once for each recipient, and bit for bit from the first field of the header on?

The first field of each is X-Case: what stands above it is trace, which every host may add. Fields that hosts add where
they are missing (Date, From, Message-ID) are there. A header without a body may get the empty line behind it: Exim does
that.
"""
import os, socket, sys

HEAD = (b"From: Ann <ann@bulkhead.example>\nTo: r1@peer.example\nDate: Fri, 20 Nov 2026 12:00:00 +0000\n"
        b"Message-ID: <%s@load.example>\nSubject: %s\n")
LINE = b"The quick brown fox jumps over the lazy dog; 0123456789.\n"
CASES = {
    # name: text from the blank line on, number of recipients
    "plain": (b"\none line\n", 1),
    "dots": (b"\n.\n..\n...\n. a\n.a\n a.\n.\n\n.\n", 1),
    "dots-first": (b"\n.QUIT\n.\n", 1),
    "eight-bit": (b"\n" + bytes(range(128, 256)) + b"\n\xc3\xa4\xff\xfe.\n", 1),
    "long-lines": (b"\n" + b"x" * 998 + b"\n." + b"y" * 997 + b"\nz\n", 1),
    "header-only": (b"", 1),
    "empty": (b"\n", 1),
    "blank-lines": (b"\n\n\n\n\n", 1),
    "blanks": (b"\n \n\t\n  a  \nb\t\n", 1),
    "controls": (b"\n\x01\x08\x0b\x0c\x1b\x7f\n", 1),
    "from-lines": (b"\nFrom a\n>From b\n", 1),
    "commands": (b"\nQUIT\nRSET\nMAIL FROM:<x@y>\n", 1),
    "folded": (b"X-Folded: a\n b\n\tc\n\ntext\n", 1),
    "several": (b"\nto five\n", 5),
    "megabyte": (b"\n" + LINE * (1048576 // len(LINE)), 1),
}


def text(name):
    head = b"X-Case: " + name.encode() + b"\n"
    if name == "eight-bit":
        head += b"MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n"
    return head + HEAD % (name.encode(), name.encode()) + CASES[name][0]


def send(port, domain):
    s = socket.create_connection(("127.0.0.1", port))
    f = s.makefile("rb")

    def say(line, want):
        if line is not None:
            s.sendall(line)
        while True:
            reply = f.readline()
            if reply[3:4] != b"-":
                break
        if not reply.startswith(want):
            sys.exit("%r was answered %r" % (line and line[:60], reply))

    say(None, b"220")
    say(b"EHLO load.example\r\n", b"250")
    for name in CASES:
        body = b" BODY=8BITMIME" if name == "eight-bit" else b""
        say(b"MAIL FROM:<ann@load.example>" + body + b"\r\n", b"250")
        for i in range(CASES[name][1]):
            say(b"RCPT TO:<r%d@%s>\r\n" % (i + 1, domain.encode()), b"250")
        say(b"DATA\r\n", b"354")
        lines = text(name).split(b"\n")[:-1]
        say(b"".join((b"." if l[:1] == b"." else b"") + l + b"\r\n" for l in lines) + b".\r\n", b"250")
    say(b"QUIT\r\n", b"221")


def count():
    return sum(n for _, n in CASES.values())


def check(folder):
    seen, bad = {}, 0
    for name in os.listdir(folder):
        data = open(os.path.join(folder, name), "rb").read()
        at = data.find(b"X-Case: ")
        case = data[at + 8:].split(b"\n")[0].decode("latin1") if at >= 0 else ""
        seen[case] = seen.get(case, 0) + 1
        same = case in CASES and data[at:] in (text(case), text(case) + b"\n" * (case == "header-only"))
        if not same:
            bad += 1
            print("%s is not as it was sent: %r" % (case or "a message", data[at:][:400]))
    for case, (_, n) in CASES.items():
        if seen.get(case) != n:
            bad += 1
            print("%s: %d copies, not %d" % (case, seen.get(case, 0), n))
    return bad


if sys.argv[1] == "send":
    send(int(sys.argv[2]), sys.argv[3])
elif sys.argv[1] == "count":
    print(count())
else:
    sys.exit(1 if check(sys.argv[2]) else 0)
