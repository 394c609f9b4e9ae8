#!/usr/bin/python3 -S
"""automaton.py PROGRAM STORE SEQUENCES SEED [WRONG] - random dialogues with mail-smtpd against a model of the protocol
automaton.py PROGRAM STORE splits 0 - certain dialogues, cut in two at every place (long ones: at some)

The model was written from the RFCs (5321, 1870, 2034, 2920, 3030, 3461) and mail-smtpd(8), not from the program. It reads
the client's bytes and says what each reply is, code and status, and which messages the queue gets. Every sequence is
sent three times: one unit after the other's replies, in one write, and cut at random (a packet each). The replies
must be the model's all three times, and so must be the messages, which mail-services keeps in STORE, to the byte.

The program must have the settings below. WRONG makes the model wrong, to see that it is noticed: "reply" or "message".
"""
import concurrent.futures, os, random, re, socket, subprocess, sys

program, store, seed = sys.argv[1], sys.argv[2], int(sys.argv[4])
wrong = sys.argv[5] if len(sys.argv) > 5 else ""

DATABYTES, MAXRCPT, BRTLIMIT, SESSIONBYTES = 2000, 5, 8, 9000
ERRORS, COMMANDS, HOPS, LINE, SWALLOW = 20, 200 + 2 * MAXRCPT, 100, 2048, 65536
BAD_SENDER, BAD_RECIPIENT = b"bad@b.example", b"yes@bad.example"
FRONT, CLIENT = "192.0.2.1", "198.51.100.7"
U = "ö".encode()

# addresses as they are written: what they mean, or None when they are none
SENDERS = {
    b"<>": b"", b"<a@b.example>": b"a@b.example", b"<bad@b.example>": BAD_SENDER, b"a@b.example": b"a@b.example",
    b"<@x.example,@y.example:a@b.example>": b"a@b.example", b'<"a b"@b.example>': b"a b@b.example",
    b"<" + U + b"@b.example>": U + b"@b.example", b"<a@[192.0.2.9]>": b"a@[192.0.2.9]",
    b"<a": None, b"": None, b"<a@b.example": None, b"<a@[1.2.3.400]>": None, b"<@b.example>": None, b"<a@>": None,
    b"<bare>": b"bare",
}
RECIPIENTS = {
    b"<yes@mx.example.org>": b"yes@mx.example.org", b"<yes2@MX.example.org>": b"yes2@MX.example.org",
    b"<unknown@mx.example.org>": b"unknown@mx.example.org", b"<no@mx.example.org>": b"no@mx.example.org",
    b"<later@mx.example.org>": b"later@mx.example.org", b"<yes@other.example>": b"yes@other.example",
    b"<yes@bad.example>": BAD_RECIPIENT, b"<Postmaster>": b"Postmaster@mx.example.org", b"<>": b"", b"<bare>": b"bare",
    b"<" + U + b"@mx.example.org>": U + b"@mx.example.org", b"<yes@[1.2.3.4]>": b"yes@[1.2.3.4]", b"<x": None,
    b"<@x.example:yes@mx.example.org>": b"yes@mx.example.org", b"": None, b'<"yes"@mx.example.org>': b"yes@mx.example.org",
}
# parameters: the record they become, or the refusal
MAIL = {
    b"SIZE=1": b"", b"SIZE=%d" % DATABYTES: b"", b"size=99999999999999999999": "552 5.3.4", b"SIZE=%d" % (DATABYTES + 1): "552 5.3.4",
    b"SIZE=x": "501 5.5.4", b"SIZE": "501 5.5.4", b"BODY=7BIT": b"", b"body=8bitmime": b"b8\0", b"BODY=BINARYMIME": "501 5.5.4",
    b"RET=FULL": b"rFULL\0", b"RET=hdrs": b"rHDRS\0", b"RET=NONE": "501 5.5.4", b"ENVID=x+2By": b"ex+2By\0", b"ENVID=": "501 5.5.4",
    b"ENVID=a+2": "501 5.5.4", b"SMTPUTF8": b"u\0", b"SMTPUTF8=1": "501 5.5.4", b"AUTH=<>": "555 5.5.4", b"X": "555 5.5.4",
    b"BODY=7BIT=x": "501 5.5.4",
}
RCPT = {
    b"NOTIFY=NEVER": b"nNEVER\0", b"NOTIFY=DELAY,failure": b"nFAILURE,DELAY\0", b"notify=SUCCESS": b"nSUCCESS\0",
    b"NOTIFY=NEVER,DELAY": "501 5.5.4", b"NOTIFY=": "501 5.5.4", b"NOTIFY=SUCCESS,SUCCESS": "501 5.5.4",
    b"ORCPT=rfc822;a+2Bb@c": b"orfc822;a+2Bb@c\0", b"ORCPT=rfc822": "501 5.5.4", b"ORCPT=rfc822;a+xx": "501 5.5.4",
    b"ORCPT=utf-8;a\\x{F6}": b"outf-8;a\\x{F6}\0", b"SIZE=1": "555 5.5.4",
}


