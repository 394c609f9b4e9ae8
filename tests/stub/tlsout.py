#!/usr/bin/python3 -S
"""tlsout.py PATH DIR - plays mail-tlsd -c (door/tls.h) at the Unix socket PATH, with Python's ssl

It knows nothing of door/scram.h, and leaves who asks for that. DIR/ca.pem has the CAs that count without a file of the request's. DIR/asked gets a line for each request: "CHECK NAME|NAMES|CA".
DIR/mode, read anew for each connection, says what to do in place of the whole: "die" (without an answer), "later", "lie" (done, and
not verified), "mute" (no answer), "half" (who asks for SCRAM gets one
answer), "drop N" (after so many bytes of the host's behind the handshake).
"""
import array, hashlib, os, select, socket, ssl, struct, sys, threading

path, folder = sys.argv[1:]


def text(s):
    b = s if isinstance(s, bytes) else s.encode("latin-1", "replace")
    return struct.pack("!I", len(b)) + b


def take(sock, n):
    b = b""
    while len(b) < n:
        more = sock.recv(n - len(b))
        if not more:
            raise EOFError
        b += more
    return b


def request(sock, mode):
    """the record, and the descriptor that comes with its first byte"""
    fds = array.array("i")
    head, ancillary, _, _ = sock.recvmsg(4, socket.CMSG_SPACE(fds.itemsize))
    for _, _, data in ancillary:
        fds.frombytes(data[:fds.itemsize])
    head += take(sock, 4 - len(head))
    b = take(sock, struct.unpack("!I", head)[0])
    if b[0] != 1 or len(fds) != 1:
        if mode == "half":
            b = b"\x81C" + text("biws")
            sock.sendall(struct.pack("!I", len(b)) + b)
        raise EOFError
    seconds, check, at, texts = struct.unpack("!I", b[1:5])[0], chr(b[5]), 6, []
    while at < len(b):
        n = struct.unpack("!I", b[at:at + 4])[0]
        texts.append(b[at + 4:at + 4 + n].decode())
        at += 4 + n
    return [seconds, check] + texts, socket.socket(fileno=fds[0])


def answer(sock, status, verified=0, words="", version="", cipher="", fingerprint=""):
    b = bytes([1]) + status.encode() + bytes([verified])
    b += b"".join(text(s) for s in (words, version, cipher, "", "", fingerprint, b"", b""))
    sock.sendall(struct.pack("!I", len(b)) + b)


def names_of(cert):
    return [value.lower() for kind, value in cert.get("subjectAltName", ()) if kind == "DNS"]


def fits(wanted, names):
    return any(n == w or (w[0] == "." and n.partition(".")[2] == w[1:]) for w in wanted for n in names)


def handshake(net, seconds, check, name, names, ca):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_REQUIRED if check == "N" else ssl.CERT_NONE
    if check == "N":
        context.load_verify_locations(ca or folder + "/ca.pem")
    net.settimeout(seconds)
    tls = context.wrap_socket(net, server_hostname=name or None)
    fingerprint = hashlib.sha256(tls.getpeercert(True)).hexdigest()
    if check == "N" and not fits(names.split(), names_of(tls.getpeercert())):
        raise ssl.SSLError("the certificate is for another name")
    if check == "F" and fingerprint not in names.split():
        raise ssl.SSLError("the certificate has another fingerprint")
    return tls, fingerprint


def receive(tls):
    """what the host said; None: nothing but what is TLS's own"""
    tls.settimeout(0)
    try:
        return tls.recv(16384)
    except ssl.SSLWantReadError:
        return None
    finally:
        tls.settimeout(None)


def pump(plain, tls, most):
    """both ways until one ends"""
    plain.settimeout(None)
    while True:
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


def serve(plain):
    with open(folder + "/mode") as f:
        mode = f.read().split() or [""]
    q, net = request(plain, mode[0])
    with open(folder + "/asked", "a") as f:
        f.write("%s %s|%s|%s\n" % tuple(q[1:]))
    if mode[0] == "die":
        return
    if mode[0] == "mute":
        threading.Event().wait(3600)
    if mode[0] == "later":
        answer(plain, "Z", words="no process is free")
        return
    try:
        tls, fingerprint = handshake(net, *q)
    except (OSError, ValueError) as e:
        answer(plain, "D", words=str(e))
        return
    answer(plain, "K", q[1] != "A" and mode[0] != "lie", "", tls.version(), tls.cipher()[0], fingerprint)
    pump(plain, tls, int(mode[1]) if mode[0] == "drop" else None)
    tls.close()


def one(plain):
    try:
        serve(plain)
    except (OSError, EOFError):
        pass
    plain.close()


listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
listener.bind(path)
os.chmod(path, 0o666)
listener.listen(50)
while True:
    threading.Thread(target=one, args=(listener.accept()[0],), daemon=True).start()
