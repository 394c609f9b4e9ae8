"""neighbours.py - plays everybody around mail-send: mail-open, the three agents and mail-clean

    s = Send(home)              starts home/bin/mail-send as its user, with sockets for the neighbours
    s.queue(sender, rcpts)      writes an envelope (door/envelope.h) and pulls the trigger; returns the ID; a parameter
                                stands after the recipient and \\0: "u@here.test\\0nSUCCESS"
    o = s.order()               the next order (door/job.h), or None when none comes in time
    s.report(o, "K")            a result for all recipients, or a list of (position, result, text)
    s.serve(policy)             answers orders until nothing comes for a while; policy(order, address) -> result
    s.clean()                   answers requests to mail-clean; see Send.cleaning
    s.ask("H", [id, ...])       an order of mail-desk (door/order.h), or ask("H", "far.test"): the verdicts
    s.commit()                  the verdict of all that was asked
"""

import atexit
import binascii
import fcntl
import linecache
import os
import re
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

from pace import SLICE, asleep

OPEN, LSPAWN, RSPAWN, BOUNCE, CLEAN, DESK = range(6)
AGENT = {"L": LSPAWN, "R": RSPAWN, "B": BOUNCE}
HOST_DOWN, DAMAGED, CONNECTED, BUSY = 1, 2, 4, 8


def users(home):
    return {l.split()[0]: (int(l.split()[1]), int(l.split()[2])) for l in open(home + ".users")}


counter = 0


def new_id(when=None):
    global counter
    counter += 1
    micro = int((time.time() if when is None else when) * 1000000) + counter
    return "%014x%06x%06x" % (micro, os.getpid() & 0xffffff, counter)


def path(home, kind, i):
    return "%s/queue/%s/%s/%s" % (home, kind, i[6:8], i)


def own(home, name, mode):
    if os.getuid() == 0:
        u = users(home)
        os.chown(name, u["mailq"][0], u["mails"][1])
    os.chmod(name, mode)


def write_envelope(home, i, sender, rcpts):
    body = b"bulkhead envelope 1\n" + b"I%s\0L100\0K00000000\0U0\0F%s\0" % (i.encode(), sender.encode())
    body += b"".join(b"T%s\0" % r.encode() for r in rcpts)
    body += b"Z%d %08x\0" % (len(body), binascii.crc32(body))
    name = path(home, "todo", i)
    tmp = home + "/queue/todo/.new" + i
    with open(tmp, "wb") as f:
        f.write(body)
    own(home, tmp, 0o640)
    os.rename(tmp, name)
    return i


class Order:
    def __init__(self, b):
        at = 0

        def u32():
            nonlocal at
            at += 4
            return struct.unpack(">I", b[at - 4:at])[0]

        def letter():
            nonlocal at
            at += 1
            return chr(b[at - 1])

        def string():
            nonlocal at
            n = u32()
            at += n
            return b[at - n:at]

        assert b[0] == 2
        at = 1
        self.number = u32()
        self.kind = letter()
        self.bounce = u32()
        self.id = string().decode()
        self.n = u32()
        rcpt = [(u32(), letter(), string()) for _ in range(self.n)]
        self.rcpt = [(r[0], r[2]) for r in rcpt]
        self.action = [r[1] for r in rcpt]
        self.rest = u32() if at < len(b) else 0
        assert at == len(b)
        self.index = [r[0] for r in self.rcpt]
        self.time = time.time()

    def __repr__(self):
        return "<%d %s %s %s>" % (self.number, self.kind, self.id, self.index)


