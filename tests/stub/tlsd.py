#!/usr/bin/python3 -S
"""tlsd.py SOCKET FOLDER - stands in mail-tlsd's place, for its faults

Listens on SOCKET; with FOLDER/cert and FOLDER/key (PEM) it does handshakes and copies both ways. FOLDER/mode, read for
each connection, may say what goes wrong:
    unready     the connection is closed before it is ready
    later       a result TLS_LATER in the place of a handshake
    die         the process ends when the request has come
    mangled     a result that is none
    cut         it ends in the middle of the session, after the client's first bytes
    mute        no answer to the request"""
import array, os, select, socket, ssl, struct, sys, time

path, folder = sys.argv[1:]


def text(s):
    return struct.pack(">I", len(s)) + s


def result(status, words=b"", version=b"", cipher=b""):
    body = b"\1" + status + b"\0" + b"".join(map(text, (words, version, cipher, b"", b"", b"", b"", b"")))
    return struct.pack(">I", len(body)) + body


def request(c):
    data, fds = b"", array.array("i")
    while len(data) < 4 or len(data) < 4 + struct.unpack(">I", data[:4])[0]:
        more, extra, _, _ = c.recvmsg(4096, 64)
        if not more:
            sys.exit()
        data += more
        for level, kind, value in extra:
            fds.frombytes(value[:len(value) // 4 * 4])
    return socket.socket(fileno=fds[0]), struct.unpack(">I", data[5:9])[0]


def shake(network, seconds):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder + "/cert", folder + "/key")
    network.settimeout(seconds)
    tls = context.wrap_socket(network, server_side=True)
    tls.settimeout(None)
    return tls


def pump(plain, tls, cut):
    while True:
        ready = [tls] if tls.pending() else select.select([plain, tls], [], [])[0]
        for s in ready:
            data = s.recv(16384)
            if not data:
                return
            (tls if s is plain else plain).sendall(data)
            if cut and s is tls:
                return


def serve(c, mode):
    if mode == "unready":
        return
    c.sendall(result(b"R"))
    network, seconds = request(c)
    if mode == "die":
        return
    if mode == "mute":
        time.sleep(600)
    if mode == "later":
        c.sendall(result(b"Z", b"no key now"))
        return
    if mode == "mangled":
        c.sendall(b"\0\0\0\2\1K")
        return
    try:
        tls = shake(network, seconds)
    except OSError as e:
        c.sendall(result(b"D", b"failed: " + type(e).__name__.encode()))
        return
    c.sendall(result(b"K", b"", tls.version().encode(), tls.cipher()[0].encode()))
    try:
        pump(c, tls, mode == "cut")
    except OSError:
        pass


def mode():
    try:
        return open(folder + "/mode").read().strip()
    except FileNotFoundError:
        return ""


if os.path.exists(path):
    os.unlink(path)
server = socket.socket(socket.AF_UNIX)
server.bind(path)
os.chmod(path, 0o666)
server.listen(50)
while True:
    c = server.accept()[0]
    if not os.fork():
        server.close()
        if not os.fork():
            serve(c, mode())
        os._exit(0)
    c.close()
    os.wait()
