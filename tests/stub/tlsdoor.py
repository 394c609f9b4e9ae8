"""tlsdoor.py - what mail-smtpd and mail-remote do at the door to mail-tlsd (src/door/tls.h), for tests

    tlsdoor.py out HOME PORT [FIELD=VALUE...]   a connection to PORT is handed to mail-tlsd -c; then descriptor 0 goes to
                                                the plain side and what comes from there is printed
    tlsdoor.py in HOME PORT-FILE [seconds=N]    each connection to a port of its own is handed to mail-tlsd -s; what comes
                                                on the plain side is answered: big N, slow N, shut, else the line again

    tlsdoor.py scram HOME in|out WORD...        what mail-remote asks by the other door (src/door/scram.h): begin:LOGIN:PASSWORD,
                                                said:LINE, challenge:N (with the right nonce and N iterations), with:LINE (and
                                                a descriptor), raw:HEX; each answer is printed, or "end"
    tlsdoor.py held HOME in|out CERT KEY        how many bytes mail-tlsd holds when who gets them does not read

Prints the result's fields, one a line, "end" when the plain side has ended, and what is wrong. Fields of a request:
seconds, check (A, N, F), name, names, ca. With keep=1 the plain side is not shut down at the end of descriptor 0.
"""

import array
import base64
import fcntl
import os
import select
import socket
import ssl
import struct
import sys
import termios
import threading

sys.dont_write_bytecode = True
from tlsside import take, text

FIELDS = ["text", "version", "cipher", "group", "sni", "fingerprint", "endpoint", "exporter"]


def say(*words):
    print(*words, flush=True)


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


def request(door, connection, seconds=60, check="A", name="", names="", ca=""):
    body = struct.pack(">BIB", 1, int(seconds), ord(check)) + text(name) + text(names) + text(ca)
    door.sendmsg([struct.pack(">I", len(body)) + body],
                 [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [connection.fileno()]))])


def ask(door, connection, **fields):
    request(door, connection, **fields)
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


def queued(sock, what):
    return struct.unpack("i", fcntl.ioctl(sock, what, bytes(4)))[0]


def fill(tls):
    """Bytes that it takes, until it has taken none for a second; a record of which some has gone is whole."""
    tls.setblocking(False)
    n = begun = 0
    while select.select([], [tls], [], 1)[1]:
        try:
            n += tls.send(b"x" * 16384)
            begun = 0
        except ssl.SSLWantWriteError:
            begun = 16384
    return n + begun


def fill_door(door):
    n = 0
    try:
        while True:
            n += door.send(b"x" * 1024)
    except BlockingIOError:
        return n


def waiting(door):
    """What waits in a Unix socket that got 1024 bytes at a time: the kernel tells the memory that it takes."""
    here, _ = socket.socketpair()
    here.send(b"x" * 1024)
    return queued(door, termios.TIOCOUTQ) // queued(here, termios.TIOCOUTQ) * 1024


def held(home, side, cert, key):
    """What was taken, without what waits in sockets. The plain side is full before the handshake begins."""
    listener = socket.create_server(("127.0.0.1", 0))
    peer = socket.socket()
    for s in (listener, peer):
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16384)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 16384)
    peer.connect(listener.getsockname())
    connection = listener.accept()[0]
    door = reach(home, "tls" + side)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", 1, 0))
    n = 0
    if side == "in":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        result(door)
        request(door, connection)
    else:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert, key)
        request(door, connection)
        n = fill_door(door)
    tls = context.wrap_socket(peer, server_side=side == "out")
    result(door)
    if side == "in":
        n += fill(tls) - queued(tls, termios.TIOCOUTQ) - queued(connection, termios.FIONREAD) - queued(door, termios.FIONREAD)
    else:
        n += fill_door(door) - waiting(door) - queued(connection, termios.TIOCOUTQ) - queued(tls, termios.FIONREAD)
    say(f"held={n}")


def exchange(home, side, words):
    door, first, passed = reach(home, "tls" + side), b"", []
    for word in words:
        kind, _, rest = word.partition(":")
        if kind == "challenge":
            nonce = base64.b64decode(first).partition(b",r=")[2].decode()
            rest = base64.b64encode(f"r={nonce}more,s=c2FsdA==,i={rest}".encode()).decode()
        body = bytes.fromhex(rest) if kind == "raw" else \
            b"\x81B" + b"".join(text(s) for s in rest.split(":")) if kind == "begin" else b"\x81S" + text(rest)
        if kind == "with":
            passed = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [door.fileno()]))]
        try:
            door.sendmsg([struct.pack(">I", len(body)) + body], passed)
            answer = take(door, struct.unpack(">I", take(door, 4))[0])
        except (EOFError, ConnectionError):
            say("end")
            return
        first = first or answer[6:]
        say(answer[1:2].decode(), answer[6:].decode())
    goes_on = answer[1:2] == b"C" and not select.select([door], [], [], 0)[0]
    say("waits" if goes_on else "more" if door.recv(1) else "end")


def main():
    side, home, where, *rest = sys.argv[1:]
    if side == "scram":
        exchange(home, where, rest)
        return
    if side == "held":
        held(home, where, *rest)
        return
    fields = dict(a.split("=", 1) for a in rest)
    for own in ("keep",):
        if own in fields:
            fields_of_stub[own] = fields.pop(own)
    {"out": out, "in": into}[side](home, where, fields)


if __name__ == "__main__":
    main()
