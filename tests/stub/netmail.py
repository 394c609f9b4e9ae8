#!/usr/bin/python3 -S
"""netmail.py - requests and answers of QMTP and QMQP, for tests

    netmail.py qmtp MESSAGE SENDER RECIPIENT...       a request; the message comes with its first byte, LF or CR
    netmail.py qmqp MESSAGE SENDER RECIPIENT...
    netmail.py ask PROGRAM [-MODE] < REQUESTS         a connection with all of it: one answer a line, then the exit
                                                      status; -bytes sends byte by byte, -hold leaves its side open
    netmail.py each PROGRAM < LINES                   a connection for each line, which is "qmtp MESSAGE SENDER
                                                      RECIPIENT..." or "raw BYTES": its answers in a line
    netmail.py cuts PROGRAM < REQUEST                 sends every true beginning of it, closing behind it, and all cuts
                                                      in two: prints where the answer is not none, or not the same
    netmail.py random PROGRAM N                       N connections of random bytes, most of them nearly requests:
                                                      prints every exit status but 0

Words have the escapes of Python's strings; <> is an empty one."""
import random, re, socket, subprocess, sys, time


def ns(b):
    return b"%d:%s," % (len(b), b)


def qmtp(message, sender, recipients):
    return ns(message) + ns(sender) + ns(b"".join(map(ns, recipients)))


def qmqp(message, sender, recipients):
    return ns(ns(message) + ns(sender) + b"".join(map(ns, recipients)))


def answers(b):
    while True:
        m = re.match(rb"(\d+):", b)
        if not m or len(b) <= m.end() + int(m[1]) or b[m.end() + int(m[1])] != 44:
            return
        yield b[m.end():m.end() + int(m[1])].decode("latin-1")
        b = b[m.end() + int(m[1]) + 1:]


def word(s):
    return b"" if s == "<>" else s.encode().decode("unicode_escape").encode("latin-1")


def request(words):
    if words[0] == "raw":
        return word(words[1])
    words = [words[0]] + [word(w) for w in words[1:]]
    return {"qmtp": qmtp, "qmqp": qmqp}[words[0]](words[1], words[2], words[3:])


def talk(program, *pieces, hold=False, log=subprocess.DEVNULL):
    ours, theirs = socket.socketpair()
    p = subprocess.Popen([program], stdin=theirs, stdout=theirs, stderr=log)
    theirs.close()
    ours.settimeout(20)
    got = b""
    try:
        for piece in pieces:
            ours.sendall(piece)
            if len(pieces) > 1:
                time.sleep(0.001)
        if not hold:
            ours.shutdown(socket.SHUT_WR)
    except OSError:
        pass
    try:
        while more := ours.recv(65536):
            got += more
    except ConnectionError:
        pass
    ours.close()
    return got, p.wait(timeout=20)


def nearly(r):
    pick = lambda *a: r.choice(a)
    text = lambda: bytes(r.choice(b"a@.b\r\n\0:,09 ") for _ in range(r.randrange(12)))
    message = pick(b"\na\n", b"\nb", b"\ra\r\n", pick(b"\n", b"\r", b"", b"x") + text(), b"\n" + b"Received: x\n" * 120)
    sender = pick(b"", b"a@b.example", b"a@b.example", text())
    rcpts = [pick(b"yes@mx.example.org", b"yes@mx.example.org", b"no@mx.example.org", b"x@other.example", text()) for _ in range(r.randrange(5))]
    data = bytearray(pick(qmtp, qmqp)(message, sender, rcpts) * r.randrange(1, 3))
    for _ in range(r.choice((0, 0, 1, 1, 2, 5))):
        i = r.randrange(len(data))
        what = r.randrange(4)
        if what == 0: data[i] = r.randrange(256)
        elif what == 1: del data[i]
        elif what == 2: data.insert(i, r.choice(b"0123456789:,"))
        elif i: del data[i:]
    return bytes(data) or b":"


def main():
    out, what = sys.stdout.buffer, sys.argv[1]
    if what in ("qmtp", "qmqp"):
        out.write(request(sys.argv[1:]))
    elif what == "ask":
        data = sys.stdin.buffer.read()
        mode = sys.argv[3] if len(sys.argv) > 3 else ""
        pieces = [data[i:i + 1] for i in range(len(data))] if mode == "-bytes" else [data]
        got, code = talk(sys.argv[2], *pieces, hold=mode == "-hold", log=None)
        for a in answers(got):
            print(a)
        print("exit", code)
    elif what == "each":
        for line in sys.stdin:
            got, code = talk(sys.argv[2], request(line.rstrip("\n").split(" ")), log=None)
            print(" | ".join(answers(got)), code or "")
    elif what == "cuts":
        data = sys.stdin.buffer.read()
        for n in range(len(data)):
            got, code = talk(sys.argv[2], data[:n])
            if got or code:
                print(n, got, code)
        for n in range(1, len(data)):
            got, code = talk(sys.argv[2], data[:n], data[n:])
            if code or not all(a[0] == "K" for a in answers(got)) or not got:
                print("cut", n, got, code)
    elif what == "random":
        r = random.Random(4711)
        for i in range(int(sys.argv[3])):
            data = nearly(r)
            got, code = talk(sys.argv[2], data)
            if code:
                print(code, data)


if __name__ == "__main__":
    main()
