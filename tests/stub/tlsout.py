#!/usr/bin/python3 -S
"""tlsout.py PATH DIR - plays mail-tlsd -c (door/tls.h) at the Unix socket PATH, with Python's ssl

It knows nothing of door/scram.h, and leaves who asks for that. DIR/ca.pem has the CAs that count without a file of the
request's. DIR/asked gets a line for each request: "CHECK NAME|NAMES|CA". DIR/mode, read anew for each connection, says
what to do in place of the whole: "die" (without an answer), "later", "lie" (done, and not verified), "mute" (no answer),
"half" (who asks for SCRAM gets one answer), "drop N" (after so many bytes of the host's behind the handshake).
"""
import hashlib, os, socket, ssl, sys, threading
sys.dont_write_bytecode = True
from tlsside import answer, fields, pump, record, request, text
from unixsocket import listener

path, folder = sys.argv[1:]


def ask(sock, mode):
    """what is wanted, and the connection for it"""
    body, fds = request(sock)
    if body[0] != 1 or len(fds) != 1:
        if mode == "half":
            sock.sendall(record(b"\x81C" + text("biws")))
        raise EOFError
    return fields(body), socket.socket(fileno=fds[0])


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


def serve(plain):
    with open(folder + "/mode") as f:
        mode = f.read().split() or [""]
    q, net = ask(plain, mode[0])
    with open(folder + "/asked", "a") as f:
        f.write("%s %s|%s|%s\n" % tuple(q[1:]))
    if mode[0] == "die":
        return
    if mode[0] == "mute":
        threading.Event().wait(3600)
    if mode[0] == "later":
        answer(plain, "Z", "no process is free")
        return
    try:
        tls, fingerprint = handshake(net, *q)
    except (OSError, ValueError) as e:
        answer(plain, "D", str(e))
        return
    answer(plain, "K", "", tls, q[1] != "A" and mode[0] != "lie", fingerprint)
    pump(plain, tls, int(mode[1]) if mode[0] == "drop" else None)
    tls.close()


def one(plain):
    try:
        serve(plain)
    except (OSError, EOFError):
        pass
    plain.close()


server = listener(path)
while True:
    threading.Thread(target=one, args=(server.accept()[0],), daemon=True).start()