class Send:
    def __init__(self, home, args=(), wrap=(), start=True):
        self.home = home
        self.rcpts = {}
        self.sender = {}
        self.p = None
        self.cleaning = "G"     # answer to mail-clean's requests: G gone, E error, "" none
        self.cleaned = []
        self.waiting = []
        self.unasked = 0        # what serve() says of the next host
        self.asked = 0
        self.has_desk = True
        self.wrapped = False
        if start:
            self.start(args, wrap)

    def start(self, args=(), wrap=()):
        pairs = [socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET) for _ in range(6)]
        life = os.pipe()
        # The child shares its offset, so that what it writes while we read would be anywhere; "a" alone does not append.
        self.log_file = tempfile.TemporaryFile("w+b")
        fcntl.fcntl(self.log_file, fcntl.F_SETFL, os.O_APPEND)
        theirs = [life[0], 2, 2] + [p[1].fileno() for p in pairs]
        high = [os.dup2(fd, 100 + i, inheritable=True) for i, fd in enumerate(theirs)]
        u = users(self.home)["mails"]
        self.wrapped = bool(wrap)

        def child():
            os.dup2(self.log_file.fileno(), 1)
            os.dup2(self.log_file.fileno(), 2)
            n = 9 if self.has_desk else 8
            for i in [0] + list(range(3, n)):
                os.dup2(high[i], i, inheritable=True)
            os.closerange(n, 200)
            if os.getuid() == 0 and not wrap:
                os.setgroups([])
                os.setgid(u[1])
                os.setuid(u[0])

        if wrap and os.getuid() == 0:   # a tracer must stay root: mail-send is not dumpable
            wrap = list(wrap) + ["setpriv", "--reuid=%d" % u[0], "--regid=%d" % u[1], "--clear-groups"]
        self.p = subprocess.Popen(list(wrap) + [self.home + "/bin/mail-send"] + list(args), preexec_fn=child,
                                  close_fds=False)
        for fd in high:
            os.close(fd)
        for p in pairs:
            p[1].close()
        os.close(life[0])
        self.life = life[1]
        if self not in running:
            running.append(self)
        self.sock = [p[0] for p in pairs]
        for s in self.sock:
            s.setblocking(False)
        while True:
            ended = self.p.poll() is not None
            if re.search("status:|waiting", self.log()):        # signals are caught from here on
                break
            check(not ended, "a start")
            time.sleep(0.005)

    def log(self):
        fd = self.log_file.fileno()
        return os.pread(fd, os.fstat(fd).st_size, 0).decode()

    def lines(self, word):
        return [l for l in self.log().splitlines() if l.startswith("mail-send: " + word + " ")]

    def faults(self):
        """what the log has of messages that are not in the table of src/send/round.h"""
        return re.findall("alert: .*(?:cannot be told|not in the table|cannot go from).*", self.log())

    def trigger(self, i):
        try:
            fd = os.open(self.home + "/queue/lock/trigger", os.O_WRONLY | os.O_NONBLOCK)
        except OSError:
            return              # nobody listens yet: its scan finds the message
        os.write(fd, i.encode() + b"\n")
        os.close(fd)

    def queue(self, sender, rcpts, when=None, i=None, pull=True):
        i = write_envelope(self.home, i or new_id(when), sender, rcpts)
        self.know(i, sender, rcpts)
        if pull:
            self.trigger(i)
        return i

    def know(self, i, sender, rcpts):
        self.rcpts[i] = [r.split("\0")[0] for r in rcpts]
        self.sender[i] = sender

    def address(self, o):
        return [self.rcpts[o.id][i] for i in o.index]

    def pump(self, seconds):
        """takes what has come: orders go to self.waiting, requests to mail-clean are answered"""
        fds = [s for s in (self.sock[OPEN], self.sock[CLEAN]) if s is not None]
        for s in select.select(fds, [], [], seconds)[0]:
            while True:
                try:
                    b = s.recv(70000)
                except BlockingIOError:
                    break
                except ConnectionResetError:
                    b = b""
                if not b:
                    self.sock[self.sock.index(s)].close()
                    self.sock[self.sock.index(s)] = None
                    break
                if s is self.sock[OPEN]:
                    self.waiting.append(Order(b))
                else:
                    self.clean(b)

    def clean(self, b):
        assert b[0] == 1 and chr(b[1]) == "P"
        i = b[6:].decode()
        self.cleaned.append(i)
        if not self.cleaning:
            return
        if self.cleaning == "G":
            os.unlink(path(self.home, "todo", i))
        self.sock[CLEAN].send(bytes([1, ord(self.cleaning)]) + b[2:])

    def rests(self):
        """mail-send waits for something; one that is traced is a child, which stops at its calls as well"""
        try:
            with open("/proc/%d/task/%d/children" % (self.p.pid, self.p.pid)) as f:
                traced = [int(n) for n in f.read().split()] if self.wrapped else []
        except (FileNotFoundError, ProcessLookupError):
            traced = []
        return asleep(self.p.pid) and all(asleep(n, "SZX") for n in traced)

    def rested(self, most):
        """pumps for a moment, at most so long; the time of it that mail-send spent waiting"""
        begin = time.monotonic()
        self.pump(min(most, SLICE))
        return min(time.monotonic() - begin, SLICE) if self.rests() else 0

    def order(self, seconds=60):
        """the next order; None when none came in that time, of which only what mail-send spent waiting counts"""
        while not self.waiting and self.sock[OPEN]:
            over = seconds <= 0 and self.rests()
            seconds -= self.rested(0 if over else max(0.01, min(seconds, SLICE)))
            if over:
                break
        return self.waiting.pop(0) if self.waiting else None

    def must(self, seconds=60):
        o = self.order(seconds)
        check(o, "an order")
        return o

    def report(self, o, result, text=b"2.0.0 fine", relay=b"mx.test[192.0.2.1]:25", flags=0, by=None, unasked=0,
               key=0):
        if isinstance(result, str):
            result = [(n, result, text) for n in range(o.n)]
        b = struct.pack(">BIBI", 3, o.number, flags, len(relay)) + relay + struct.pack(">QI", key, len(result))
        for position, r, t in result:
            b += struct.pack(">IBBI", position, ord(r), unasked, len(t)) + t
        self.raw(AGENT[o.kind] if by is None else by, b)

    def raw(self, by, b):
        s = self.sock[by]
        s.setblocking(True)
        s.send(b)
        s.setblocking(False)

    def serve(self, policy="K", quiet=0.5, seconds=60, most=None):
        """answers every order; policy: a result, or a function of (order, address): a result, or (result, text)"""
        seen = []
        end = time.time() + seconds
        while time.time() < end and (most is None or len(seen) < most):
            o = self.order(quiet)
            if not o:
                break
            seen.append(o)
            if callable(policy):
                rs = [policy(o, a) for a in self.address(o)]
                rs = [(n,) + (r if isinstance(r, tuple) else (r, b"text of " + r.encode())) for n, r in enumerate(rs)]
            else:
                rs = [(n, policy, b"text of " + policy.encode()) for n in range(o.n)]
            self.report(o, rs, unasked=self.unasked)
        return seen

    def order_desk(self, word, what, uid=1000, name="ann", reason=""):
        """sends an order; what: IDs, or a domain, or nothing; its number"""
        self.asked += 1
        p = lambda t: struct.pack(">I", len(t.encode())) + t.encode()
        ids = what if isinstance(what, list) else []
        b = struct.pack(">BIBI", 1, self.asked, ord(word), uid) + p(name) + p(reason)
        b += p(what if isinstance(what, str) else "") + struct.pack(">I", len(ids)) + b"".join(map(p, ids))
        self.raw(DESK, b)
        return self.asked

    def answer_desk(self, seconds=60):
        """(number, verdicts, why); None when mail-send is gone"""
        end = time.time() + seconds
        while time.time() < end:
            try:
                b = self.sock[DESK].recv(4096)
                if not b:
                    return None
                n = struct.unpack(">I", b[6:10])[0]
                return struct.unpack(">I", b[1:5])[0], b[10:10 + n].decode(), b[14 + n:].decode()
            except BlockingIOError:
                select.select([self.sock[DESK]], [], [], 0.01)
                self.pump(0)
            except ConnectionResetError:
                return None
        check(False, "an answer to mail-desk")

    def ask(self, word, what, **more):
        """what: IDs, however many, or a domain; the verdicts. self.why is the last reason"""
        verdicts = ""
        for at in range(0, len(what), 64) if isinstance(what, list) else [None]:
            number = self.order_desk(word, what if at is None else what[at:at + 64], **more)
            a = self.answer_desk()
            check(a and a[0] == number, a, number)
            verdicts += a[1]
            self.why = a[2]
        return verdicts

    def commit(self):
        return self.ask("C", None)

    def wait(self, seconds=60):
        """its exit status; None when it does not end in that time. self.waited: how much of it it spent waiting"""
        self.waited = 0
        end = time.time() + seconds
        while time.time() < end:
            self.waited += self.rested(0.02)
            if self.p.poll() is not None:
                return self.p.returncode
        return None

    def until(self, condition, seconds=60):
        end = time.time() + seconds
        while time.time() < end:
            if condition():
                return True
            self.pump(0.02)
        return False

    def signal(self, sig):
        self.p.send_signal(sig)

    def kill(self):
        """as a crash: mail-send ends at once (under strace: soon), its sockets with it"""
        if self.p and self.p.poll() is None:
            self.p.kill()
            self.p.wait()
        check(not self.faults(), "src/send/round.h has no such line")
        for n, s in enumerate(self.sock):
            if s:
                s.close()
                self.sock[n] = None
        os.close(self.life)
        self.waiting = []

    def restart(self, args=(), wrap=()):
        self.kill()
        self.start(args, wrap)

    def term(self):
        self.signal(signal.SIGTERM)
        return self.wait()


