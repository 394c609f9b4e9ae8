#!/usr/bin/python3 -S
"""queued.py SOCKET DIR [CODE TEXT] - plays mail-queued: keeps each message as DIR/N.mess and DIR/N.env and answers
CODE (0) with TEXT (an ID). Written without a look at door/submit.c, from door/submit.h alone."""
import os, struct, sys
sys.dont_write_bytecode = True
from unixsocket import listener

path, out = sys.argv[1], sys.argv[2]
code = int(sys.argv[3]) if len(sys.argv) > 3 else 0
text = (sys.argv[4] if len(sys.argv) > 4 else "0" * 26).encode()
os.makedirs(out, exist_ok=True)
server = listener(path)
count = 0


def exactly(f, n):
    data = f.read(n)
    if len(data) < n:
        raise EOFError
    return data


def message(f):
    exactly(f, exactly(f, 1)[0])
    body = b""
    while True:
        n, = struct.unpack(">I", exactly(f, 4))
        if n == 0xffffffff:
            return None
        if n == 0:
            break
        body += exactly(f, n)
    n, = struct.unpack(">I", exactly(f, 4))
    return body, exactly(f, n)


while True:
    conn, _ = server.accept()
    f = conn.makefile("rb")
    try:
        assert exactly(f, 1) == b"\1"
        while True:
            assert exactly(f, 1) == b"M"
            got = message(f)
            if not got:
                continue
            count += 1
            open("%s/%d.mess" % (out, count), "wb").write(got[0])
            open("%s/%d.env" % (out, count), "wb").write(got[1])
            conn.sendall(bytes([code, len(text)]) + text)
    except (EOFError, AssertionError, ConnectionError):
        pass
    conn.close()
