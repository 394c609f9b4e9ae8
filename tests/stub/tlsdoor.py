"""tlsdoor.py - what mail-smtpd and mail-remote do at the door to mail-tlsd (src/door/tls.h), for tests

    tlsdoor.py out HOME PORT [FIELD=VALUE...]   a connection to PORT is handed to mail-tlsd -c; then descriptor 0 goes to
                                                the plain side and what comes from there is printed
    tlsdoor.py in HOME PORT-FILE [seconds=N]    each connection to a port of its own is handed to mail-tlsd -s; what comes
                                                on the plain side is answered: big N, slow N, shut, else the line again

Prints the result's fields, one a line, "end" when the plain side has ended, and what is wrong. Fields of a request:
seconds, check (A, N, F), name, names, ca. With keep=1 the plain side is not shut down at the end of descriptor 0.
"""

import array
import os
import socket
import struct
import sys
import threading

FIELDS = ["text", "version", "cipher", "group", "sni", "fingerprint", "endpoint", "exporter"]


def say(*words):
    print(*words, flush=True)


def text(s):
    b = s.encode()
    return struct.pack(">I", len(b)) + b


def take(sock, n):
    got = b""
    while len(got) < n:
        more = sock.recv(n - len(got))
        if not more:
            raise EOFError
        got += more
    return got


def result(sock):
    """The fields of the next result record."""
    body = take(sock, struct.unpack(">I", take(sock, 4))[0])
    r = {"status": chr(body[1]), "verified": body[2]}
    at = 3
    for f in FIELDS:
        n = struct.unpack(">I", body[at:at + 4])[0]
        value = body[at + 4:at + 4 + n]
        r[f] = value.hex() if f in ("endpoint", "exporter") else value.decode()
        at += 4 + n
    return r


def ask(door, connection, seconds=60, check="A", name="", names="", ca=""):
    body = struct.pack(">BIB", 1, int(seconds), ord(check)) + text(name) + text(names) + text(ca)
    door.sendmsg([struct.pack(">I", len(body)) + body],
                 [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [connection.fileno()]))])
    r = result(door)
    connection.close()
    return r


def reach(home, side):
    door = socket.socket(socket.AF_UNIX)
    door.connect(f"{home}/run/{side}/tls")
    return door


def show(r):
    for f in ["status", "verified"] + FIELDS:
        say(f"{f}={r[f]}")


def out(home, port, fields):
    connection = socket.create_connection(("127.0.0.1", int(port)))
    door = reach(home, "tlsout")
    try:
        r = ask(door, connection, **fields)
    except (EOFError, ConnectionError) as e:
        say("no result:", type(e).__name__)
        return
    show(r)
    if r["status"] != "K":
        say("end" if not door.recv(1) else "more behind a failure")
        return

    def send():
        for line in sys.stdin.buffer:
            door.sendall(line)
        if fields_of_stub.get("keep") is None:
            door.shutdown(socket.SHUT_WR)
    threading.Thread(target=send, daemon=True).start()
    try:
        while got := door.recv(65536):
            os.write(1, got)
        say("end")
    except ConnectionError as e:
        say("broken:", e)


fields_of_stub = {}


def answer(door):
    f = door.makefile("rb")
    for line in f:
        words = line.split()
        if words[:1] == [b"big"]:
            door.sendall(b"x" * int(words[1]))
        elif words[:1] == [b"shut"]:
            door.shutdown(socket.SHUT_WR)
        elif words[:1] == [b"close"]:
            return
        else:
            door.sendall(line)
    say("end")


def serve(home, connection, fields):
    door = reach(home, "tlsin")
    try:
        ready = result(door)
        if ready["status"] != "R":
            show(ready)
            return
        r = ask(door, connection, **fields)
        show(r)
        if r["status"] == "K":
            answer(door)
    except (EOFError, ConnectionError) as e:
        say("no result:", type(e).__name__)
    finally:
        door.close()
        connection.close()


def into(home, port_file, fields):
    listener = socket.create_server(("127.0.0.1", 0))
    with open(port_file + ".new", "w") as f:
        f.write(str(listener.getsockname()[1]))
    os.rename(port_file + ".new", port_file)
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=serve, args=(home, connection, fields), daemon=True).start()


def main():
    side, home, where, *rest = sys.argv[1:]
    fields = dict(a.split("=", 1) for a in rest)
    for own in ("keep",):
        if own in fields:
            fields_of_stub[own] = fields.pop(own)
    {"out": out, "in": into}[side](home, where, fields)


if __name__ == "__main__":
    main()