def left(home, kind):
    return sorted(n for _, _, names in os.walk("%s/queue/%s" % (home, kind)) for n in names if not re.match("lock$|hosts|wishes", n))


def empty(home):
    return not (left(home, "todo") or left(home, "state") or left(home, "bounce"))


def state(home, i):
    """the marks in state/HH/ID"""
    try:
        b = open(path(home, "state", i), "rb").read()
    except FileNotFoundError:
        return None
    return b[b.index(b"check ") + 15:].decode() if b"check " in b else None     # else it is being made


running = []


@atexit.register
def end_all():
    for s in running:
        if s.p.poll() is None:
            s.p.kill()
            s.p.wait()
    if any(s.faults() for s in running):
        print(*(s.faults() for s in running))
        sys.stdout.flush()
        os._exit(1)


signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))


def failed_check(frame):
    """the line of the test, which is what to look for in a long log"""
    return linecache.getline(frame.f_code.co_filename, frame.f_lineno).strip()


def check(condition, *words):
    """ends the test, with the log and then the line that failed, when the condition does not hold"""
    if condition:
        return
    for s in running:
        print(s.log()[-5000:])
    print(*(str(w)[-5000:] for w in words))
    print("check failed:", failed_check(sys._getframe(1)))
    sys.exit(1)
