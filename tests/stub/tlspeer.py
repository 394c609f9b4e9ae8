"""tlspeer.py - a TLS server for tests: tlspeer.py PORT-FILE CERT KEY [MODE] [VERSION]

It echoes lines. MODE: echo; cut (ends after the first line without close_notify, behind 200,000 bytes of answer); stall
(never says a word); rubbish (speaks no TLS); plain (an SMTP server's reply); die (ends in the middle of the handshake);
reset (closes behind the first line as soon as there is more, and does not read that);
record (after the handshake a record that is longer than any may be); damaged (TLS 1.2 with a certificate that is cut off);
anonymous (without a certificate). VERSION: 1.2 or 1.3.
"""

import os
import select
import socket
import ssl
import sys
import threading
import time


def message(kind, body):
    return bytes([kind]) + len(body).to_bytes(3, "big") + body


def damaged(cert):
    """ServerHello (RFC 5246 7.4.1.3) and Certificate, in one record"""
    der = ssl.PEM_cert_to_DER_cert(open(cert).read())[:-20]
    hello = b"\3\3" + os.urandom(32) + b"\0" + b"\xc0\x2b" + b"\0" + b"\0\5\xff\1\0\1\0"
    one = len(der).to_bytes(3, "big") + der
    both = message(2, hello) + message(11, len(one).to_bytes(3, "big") + one)
    return b"\x16\3\3" + len(both).to_bytes(2, "big") + both


def serve(connection, context, mode):
    if mode == "stall":
        time.sleep(600)
    elif mode == "rubbish":
        connection.sendall(os.urandom(300))
    elif mode == "plain":
        connection.sendall(b"454 4.7.0 not now\r\n")
    elif mode == "damaged":
        connection.recv(65536)
        connection.sendall(damaged(sys.argv[2]))
        print("alert", connection.recv(100).hex(), flush=True)
    elif mode == "die":
        connection.recv(65536)
        connection.close()
    else:
        # an answer is on its way at once: what waited for an acknowledgement would go with a reset
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        raw = os.dup(connection.fileno())
        try:
            tls = context.wrap_socket(connection, server_side=True)
        except (ssl.SSLError, OSError) as e:
            print("handshake:", e, flush=True)
            return
        print("done", tls.version(), flush=True)
        f = tls.makefile("rb")
        for line in f:
            if mode == "record":
                os.write(raw, b"\x17\x03\x03\xff\xff" + b"x" * 70000)
                time.sleep(600)
            if mode == "cut":
                tls.sendall(b"Y" * 200000 + b"\n")
                socket.socket(fileno=raw).shutdown(socket.SHUT_RDWR)
                return
            tls.sendall(line)
            if mode == "reset":
                select.select([raw], [], [])
                os.close(raw)
                os.close(tls.detach())
                return
        try:
            tls.unwrap()
            print("close_notify came", flush=True)
        except (ssl.SSLError, OSError) as e:
            print("no close_notify:", e, flush=True)


def main():
    port_file, cert, key, mode, version = (sys.argv[1:] + ["echo", ""][len(sys.argv) - 4:])[:5]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    if mode == "anonymous":
        version = "1.2"
        context.set_ciphers("aNULL:@SECLEVEL=0")
    if version:
        context.maximum_version = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}[version]
    listener = socket.create_server(("127.0.0.1", 0))
    with open(port_file + ".new", "w") as f:
        f.write(str(listener.getsockname()[1]))
    os.rename(port_file + ".new", port_file)
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=serve, args=(connection, context, mode), daemon=True).start()


main()
