#!/usr/bin/python3 -S
"""fakeauthd.py SOCKET FOLDER - stands in mail-authd's place: PLAIN and LOGIN for ann with the password "secret", and faults

Ann may send as ann@mx.example.org and what she likes in own.example. FOLDER/answer, when it is there, is the reply to
every message about to be queued. FOLDER/fault, read for each login, may say what goes wrong:
    later       "454 4.7.0 come again"
    die         no answer
    mangled     an answer that is none
FOLDER/asked gets a line for each attempt: mechanism, address, flags, bytes of both channel bindings, initial response."""
import base64, os, socket, struct, sys
sys.dont_write_bytecode = True
from unixsocket import listener

path, folder = sys.argv[1:]
SENDERS = b"ann@mx.example.org\n@own.example"


def text(s):
    return struct.pack(">I", len(s)) + s


def string(data):
    n = 4 + struct.unpack(">I", data[:4])[0]
    return data[4:n], data[n:]


def strings(data):
    while data:
        one, data = string(data)
        yield one


def challenge(c, s):
    c.send(b"\1C" + text(s))
    line = c.recv(20000)
    if not line:
        sys.exit()
    return next(strings(line[2:]))


def end(c, status, reply, login=b"", senders=b""):
    c.send(b"\1E" + status + text(reply) + text(login) + text(senders))


def said(name):
    try:
        return open(folder + "/" + name).read().strip()
    except FileNotFoundError:
        return ""


def decode(line):
    return b"" if line == b"=" else base64.b64decode(line, validate=True)


def ask(c, mechanism, first):
    if mechanism == "PLAIN":
        return decode(challenge(c, b"") if first is None else first).split(b"\0")[1:]
    name = decode(challenge(c, base64.b64encode(b"Username:")) if first is None else first)
    return [name, decode(challenge(c, base64.b64encode(b"Password:")))]


def attempt(c):
    data = c.recv(20000)
    mechanism, rest = string(data[2:])
    ip, rest = string(rest)
    endpoint, exporter, first = strings(rest[1:])
    with open(folder + "/asked", "a") as f:
        print(mechanism.decode(), ip.decode(), rest[0], len(endpoint), len(exporter), first.decode() or "-", file=f)
    fault = said("fault")
    if fault == "later":
        end(c, b"Z", b"454 4.7.0 come again")
    elif fault == "mangled":
        c.send(b"\1E")
    elif fault != "die":
        try:
            who = ask(c, mechanism.decode().upper(), first if rest[0] & 4 else None)
        except ValueError:
            end(c, b"D", b"501 5.5.2 this is no base64")
            return
        if who != [b"ann", b"secret"]:
            end(c, b"D", b"535 5.7.8 this is not it")
            return
        end(c, b"K", b"235 2.7.0 welcome", b"ann", SENDERS)
        while c.recv(100):
            end(c, *((b"Z", said("answer").encode()) if said("answer") else (b"K", b"235 2.7.0 counted")))


server = listener(path, socket.SOCK_SEQPACKET)
while True:
    c = server.accept()[0]
    if not os.fork():
        server.close()
        if not os.fork():
            attempt(c)
        os._exit(0)
    c.close()
    os.wait()
