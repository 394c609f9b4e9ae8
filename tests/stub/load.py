#!/usr/bin/python3 -S
"""load.py HOST PORT SESSIONS COUNT DOMAIN LEDGER - send COUNT different messages, keep a ledger of the accepted ones

Message n goes to n@DOMAIN; its body is random (dots, 8-bit bytes, empty and long lines) up to its last line, and a
header tells n and the body's SHA-256, so that who gets it can tell loss, damage and repetition. A message that is not accepted is
tried again, until 120 seconds are over; only a final 250 puts n into the ledger.
"""
import hashlib, random, socket, sys, threading, time

host, port, sessions, count, domain, ledger = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), sys.argv[5], sys.argv[6]
numbers = iter(range(1, count + 1))
lock = threading.Lock()
out = open(ledger, "w")
end = time.monotonic() + 120


def body(n):
    r = random.Random(n)
    lines = []
    for _ in range(r.randrange(1, 60)):
        kind = r.randrange(6)
        if kind == 0:
            lines.append(b"." * r.randrange(0, 4))
        elif kind == 1:
            lines.append(bytes(r.choice(range(128, 256)) for _ in range(r.randrange(0, 80))))
        elif kind == 2:
            lines.append(b"x" * r.randrange(0, 990))
        else:
            lines.append(bytes(r.choice(range(32, 127)) for _ in range(r.randrange(0, 100))))
    return b"".join(l + b"\n" for l in lines) + b"end of the message\n"


class Session:
    def __init__(self):
        self.s = socket.create_connection((host, port), timeout=30)
        self.f = self.s.makefile("rb")
        self.expect(b"220")
        self.say(b"EHLO load.example", b"250")

    def expect(self, code):
        while True:
            line = self.f.readline()
            if not line:
                raise OSError("closed")
            if line[3:4] != b"-":
                break
        if not line.startswith(code):
            raise OSError(line)

    def say(self, line, code):
        self.s.sendall(line + b"\r\n")
        self.expect(code)

    def send(self, n):
        b = body(n)
        head = b"X-Load: %d %s\nSubject: load\n\n" % (n, hashlib.sha256(b).hexdigest().encode())
        wire = b"".join((b"." if l.startswith(b".") else b"") + l + b"\r\n" for l in (head + b).split(b"\n")[:-1])
        self.say(b"MAIL FROM:<load@load.example>", b"250")
        self.say(b"RCPT TO:<%d@%s>" % (n, domain.encode()), b"250")
        self.say(b"DATA", b"354")
        self.s.sendall(wire + b".\r\n")
        self.expect(b"250")

    def close(self):
        self.s.close()


def work():
    session = None
    while True:
        with lock:
            n = next(numbers, None)
        if n is None:
            return
        while time.monotonic() < end:
            try:
                session = session or Session()
                session.send(n)
                with lock:
                    out.write("%d\n" % n)
                    out.flush()
                break
            except OSError:
                if session:
                    session.close()
                session = None
                time.sleep(0.1)
        if session and random.random() < 0.3:
            session.close()
            session = None


threads = [threading.Thread(target=work) for _ in range(sessions)]
for t in threads:
    t.start()
for t in threads:
    t.join()
