#!/usr/bin/python3 -S
"""leave.py HOW SECONDS PROGRAM... < BYTES - how long does a server stay when its client has sent the bytes and left?

HOW is tcp or unix (the connection), tcp-half or unix-half (only the sending side is closed, and the answers are read), or
tcp-stay (nothing is closed). Prints "gone" when the program has ended by itself before the seconds were over, else
"there", and ends it."""
import socket, subprocess, sys, threading

how, seconds, program = sys.argv[1], float(sys.argv[2]), sys.argv[3:]
data = sys.stdin.buffer.read()
if how.startswith("tcp"):
    with socket.create_server(("127.0.0.1", 0)) as server:
        ours = socket.create_connection(server.getsockname()[:2])
        theirs = server.accept()[0]
else:
    ours, theirs = socket.socketpair()


def read():
    try:
        while ours.recv(65536):
            pass
    except OSError:
        pass


p = subprocess.Popen(program, stdin=theirs, stdout=theirs)
theirs.close()
if how in ("tcp", "unix"):      # what has come is read, so that the kernel has no reason for a reset
    ours.settimeout(0.3)
    ours.sendall(data)
    read()
    ours.close()
else:
    ours.sendall(data)
    threading.Thread(target=read, daemon=True).start()
    if how.endswith("half"):
        ours.shutdown(socket.SHUT_WR)
try:
    p.wait(timeout=seconds)
    print("gone")
except subprocess.TimeoutExpired:
    print("there")
    p.kill()
    p.wait()