def name_of(parameter):
    return parameter.split(b"=")[0].upper()


class Model:
    """What the server says to bytes: feed() returns replies ("250 2.1.0", ...). messages: what the queue gets."""

    def __init__(self):
        self.buf, self.closed, self.reader = b"", False, self.line
        self.helo, self.protocol = b"", b"SMTP"
        self.errors = self.commands = self.refused = self.bytes = 0
        self.messages = []
        self.reset()

    def reset(self):
        self.open, self.rcpts, self.envelope, self.utf8, self.sender = False, 0, b"", False, b""
        self.named = set()                          # recipients that the envelope has, with what was asked of reports
        self.chunks, self.content = None, b""       # chunks: None, "begun", "lost"
        self.chunk_refusal = ""

    def feed(self, data):
        self.buf += data
        self.out = []
        while not self.closed and self.reader():
            pass
        return self.out

    def take(self, n):
        taken, self.buf = self.buf[:n], self.buf[n:]
        return taken

    def say(self, reply):
        self.out.append(reply)

    def end(self, reply):
        self.say(reply)
        self.closed = True

    def error(self, reply):
        self.say(reply)
        self.errors += 1
        if self.errors >= ERRORS:
            self.end("421 4.7.0")

    # --- commands

    def line(self):
        lf = self.buf.find(b"\n")
        text = self.buf if lf < 0 else self.buf[:lf]
        if b"\0" in text or b"\r" in text[:-1] or (lf >= 0 and text[-1:] != b"\r") or lf >= SWALLOW:
            self.end("500 5.5.2")
        elif lf < 0:
            return False
        elif lf >= LINE:
            self.error("500 5.5.6")
        else:
            self.command(text[:-1])
        self.take(lf + 1)
        return True

    def command(self, line):
        self.commands += 1
        if self.commands > COMMANDS:
            return self.end("421 4.7.0")
        line = line.rstrip(b" \t")
        verb, _, arg = line.partition(b" ")
        arg = arg.lstrip(b" ")
        does = getattr(self, "do_" + verb.decode("latin-1").lower(), None) if verb.isalpha() else None
        if does:
            does(arg)
        elif verb.upper() in (b"GET", b"POST", b"CONNECT") and b" " in line or verb.startswith(b"SSH-"):
            self.end("500 5.5.1")
        else:
            self.error("500 5.5.1")

    def hello(self, arg, protocol):
        if not arg or len(arg) > 255:
            return self.error("501 5.5.4")
        self.reset()
        self.helo, self.protocol = arg, protocol
        self.say("250 ")

    def do_helo(self, arg):
        self.hello(arg, b"SMTP")

    def do_ehlo(self, arg):
        self.hello(arg, b"ESMTP")

    def do_noop(self, arg):
        self.say("250 2.0.0")

    def do_rset(self, arg):
        self.reset()
        self.say("250 2.0.0")

    def do_help(self, arg):
        self.say("250 2.0.0" if wrong == "reply" else "214 2.0.0")

    def do_vrfy(self, arg):
        self.say("252 2.0.0")

    def do_expn(self, arg):
        self.error("502 5.5.1")

    def do_quit(self, arg):
        self.end("221 2.0.0")

    def spent(self):
        return self.bytes > max(SESSIONBYTES, DATABYTES) and not (self.open and not (self.chunks and self.chunk_refusal))

    @staticmethod
    def path(arg, word, known):
        """(meaning, parameters), or None"""
        if arg[:len(word)].upper() != word:
            return None
        rest = arg[len(word):].lstrip(b" ")
        text = max((a for a in known if rest == a or rest.startswith(a + b" ")), key=len, default=b"")
        if known.get(text) is None:
            return None
        return known[text], rest[len(text):].split()

    @staticmethod
    def parameters(words, known):
        """records, or the first refusal"""
        records, seen, big = b"", set(), ""
        for w in words:
            if w not in known:
                return "555 5.5.4"
            if isinstance(known[w], bytes) or known[w].startswith(("552", "501")):
                if name_of(w) in seen:
                    return "501 5.5.4"
                seen.add(name_of(w))
            if isinstance(known[w], bytes):
                records += known[w]
            elif known[w].startswith("552"):
                big = known[w]
            else:
                return known[w]
        return big or records

    def do_mail(self, arg):
        if self.spent():
            return self.end("421 4.7.0")
        if self.open:
            return self.error("503 5.5.1")
        path = self.path(arg, b"FROM:", SENDERS)
        if not path:
            return self.error("501 5.1.7")
        address, words = path
        records = self.parameters(words, MAIL)
        if records in ("555 5.5.4", "501 5.5.4"):
            return self.error(records)
        if max(address, default=0) > 127 and b"SMTPUTF8" not in words:
            return self.error("553 5.6.7")
        if records == "552 5.3.4":
            return self.say(records)
        if address and b"@" not in address:
            return self.error("501 5.1.7")
        self.open, self.sender, self.utf8 = True, address, b"SMTPUTF8" in words
        self.envelope = b"F" + address + b"\0" + records
        self.say("250 2.1.0")

    def do_rcpt(self, arg):
        if not self.open or self.chunks:
            return self.error("503 5.5.1")
        path = self.path(arg, b"TO:", RECIPIENTS)
        if not path:
            return self.error("501 5.1.3")
        address, words = path
        records = self.parameters(words, RCPT)
        if isinstance(records, str):
            return self.error(records)
        if max(address, default=0) > 127 and not self.utf8:
            return self.error("553 5.6.7")
        if b"@" not in address:
            return self.error("501 5.1.3")
        if self.rcpts >= MAXRCPT:
            return self.say("452 4.5.3")
        local, domain = address.rsplit(b"@", 1)
        name = local, domain.lower(), records
        reply = "250 2.1.5" if name in self.named else self.permits(address)
        if reply.startswith("250"):
            self.rcpts += 1
            if name not in self.named:
                self.envelope += b"T" + address + b"\0" + records
            self.named.add(name)
        self.refused += reply.startswith("5")
        self.say(reply)
        if reply[0] != "2" and self.refused >= BRTLIMIT:
            self.end("421 4.7.0")

    def permits(self, address):
        if self.sender == BAD_SENDER:
            return "553 5.7.1"
        if address == BAD_RECIPIENT or not address.lower().endswith(b"@mx.example.org"):
            return "550 5.7.1"
        return "550 5.1.1" if address.startswith(b"no") else "450 4.3.0" if address.startswith(b"later") else "250 2.1.5"

    # --- messages

    @staticmethod
    def fault(content, whole):
        """What is wrong with a message (with its dots taken away), or what the queue gets."""
        text = content if whole or not content.endswith(b"\r") else content[:-1]
        if b"\0" in text or re.search(rb"\r(?!\n)|(?<!\r)\n", text):
            return "550 5.6.0"
        if len(text) > DATABYTES:       # as it was sent: RFC 1870
            return "552 5.3.4"
        text = text.replace(b"\r\n", b"\n")
        header = re.split(rb"^\n", text, 1, re.M)[0]
        if len(re.findall(rb"(?im)^(?:received|delivered-to):[^\n]*\n", header)) > HOPS:
            return "554 5.4.6"
        return text

    def finish(self, text):
        if isinstance(text, str):
            self.say(text)
        else:
            protocol = b"UTF8SMTP" if self.utf8 else self.protocol
            self.messages.append((self.helo, protocol, text, self.envelope))
            self.commands = 0
            self.say("250 2.0.0 queued")
        if wrong == "message" and len(self.messages) == 2:
            self.messages[1] = self.messages[1][:2] + (b"x" + self.messages[1][2],) + self.messages[1][3:]
        self.reset()

    def room(self, taken):
        """How many bytes may come before the session's budget ends a message that was refused long ago."""
        return max(2 * DATABYTES + 2 - taken, max(SESSIONBYTES, DATABYTES) - self.bytes)

    def do_data(self, arg):
        if arg:
            self.error("501 5.5.4")
        elif not self.open or self.chunks:
            self.error("503 5.5.1")
        elif not self.rcpts:
            self.say("554 5.5.1")
        else:
            self.say("354 ")
            self.reader = self.data

    def data(self):
        end = (b"\r\n" + self.buf).find(b"\r\n.\r\n")
        n = end + 3 if end >= 0 else len(self.buf)
        if n > self.room(0):
            self.end("421 4.7.0")
        elif end < 0:
            return False
        else:
            self.reader = self.line
            self.bytes += n
            content = self.take(n)[:-3]
            # a line of its own ends with CR LF alone, and only there a dot is one too many
            self.finish(self.fault((b"\r\n" + content).replace(b"\r\n.", b"\r\n")[2:], True))
        return True

    def do_bdat(self, arg):
        m = re.fullmatch(rb"(\d{1,17})( +[Ll][Aa][Ss][Tt])?", arg)
        if not m:
            return self.end("501 5.5.4")
        if self.spent():
            return self.end("421 4.7.0")
        self.size, self.last = int(m[1]), bool(m[2])
        self.commands -= self.size >= 1024
        if self.open and not self.chunks:
            self.chunks, self.chunk_refusal = ("begun", "") if self.rcpts else ("lost", "554 5.5.1")
        self.reader = self.chunk

    def chunk(self):
        n = min(self.size, len(self.buf))
        if n > self.room(len(self.content) if self.chunks == "begun" else 0):
            self.end("421 4.7.0")
            return True
        if n < self.size:
            return False
        self.reader = self.line
        self.bytes += n
        octets = self.take(n)
        if not self.open:
            self.error("503 5.5.1")
        elif self.chunks == "lost":
            self.say(self.chunk_refusal)
            if self.last:
                self.reset()
        else:
            self.content += octets
            text = self.fault(self.content, self.last)
            self.chunk_refusal = text if isinstance(text, str) else ""
            if self.last:
                self.finish(text)
            else:
                self.say(self.chunk_refusal or "250 2.0.0")
        return True


