#!/usr/bin/python3 -S
"""porter.py HOME PROGRAM PORT TOLD - a porter (mail-smtpd -l) that lets everybody in, for dispatchers under test

Starts HOME/bin/PROGRAM -w and gives it each connection to 127.0.0.1:PORT (src/in/order.h). What the dispatcher says
becomes lines of the file TOLD: "ready", "over N", "alert N", and "gone STATUS" when it has ended. HOME.rules has lines "ADDRESS
relay|databytes=N|greetdelay=N|hurry=N|from=ADDRESS ...": what is so for connections from there (from: whom they come
from, as the dispatcher is told). Standard input has orders: room, retire, leave (the socket is closed), stop.
"""
import os, selectors, socket, struct, subprocess, sys

home, program, port, told = sys.argv[1], sys.argv[2], int(sys.argv[3]), open(sys.argv[4], "w", buffering=1)
ADDRESS = "iII16s"
ORDER = "@iI" + 2 * ADDRESS + "i256siQiI" + "ii0Q"     # struct order, as it lies in memory
SERVE, ROOM, RETIRE = range(3)
ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
listener = socket.create_server(("127.0.0.1", port), backlog=512)
dispatcher = subprocess.Popen(
    ["sh", "-c", 'exec "$0" -w 3<&%d %d<&-' % (theirs.fileno(), theirs.fileno()), f"{home}/bin/{program}"],
    pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL)
theirs.close()
print(dispatcher.pid, flush=True)
taken = {}


def address(ip, number):
    family = socket.AF_INET6 if ":" in ip else socket.AF_INET
    return (int(family), number, 0, socket.inet_pton(family, ip))


def rule(ip):
    try:
        for line in open(home + ".rules"):
            words = line.split()
            if words and words[0] == ip:
                return dict(w.split("=") if "=" in w else (w, "") for w in words[1:])
    except FileNotFoundError:
        pass
    return {}


def order(kind, place=0, peer=("0.0.0.0", 0), local=("0.0.0.0", 0), r={}):
    return struct.pack(ORDER, kind, place, *address(*peer), *address(*local), "relay" in r, r.get("relay", "").encode(),
                       "databytes" in r, int(r.get("databytes", 0)), "greetdelay" in r, int(r.get("greetdelay", 0)),
                       int(r.get("hurry", 0)), 0)


def serve():
    c, peer = listener.accept()
    place = next(n for n in range(len(taken) + 1) if n not in taken)
    taken[place] = peer
    r = rule(peer[0])
    socket.send_fds(ours, [order(SERVE, place, (r.get("from", peer[0]), peer[1]), c.getsockname(), r)], [c.fileno()])
    c.close()


def news():
    record = ours.recv(8)
    if not record:
        told.write(f"gone {dispatcher.wait()}\n")
        ours.close()
        wait.unregister(ours)
        wait.unregister(listener)
        listener.close()
        return
    kind, place = struct.unpack("iI", record)
    told.write("ready\n" if not kind else f"{[0, 'over', 'alert'][kind]} {place}\n")
    if kind:
        taken.pop(place, None)


def command():
    word = os.read(0, 100).decode().strip()
    if word == "room":
        ours.send(order(ROOM))
    elif word == "retire":
        ours.send(order(RETIRE))
    elif word == "leave":
        wait.unregister(ours)
        ours.close()
        told.write(f"gone {dispatcher.wait()}\n")
    else:
        sys.exit(0)


wait = selectors.DefaultSelector()
wait.register(ours, selectors.EVENT_READ, news)
wait.register(listener, selectors.EVENT_READ, serve)
wait.register(0, selectors.EVENT_READ, command)
while True:
    for key, _ in wait.select():
        if key.fileobj in [k.fileobj for k in wait.get_map().values()]:
            key.data()
