#!/usr/bin/python3 -S
"""tlsd.py SOCKET FOLDER - stands in mail-tlsd's place, for its faults

Listens on SOCKET; with FOLDER/cert and FOLDER/key (PEM) it does handshakes and copies both ways. FOLDER/mode, read for
each connection, may say what goes wrong:
    unready     the connection is closed before it is ready
    later       a result TLS_LATER in the place of a handshake
    die         the process ends when the request has come
    mangled     a result that is none
    cut         it ends in the middle of the session, after the client's first byte
    mute        no answer to the request"""
import os, socket, ssl, sys
sys.dont_write_bytecode = True
from tlsside import answer, fields, pump, request
from unixsocket import listener

path, folder = sys.argv[1:]


def shake(network, seconds):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder + "/cert", folder + "/key")
    network.settimeout(seconds)
    tls = context.wrap_socket(network, server_side=True)
    tls.settimeout(None)
    return tls


def serve(c, mode):
    if mode == "unready":
        return
    answer(c, "R")
    body, fds = request(c)
    if mode == "die":
        return
    if mode == "mute":
        c.recv(1)           # until the asker gives up
    if mode == "later":
        answer(c, "Z", "no key now")
        return
    if mode == "mangled":
        c.sendall(b"\0\0\0\2\1K")
        return
    try:
        tls = shake(socket.socket(fileno=fds[0]), fields(body)[0])
    except OSError as e:
        answer(c, "D", "failed: " + type(e).__name__)
        return
    answer(c, "K", tls=tls)
    pump(c, tls, 1 if mode == "cut" else None)


def mode():
    try:
        return open(folder + "/mode").read().strip()
    except FileNotFoundError:
        return ""


server = listener(path)
while True:
    c = server.accept()[0]
    if not os.fork():
        server.close()
        if not os.fork():
            try:
                serve(c, mode())
            except (OSError, EOFError):
                pass
        os._exit(0)
    c.close()
    os.wait()