# --- dialogues

class Dialogue:
    def __init__(self, rnd):
        self.r, self.units = rnd, []

    def add(self, *units):
        self.units += units

    def some(self, known, n):
        words = [self.r.choice(list(known)) for _ in range(n)]
        if self.r.random() < 0.7:
            words = [w for w in words if isinstance(known[w], bytes)]
        return b"".join(b" " + w for w in words)

    def mail(self, good):
        r = self.r
        address = r.choice([b"<>", b"<a@b.example>"]) if good or r.random() < 0.4 else r.choice(list(SENDERS))
        words = self.some(MAIL, r.choice([0, 0, 1, 2, 3])) if address and (not good or r.random() < 0.3) else b""
        self.add(r.choice([b"MAIL FROM:", b"mail from:", b"MAIL FROM: "]) + address + words + b"\r\n")

    def rcpt(self, good):
        r = self.r
        address = b"<yes@mx.example.org>" if good or r.random() < 0.4 else r.choice(list(RECIPIENTS))
        words = self.some(RCPT, r.choice([0, 0, 1, 2])) if address and r.random() < 0.4 else b""
        self.add(b"RCPT TO:" + address + words + b"\r\n")

    def body(self):
        r = self.r
        pieces = [b"Subject: x\r\n", b"\r\n", b"text\r\n", b".\r\n", b"..\r\n", b".x\r\n", b"a.\r\n", b"\xf6\x85\r\n",
                  b"RSET\r\n", b"MAIL FROM:<a@b.example>\r\n", b"0123456789" * 9 + b"\r\n", b"Received: x\r\n"]
        odd = [b"\n", b"\r", b"\0", b"\n.\n", b"\n.\r\n", b"\r.\r", b"\r\r\n", b"\r\n.\n", b"\r\n.\r", b"Delivered-To: y\r\n" * 101,
               b"x" * DATABYTES, b"y\r\n" * 700, b"\r\n" * 4800, b".", b"Received:\r\n" * 100]
        parts = [r.choice(pieces) for _ in range(r.choice([0, 1, 3, 8]))]
        for _ in range(r.choice([0] * 8 + [1] * 3 + [2])):
            parts.insert(r.randint(0, len(parts)), r.choice(odd))
        return b"".join(parts)

    def data(self):
        body = self.body().replace(b"\r\n.\r\n", b"\r\n..\r\n")
        if self.r.random() < 0.1:
            body = self.body()
        if body and not body.endswith(b"\r\n") and self.r.random() < 0.9:
            body += b"\r\n"
        self.add(b"DATA\r\n", body, b".\r\n" if self.r.random() < 0.95 else b"")

    def chunks(self):
        r, body = self.r, self.body()
        cuts = sorted(r.randint(0, len(body)) for _ in range(r.choice([0, 0, 1, 2, 3])))
        for i, j in zip([0] + cuts, cuts + [len(body)]):
            last = j == len(body) and r.random() < 0.9
            head = b"BDAT %d%s\r\n" % (j - i, r.choice([b" LAST", b"  last"]) if last else b"")
            self.add(*([head + body[i:j]] if r.random() < 0.7 else [head, body[i:j]]))
            if r.random() < 0.05:
                self.single()
        if r.random() < 0.1:
            self.add(b"BDAT 0 LAST\r\n")

    def single(self):
        r = self.r
        self.add(r.choice([
            b"NOOP\r\n", b"NOOP x\r\n", b"RSET\r\n", b"rset \t\r\n", b"VRFY yes\r\n", b"HELP\r\n", b"EXPN x\r\n", b"BLA\r\n", b"\r\n",
            b"HELO c.example\r\n", b"EHLO c.example\r\n", b"HELO\r\n", b"EHLO " + b"x" * 256 + b"\r\n", b"DATA x\r\n", b"MAIL\r\n",
            b"RCPT\r\n", b"MAIL TO:<a@b.example>\r\n", b"\xff\xfe\r\n", b"\x01\r\n", b"NOOP " + b"x" * (LINE - 7) + b"\r\n",
            b"NOOP " + b"x" * (LINE - 6) + b"\r\n", b"X" * 9000 + b"\r\n", b"DATA\r\n", b"RSET\r\n", b"EHLO c\r\n"]))

    def ending(self):
        slow = self.r.random() < 0.1      # these are answered more and more slowly
        self.add(self.r.choice([b"NOOP\r\n" * 240, b"BLA\r\n" * 25]) if slow else self.r.choice([
            b"QUIT\r\n", b"quit\r\n", b"BDAT\r\n", b"BDAT x\r\n", b"BDAT 5 LAST x\r\nabcde", b"NOOP\n", b"NO\rOP\r\n", b"NOOP\0\r\n",
            b"GET / HTTP/1.1\r\n", b"SSH-2.0-x\r\n", b"x" * 70000 + b"\r\n",
            b"RCPT TO:<no@mx.example.org>\r\n" * 10, b"BDAT 20000\r\n" + b"x" * 20000, b"DATA\r\n" + b"\r\n" * 8000]))

    def make(self):
        r = self.r
        if r.random() < 0.9:
            self.add(r.choice([b"EHLO", b"HELO", b"ehlo"]) + b" c%d.example\r\n" % r.randint(0, 9))
        for _ in range(r.choice([1, 3, 5, 8])):
            for _ in range(r.choice([0, 0, 0, 1, 2])):
                self.single()
            self.mail(r.random() < 0.8)
            for _ in range(r.choice([1, 1, 1, 2, 3, 8])):
                self.rcpt(r.random() < 0.6)
                if r.random() < 0.1:
                    self.single()
            r.choice([self.data, self.data, self.chunks])()
            if r.random() < 0.03:
                self.ending()
        if r.random() < 0.5:
            self.ending()
        return [u for u in self.units if u]


