# desk.py - mail-desk under mail-start's and mail-send's hands: who uses it plays both
import ctypes, os, re, select, signal, socket, struct, subprocess, sys, threading, time, zlib
sys.dont_write_bytecode = True
from unixsocket import listener

def check(ok, *why):
    if not ok:
        raise SystemExit("failed: %r" % (why,))

def until(what, seconds=60):
    end = time.time() + seconds
    while time.time() < end:
        got = what()
        if got:
            return got
        time.sleep(0.05)
    return None

class Reader:
    """a record of lib/io/pack.h"""
    def __init__(self, b):
        self.b, self.at = b, 0
    def take(self, n):
        self.at += n
        check(self.at <= len(self.b), "short record", self.b)
        return self.b[self.at - n:self.at]
    def u8(self): return self.take(1)[0]
    def u32(self): return struct.unpack(">I", self.take(4))[0]
    def text(self): return self.take(self.u32())

class Order:
    def __init__(self, b):
        r = Reader(b)
        check(r.u8() == 1, "the version of an order")
        self.number, self.word, self.uid = r.u32(), chr(r.u8()), r.u32()
        self.name, self.reason, self.domain = r.text(), r.text(), r.text()
        self.ids = [r.text().decode() for _ in range(r.u32())]
        check(r.at == len(b), "an order with more behind it")

def packed(s): return struct.pack(">I", len(s)) + s

def called(path):
    s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    s.settimeout(60)
    s.connect(path)
    return s

def waiting(path):
    """a call that orders a hold of all, and has not said yet that it is meant: its process waits, locked in"""
    s = called(path)
    s.send(b"\x01H\x01" + bytes(72))
    got = s.recv(65536)
    check(got[:2] == b"\x01F", "found", got)
    return s

def reply(home, id, index, text):
    """the last reply of a recipient, as mail-send keeps it (door/replies.c)"""
    id = id.encode()
    at = zlib.crc32(id + struct.pack(">I", index)) % 32768 * 1280
    with open(home + "/queue/state/hosts.replies", "ab") as f: pass
    with open(home + "/queue/state/hosts.replies", "r+b") as f:
        f.seek(at)
        f.write(packed(id) + struct.pack(">IIQ", index, 1, int(time.time())) + packed(text))

def lives(pid):
    try:
        return open("/proc/%d/stat" % pid).read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False

def children(pid):
    return [int(p) for p in open("/proc/%d/task/%d/children" % (pid, pid)).read().split()]

def deafen(pid):
    """the end of the socket to its parent that a process has, closed under its hands; it lives on"""
    libc, fd = ctypes.CDLL(None, use_errno=True), os.pidfd_open(pid)
    for f in map(int, os.listdir("/proc/%d/fd" % pid)):
        copy = libc.syscall(438, fd, f, 0)      # pidfd_getfd
        check(copy != -1, "pidfd_getfd", ctypes.get_errno())
        try:
            with socket.socket(fileno=copy) as s:
                if not s.getsockname(): s.shutdown(socket.SHUT_RDWR)     # a pair has no name
        except OSError:
            os.close(copy)
    os.close(fd)

class Desk:
    """mail-desk of an instance, with the two sockets that it has"""
    def __init__(self, home, users):
        self.home = home
        self.role = {l.split()[0]: tuple(map(int, l.split()[1:3])) for l in open(users)}
        self.path = home + "/run/desk/desk"
        self.start()

    def start(self):
        server = listener(self.path, socket.SOCK_SEQPACKET)
        self.send, line = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.life, end = os.pipe()
        fds = [os.dup(f) for f in (self.life, server.fileno(), line.fileno())]
        high = [os.dup2(f, 40 + i) for i, f in enumerate(fds)]
        uid, gid = self.role["mailo"][0], self.role["mails"][1]
        self.log = open(os.environ["SCRATCH"] + "/desk.log", "ab")
        def become():
            os.dup2(40, 0), os.dup2(41, 3), os.dup2(42, 4)
        self.p = subprocess.Popen([self.home + "/bin/mail-desk"], preexec_fn=become, close_fds=False, stdout=self.log,
                                  stderr=self.log, user=uid, group=gid, extra_groups=[])
        for f in fds + high:
            os.close(f)
        server.close(), line.close()
        self.end = end
        self.send.settimeout(60)

    def stop(self):
        self.p.terminate()
        return self.p.wait(60)

    def order(self):
        return Order(self.send.recv(65536))

    def answer(self, o, verdicts=None, why=b"", send=None):
        v = verdicts if verdicts is not None else b"K" * (len(o.ids) or 1)
        (send or self.send).send(struct.pack(">BIB", 1, o.number, ord(o.word)) + packed(v) + packed(why))

    def serve(self, policy=lambda o: (None, b"")):
        """answers orders until what asked for them is done; all of them"""
        seen, send = [], self.send
        def run():
            while True:
                try:
                    b = send.recv(65536)
                except OSError:
                    return
                if not b:
                    return
                o = Order(b)
                seen.append(o)
                got = policy(o)
                if got:
                    self.answer(o, *got, send=send)
        threading.Thread(target=run, daemon=True).start()
        return seen

    def connect(self):
        return called(self.path)

    def processes(self):
        return children(self.p.pid)

    def q(self, *args, **more):
        r = subprocess.run([self.home + "/bin/mail-q", *args], stdin=subprocess.DEVNULL, capture_output=True, timeout=120, **more)
        return r.returncode, r.stdout, r.stderr

    def start_q(self, *args, **more):
        return subprocess.Popen([self.home + "/bin/mail-q", *args], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, **more)
