#!/usr/bin/python3 -S
"""corpus.py HOME PORT FOLDER - each message of a corpus by sendmail -t and by SMTP; what the Maildir and the mbox then have

A file of the corpus: "to: NAME..." (local parts at one.example that get it) or "refused: WORDS" (of the error), a line
=====, the message, and where another one is to come out =====, that one. All mail for one.example goes to ann's Maildir
and to her mbox. Prints what is wrong; exit 1 then."""
import collections, os, re, smtplib, subprocess, sys, time

home, port, folder = sys.argv[1], int(sys.argv[2]), sys.argv[3]
ann = home + "/people/ann"
wrong = 0


def complain(*words):
    global wrong
    wrong = 1
    print(*words)


def read(name):
    with open(os.path.join(folder, name), "rb") as f:
        parts = f.read().split(b"=====\n")
    kind, words = parts[0].decode().rstrip("\n").split(": ", 1)
    return kind, words, parts[1], parts[-1]


def by_sendmail(name, kind, words, message):
    p = subprocess.run([home + "/bin/sendmail", "-t", "-i", "-f", name + "-t@one.example"], input=message, stderr=subprocess.PIPE)
    said = p.stderr.decode("latin-1")
    if kind == "to" and p.returncode:
        complain(name, "exit", p.returncode, said)
    if kind == "refused" and (p.returncode != 100 or words not in said):
        complain(name, "exit", p.returncode, "not refused for", words, "but", said)


def by_smtp(server, name, rcpts, message):
    """The bytes as they are: what may not be in a message is refused."""
    server.docmd("MAIL", "FROM:<%s-smtp@one.example>" % name)
    for r in rcpts:
        code, text = server.docmd("RCPT", "TO:<%s@one.example>" % r)
        if code != 250:
            complain(name, r, code, text)
    code, text = server.docmd("DATA")
    crlf = re.sub(rb"(?m)^\.", b"..", message).replace(b"\n", b"\r\n")
    if message and not message.endswith(b"\n"):
        crlf += b"\r\n"
    server.send(crlf + b".\r\n")
    code, text = server.getreply()
    want = 550 if b"\r" in message or b"\0" in message else 250
    if code != want:
        complain(name, "by SMTP:", code, text)
    return code == 250


def split(message):
    """Sender, recipient, and the bytes behind the fields that the suite has put in front."""
    sender = re.match(rb"(?:From [^\n]*\n)?Return-Path: <([^\n]*)@one.example>\n", message)
    rcpt = re.search(rb"^Delivered-To: ([^\n]*)@one.example\n", message, re.M)
    if not sender or not rcpt:
        complain("strange:", message[:200])
        return None
    rest = message[rcpt.end():]
    while True:
        received = re.match(rb"Received: [^\n]*\n(?:[ \t][^\n]*\n)*", rest)
        if not received or b"Received: from (x" in received.group():
            return sender.group(1).decode(), rcpt.group(1).decode(), rest
        rest = rest[received.end():]


def maildir():
    for name in os.listdir(ann + "/Maildir/new"):
        with open(ann + "/Maildir/new/" + name, "rb") as f:
            yield f.read()


def mbox():
    with open(ann + "/mbox", "rb") as f:
        text = f.read()
    for m in re.split(rb"(?m)^(?=From \S+@one\.example )", text)[1:]:
        if not m.endswith(b"\n\n"):
            complain("an mbox entry without an empty line behind it:", m[-100:])
        yield re.sub(rb"(?m)^>(>*From )", rb"\1", m[:-1])


def compare(what, found, want):
    got = collections.defaultdict(list)
    for message in found:
        one = split(message)
        if one:
            got[one[:2]].append(one[2])
    for key in sorted(set(got) | set(want)):
        if key not in want:
            complain(what, key, "must not be there")
        elif got.get(key) != [want[key]]:
            complain(what, key, "has", got.get(key), "and not", want[key])


server = smtplib.SMTP("127.0.0.1", port, timeout=60)
server.ehlo("corpus.example")
want = {}
names = sorted(os.listdir(folder))
for name in names:
    kind, words, message, out = read(name)
    by_sendmail(name, kind, words, message)
    for r in words.split() if kind == "to" else []:
        want[name + "-t", r] = out
    rcpts = words.split() if kind == "to" else ["a"]
    if by_smtp(server, name, rcpts, message):
        for r in rcpts:
            want[name + "-smtp", r] = message
    elif b"\r" not in message and b"\0" not in message:
        complain(name, "was refused by SMTP")
server.quit()
end = time.monotonic() + 60
while len(os.listdir(ann + "/Maildir/new")) < len(want) and time.monotonic() < end:
    time.sleep(0.1)
while b"in queue: 0\n" not in subprocess.run([home + "/bin/mail-qstat"], capture_output=True).stdout and time.monotonic() < end:
    time.sleep(0.1)             # then nothing more comes
compare("Maildir", maildir(), want)
compare("mbox", mbox(), want)
print(len(names), "messages,", len(want), "deliveries")
sys.exit(wrong)