# --- the program

def start(kind, front):
    ours, theirs = socket.socketpair(socket.AF_UNIX, kind)
    ours.settimeout(60)
    environment = dict(os.environ, TCPREMOTEIP=FRONT if front else CLIENT)
    p = subprocess.Popen([program], stdin=theirs, stdout=theirs, stderr=subprocess.DEVNULL, env=environment, close_fds=False)
    theirs.close()
    return ours, p


class Listener:
    """Takes the server's lines apart: replies, each "CODE STATUS" and " queued" with the ID's number."""

    def __init__(self, s):
        self.s, self.buf, self.replies, self.ids, self.ended = s, b"", [], [], False

    def more(self):
        try:
            got = self.s.recv(65536)
        except (ConnectionError, TimeoutError) as e:
            got = b""
            if isinstance(e, TimeoutError):
                self.replies.append("silence")
        self.ended = not got
        self.buf += got
        while b"\r\n" in self.buf:
            line, self.buf = self.buf.split(b"\r\n", 1)
            self.one(line.decode("ascii"))

    def one(self, line):
        if re.fullmatch(r"250-[ -~]+", line):
            return
        m = re.fullmatch(r"(\d{3}) (?:(\d\.\d{1,3}\.\d{1,3}) )?[ -~]+", line)
        if not m or (m[2] and m[2][0] != m[1][0]):
            self.replies.append("malformed: " + line)
            return
        queued = re.fullmatch(r"250 2\.0\.0 ok \d+ qp ([0-9a-f]{26})", line)
        self.replies.append(m[1] + " " + (m[2] or "") + (" queued" if queued else ""))
        if queued:
            self.ids.append(int(queued[1], 16))

    def until(self, n):
        while not self.ended and len(self.replies) < n:
            self.more()


