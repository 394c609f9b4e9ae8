#!/usr/bin/python3 -S
"""full.py DIR ADDRESS PORT - listens there, but its backlog is full: the kernel drops whoever else wants to connect

Writes DIR/full once it is so. Exits 1 when the port is taken.
"""
import select, socket, sys, time

folder, address, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
family = socket.AF_INET6 if ":" in address else socket.AF_INET
listener = socket.socket(family, socket.SOCK_STREAM)
try:
    listener.bind((address, port))
except OSError:
    sys.exit(1)
listener.listen(0)
waiting = []
while True:             # until one of them stays without an answer
    s = socket.socket(family, socket.SOCK_STREAM)
    s.setblocking(False)
    s.connect_ex((address, port))
    waiting.append(s)
    if not select.select([], [s], [], 0.5)[1]:
        break
open(folder + "/full", "w").close()
time.sleep(3600)
