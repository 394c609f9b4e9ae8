#!/usr/bin/python3 -S
"""ucspi.py FOLDER PROGRAM... - starts a program with the connection on 0 and 1, and does TLS when it says so (UCSPI-TLS)

With FOLDER/cert and FOLDER/key, as s6-ucspitlsd does it: a socket to be told on, two pipes for what is said."""
import os, select, socket, ssl, sys

folder, program = sys.argv[1], sys.argv[2:]
control, theirs = socket.socketpair()
ours_in, their_out = os.pipe()
their_in, ours_out = os.pipe()
if os.fork():
    for fd in control.fileno(), ours_in, ours_out:
        os.close(fd)
    for name, fd in ("SSLCTLFD", theirs.fileno()), ("SSLREADFD", their_in), ("SSLWRITEFD", their_out):
        os.set_inheritable(fd, True)
        os.environ[name] = str(fd)
    os.execv(program[0], program)
theirs.close()
os.close(their_in)
os.close(their_out)
network = socket.socket(fileno=os.dup(0))
os.close(0)
os.close(1)
if control.recv(1) != b"Y":
    sys.exit()
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(folder + "/cert", folder + "/key")
try:
    tls = context.wrap_socket(network, server_side=True)
except OSError:
    sys.exit()
control.sendall(f"SSL_PROTOCOL={tls.version()}\0OTHER=x\0SSL_CIPHER={tls.cipher()[0]}\0\0".encode())
while True:
    for s in [tls] if tls.pending() else select.select([tls, ours_in], [], [])[0]:
        data = os.read(ours_in, 16384) if s == ours_in else tls.recv(16384)
        if not data:
            sys.exit()
        if s == ours_in:
            tls.sendall(data)
        else:
            os.write(ours_out, data)