def send(s, data):
    try:
        s.sendall(data)
    except OSError:
        pass            # the server is gone: its last replies tell why


def in_steps(s, listener, units, counts):
    for unit, n in zip(units, counts):
        send(s, unit)
        listener.until(n)


def at_once(s, listener, units, counts):
    send(s, b"".join(units))


def in_two(cut):
    def run(s, listener, units, counts):
        data = b"".join(units)
        send(s, data[:cut])
        send(s, data[cut:])
    return run


def in_pieces(rnd, alone):
    """A packet each, of which a read loses what it does not take: a header, which is not read ahead of, byte by byte."""
    def run(s, listener, units, counts):
        data, sent = b"".join(units), 0
        while sent < len(data):
            n = 1 if sent < alone else rnd.choice([1, 2, 3, 10, 100, 1000])
            send(s, data[sent:sent + n])
            sent += n
    return run


def converse(way, kind, header, units, counts):
    s, p = start(kind, header)
    listener = Listener(s)
    way(s, listener, [header] + units if header else units, [0] + counts if header else counts)
    try:
        s.shutdown(socket.SHUT_WR)
    except OSError:
        pass
    while not listener.ended:
        listener.more()
    s.close()
    return listener, p.wait(120)


def stored(n):
    with open(f"{store}/{n}.mess", "rb") as f:
        head, by, text = f.read().split(b"\n", 2)
    with open(f"{store}/{n}.env", "rb") as f:
        return head + b"\n" + by, text, f.read()


