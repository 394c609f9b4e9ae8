#!/usr/bin/python3 -S
"""visitors.py PORT COMMAND ADDRESS... - SMTP clients from addresses of this host, for tests of who is let in

    greet ADDRESS                   how a connection begins: a line, or "closed"
    say ADDRESS LINE...             the last line of the reply to each, the greeting first
    mail ADDRESS RECIPIENT [TEXT]   one message: the reply to its end, or the first that is none of success
    honest ADDRESS RECIPIENT SECONDS [CLOCK]    messages one after another, each on a connection of its own, tried again
                                    when one is refused or the connection breaks, for so long and until there are two:
                                    how many came through, and the longest time in ms between two that did. CLOCK: a file that grows by a byte for each
    hold ADDRESS N FILE             N connections at once; how many were greeted with which code, as a line of FILE; then
                                    the codes that come later, a line each, until all are closed
    drip ADDRESS N                  N connections that send a byte in every tenth of a second, and no end of a line
    reset ADDRESS N                 N connections, reset at once
    quit ADDRESS N                  N connections one after another that only say QUIT: how many were greeted with which code
    ask ADDRESS < BYTES             one connection, of any protocol: sends the bytes, ends its side, shows what comes

An IPv6 address connects to ::1, others to 127.0.0.1."""
import collections, select, socket, struct, sys, time

port, command, source = int(sys.argv[1]), sys.argv[2], sys.argv[3]
rest = sys.argv[4:]
PATIENCE = 60


def connect():
    six = ":" in source
    s = socket.socket(socket.AF_INET6 if six else socket.AF_INET)
    s.settimeout(PATIENCE)
    s.bind((source, 0))
    s.connect(("::1" if six else "127.0.0.1", port))
    return s


class Dialogue:
    def __init__(self):
        self.s = connect()
        self.f = self.s.makefile("rwb")

    def reply(self):
        """The last line, without its end; "closed" where there is none."""
        while True:
            try:
                line = self.f.readline()
            except OSError:
                return "closed"
            if not line.endswith(b"\n"):
                return "closed"
            if line[3:4] != b"-":
                return line.decode().rstrip()

    def say(self, line):
        try:
            self.f.write(line.encode() + b"\r\n")
            self.f.flush()
        except OSError:
            return "closed"
        return self.reply()

    def close(self):
        try:
            self.f.close()
        except OSError:
            pass
        self.s.close()


def mail(recipient, text="x"):
    d = Dialogue()
    try:
        r = d.reply()
        for line in ("EHLO c.example", "MAIL FROM:<a@b.example>", f"RCPT TO:<{recipient}>", "DATA"):
            if r[0] not in "23":
                return r
            r = d.say(line)
        if r[0] == "3":
            r = d.say(f"Subject: x\r\n\r\n{text}\r\n.")
            d.say("QUIT")
        return r
    finally:
        d.close()


def honest(recipient, seconds, clock=None):
    begin, last, done, longest = time.monotonic(), time.monotonic(), 0, 0
    while time.monotonic() < begin + float(seconds) or done < 2 and time.monotonic() < begin + PATIENCE:
        try:
            good = mail(recipient).startswith("250")
        except OSError:
            good = False
        now = time.monotonic()
        longest = max(longest, now - last)
        if not good:
            time.sleep(0.05)
            continue
        last, done = now, done + 1
        if clock:
            with open(clock, "a") as f:
                f.write("x")
    return f"{done} {int(longest * 1000)}"


def hold(n, name):
    held = [connect() for _ in range(int(n))]
    codes = collections.Counter(s.recv(500)[:3].decode() for s in held)
    with open(name, "w") as f:
        print(*(f"{c or 'closed'}:{k}" for c, k in sorted(codes.items())), file=f, flush=True)
        while held:
            for s in select.select(held, [], [])[0]:
                try:
                    r = s.recv(500)
                except OSError:
                    r = b""
                if r:
                    print(r[:3].decode(), file=f, flush=True)
                else:
                    held.remove(s)
                    s.close()


def drip(n):
    held = [connect() for _ in range(int(n))]
    while True:
        for s in held:
            try:
                s.send(b"x")
            except OSError:
                pass
        time.sleep(0.1)


def reset(n):
    held = [connect() for _ in range(int(n))]
    for s in held:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        s.close()


def leave(n):
    codes = collections.Counter()
    for _ in range(int(n)):
        d = Dialogue()
        codes[d.reply()[:3]] += 1
        d.say("QUIT")
        d.close()
    return " ".join(f"{c}:{k}" for c, k in sorted(codes.items()))


def ask():
    s = connect()
    s.sendall(sys.stdin.buffer.read())
    s.shutdown(socket.SHUT_WR)
    while r := s.recv(65536):
        sys.stdout.buffer.write(r)


if command == "greet":
    print(Dialogue().reply())
elif command == "say":
    d = Dialogue()
    print(d.reply())
    for line in rest:
        print(d.say(line))
elif command == "mail":
    print(mail(*rest))
elif command == "honest":
    print(honest(*rest))
elif command == "hold":
    hold(*rest)
elif command == "drip":
    drip(*rest)
elif command == "reset":
    reset(*rest)
elif command == "quit":
    print(leave(*rest))
elif command == "ask":
    ask()
else:
    sys.exit(f"no such command: {command}")
