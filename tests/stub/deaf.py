"""deaf.py FILE - listens on 127.0.0.1, takes connections and never says a word; the port is in FILE"""
import os, socket, sys

s = socket.socket()
s.bind(("127.0.0.1", 0))
s.listen(1000)
with open(sys.argv[1] + ".new", "w") as f:
    f.write("%d\n" % s.getsockname()[1])
os.rename(sys.argv[1] + ".new", sys.argv[1])
taken = []
while True:
    taken.append(s.accept())