def compare(what, units, replies, messages, listener, code):
    if code:
        return f"exit {code}"
    if listener.replies != replies:
        return f"{what}: the replies are\n  {listener.replies}, not\n  {replies}"
    for n, (helo, protocol, text, envelope) in zip(listener.ids, messages):
        head, got, env = stored(n)
        helo = re.sub(rb"[^a-zA-Z0-9.:_\[\]-]", b"?", helo) or b"unknown"
        if not re.fullmatch(rb"Received: from %s \(\[%s\]\)\n  by mx\.example\.org with %s; .*" % (
                re.escape(helo), CLIENT.encode(), protocol), head):
            return f"{what}: {head}"
        if (got, env) != (text, envelope):
            return f"{what}: message {got} {env}\n  is not\n  {text} {envelope}"
    return "" if len(listener.ids) == len(messages) else f"{what}: {len(listener.ids)} messages of {len(messages)}"


HEADERS = [b"", b"PROXY TCP4 %s 203.0.113.1 4444 25\r\n" % CLIENT.encode(),
           b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0f" + bytes([198, 51, 100, 7, 203, 0, 113, 1, 1, 1, 0, 25]) + b"\4\0\0"]


def sequence(i):
    rnd = random.Random(f"{seed} {i}")
    units, counts, model = Dialogue(rnd).make(), [], Model()
    replies = ["220 "]
    for at, u in enumerate(units):
        if model.errors >= 10 and rnd.random() < 0.95:  # each further one is answered half a second later
            del units[at:]
            break
        replies += model.feed(u)
        counts.append(len(replies))
    header = rnd.choice(HEADERS)
    for what, way, kind in (("in steps", in_steps, socket.SOCK_STREAM), ("at once", at_once, socket.SOCK_STREAM),
                            ("in pieces", in_pieces(rnd, len(header)), socket.SOCK_SEQPACKET)):
        listener, code = converse(way, kind, header, units, counts)
        trouble = compare(what, units, replies, model.messages, listener, code)
        if trouble:
            return re.sub(r"(..*?)\1{20,}", r"\1[...]", f"sequence {i} {trouble}\n  sent: {units}"), 0, 0, 0
    return "", len(replies), 3 * len(model.messages), len(units)


HELLO = b"EHLO c.example\r\n"
START = HELLO + b"MAIL FROM:<a@b.example>\r\nRCPT TO:<yes@mx.example.org>\r\n"
SPLITS = [
    START + b"BDAT 4\r\n..a\rBDAT 4\r\n\n.\r\nBDAT 3\r\nx\r\nBDAT 1\r\n\rBDAT 1 LAST\r\n\nMAIL FROM:<>\r\nQUIT\r\n",
    START + b"BDAT 3\r\na\r\nBDAT 2 LAST\r\nb\rRSET\r\n" + START + b"BDAT 2\r\na\rBDAT 1\r\nbBDAT 0 LAST\r\nNOOP\r\n",
    HELLO + b"MAIL FROM:<" + U + b"@b.example> SMTPUTF8 RET=hdrs ENVID=x+2By body=8bitmime\r\nRCPT TO:<" + U + b"@mx.example.org> "
    b"NOTIFY=DELAY,failure ORCPT=utf-8;a\\x{F6}\r\nRCPT TO:<yes@mx.example.org> NOTIFY=NEVER,DELAY\r\nDATA\r\n\xf6\r\n..\r\n.\r\n",
    START + b"RCPT TO:<no@mx.example.org>\r\nRCPT TO:<yes@other.example>\r\nRCPT TO:<bare>\r\nDATA x\r\nRSET\r\nMAIL FROM:<a\r\n"
    b"MAIL FROM:<a@b.example> SIZE=2001\r\nBDAT 6\r\nNOOP\r\nMAIL FROM:<>\r\nRCPT TO:<later@mx.example.org>\r\nDATA\r\n"
    b"BDAT 6\r\nQUIT\r\nBDAT 6 LAST\r\nQUIT\r\nEXPN\r\nNO\rOP\r\n",
    START + b"DATA\r\ntext\n.\r\nMAIL FROM:<>\r\n\r.\r\r\n.\r\n" + START + b"DATA\r\n.\r\nBDAT 5x\r\nNOOP\r\n",
    START + b"DATA\r\n" + b"Received:\r\n" * 150 + b"x\r\n" * 700 + b"\n\r\n.\r\nNOOP\r\n",
    START + b"BDAT 1650\r\n" + b"Received:\r\n" * 150 + b"BDAT 2100\r\n" + b"x\r\n" * 700 + b"BDAT 1 LAST\r\n\nNOOP\r\n",
    START + b"DATA\r\n" + b"x\r\n" * 4000 + b"\r\n.\r\nNOOP\r\n",
]


def every_cut(data):
    model = Model()
    replies = ["220 "] + model.feed(data)
    for cut in range(1, len(data), 1 if len(data) < 500 else 97):
        listener, code = converse(in_two(cut), socket.SOCK_SEQPACKET, b"", [data], [])
        trouble = compare(f"cut at {cut}", [data], replies, model.messages, listener, code)
        if trouble:
            return f"{trouble}\n  sent: {data}", 0, 0, 0
    return "", len(replies), len(model.messages) * len(range(1, len(data), 1 if len(data) < 500 else 97)), 1


splits = sys.argv[3] == "splits"
work, what = (every_cut, SPLITS) if splits else (sequence, range(int(sys.argv[3])))
print(f"seed {seed}")
found = replies = messages = units = 0
with concurrent.futures.ThreadPoolExecutor(16) as pool:
    for trouble, r, m, u in pool.map(work, what):
        if trouble and found < 3:
            print(trouble)
        found, replies, messages, units = found + bool(trouble), replies + r, messages + m, units + u
kept = sum(name.endswith(".env") for name in os.listdir(store))
print(f"{len(what)} sequences, {units} units, {replies} replies, {messages} messages taken, {kept} queued, {found} wrong")
sys.exit(found > 0 or messages != kept)
