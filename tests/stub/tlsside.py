"""tlsside.py - for tlsd.py and tlsout.py, mail-tlsd's side of door/tls.h and the bytes that go both ways; texts for tlsdoor.py"""

import array, select, socket, ssl, struct


def text(s):
    b = s if isinstance(s, bytes) else s.encode()
    return struct.pack("!I", len(b)) + b


def record(body):
    return struct.pack("!I", len(body)) + body


def take(sock, n):
    b = b""
    while len(b) < n:
        more = sock.recv(n - len(b))
        if not more:
            raise EOFError
        b += more
    return b


def request(sock):
    """A record, and the descriptors that come with its first byte."""
    fds = array.array("i")
    head, ancillary, _, _ = sock.recvmsg(4, socket.CMSG_SPACE(fds.itemsize))
    for _, _, data in ancillary:
        fds.frombytes(data[:fds.itemsize])
    head += take(sock, 4 - len(head))
    return take(sock, struct.unpack("!I", head)[0]), fds


def fields(body):
    """Of a request: seconds, check, name, names, CA."""
    found, at = [struct.unpack("!I", body[1:5])[0], chr(body[5])], 6
    while at < len(body):
        n = struct.unpack("!I", body[at:at + 4])[0]
        found.append(body[at + 4:at + 4 + n].decode())
        at += 4 + n
    return found


def answer(sock, status, words="", tls=None, verified=0, fingerprint=""):
    version, cipher = (tls.version(), tls.cipher()[0]) if tls else ("", "")
    texts = (words, version, cipher, "", "", fingerprint, "", "")
    sock.sendall(record(bytes([1]) + status.encode() + bytes([verified]) + b"".join(map(text, texts))))


def receive(tls):
    """What the other side said; None: nothing but what is TLS's own."""
    tls.settimeout(0)
    try:
        return tls.recv(16384)
    except ssl.SSLWantReadError:
        return None
    finally:
        tls.settimeout(None)


def pump(plain, tls, most=None):
    """Both ways until one ends, or until the other side has said so many bytes."""
    plain.settimeout(None)
    while most != 0:
        ready = [tls] if tls.pending() else select.select([plain, tls], [], [])[0]
        for s in ready:
            data = receive(s) if s is tls else s.recv(16384)
            if data is None:
                continue
            if s is tls and most is not None:
                data = data[:most]
                most -= len(data)
            if not data:
                return
            (tls if s is plain else plain).sendall(data)
