#!/usr/bin/python3 -S
"""mailcheck.py load LEDGER DIR - hold what stands in DIR (a file a message) against the ledger of load.py
mailcheck.py source COUNT DIR BODY - the same for COUNT messages of smtp-source -N, which all have the body in BODY

Prints one line, "sent N arrived N lost N repeated N damaged N cut N", and exits 0 only when nothing is lost or damaged
(for source: nor repeated). Cut are files of smtp-sink whose sender was killed before the end: never acknowledged, they
count as nothing. In a Maildir such a file is damage.
"""
import collections, hashlib, os, re, sys

mode, what, folder = sys.argv[1:4]
seen = collections.Counter()
damaged = cut = 0


def content(path):
    with open(path, "rb") as f:
        m = f.read()
    if m.startswith(b"X-Client-Addr: ") and m.endswith(b"\n"):
        m = m[:-1]          # smtp-sink puts an empty line behind each message
    return m


if mode == "load":
    sent = {int(l) for l in open(what)}
else:
    sent = set(range(1, int(what) + 1))
    first = content(sys.argv[4])
    expected = first[first.index(b"\n\n") + 2:]
for name in os.listdir(folder):
    m = content(os.path.join(folder, name))
    head, _, body = m.partition(b"\n\n")
    if mode == "load":
        if m.startswith(b"X-Client-Addr: ") and not body.endswith(b"end of the message\n"):
            cut += 1
            continue
        tag = re.search(rb"^X-Load: (\d+) ([0-9a-f]{64})$", head, re.M)
        good = tag and hashlib.sha256(body).hexdigest().encode() == tag.group(2)
    else:
        tag = re.search(rb"^(?:Delivered-To: |X-Rcpt-Args: <)(\d+)", head, re.M)
        good = tag and body == expected
    if not good:
        damaged += 1
        print("damaged:", name)
    if tag:
        seen[int(tag.group(1))] += 1
lost = sorted(sent - set(seen))
repeated = sum(c - 1 for c in seen.values())
if lost:
    print("lost:", lost[:20])
print("sent %d arrived %d lost %d repeated %d damaged %d cut %d"
      % (len(sent), len(seen), len(lost), repeated, damaged, cut))
sys.exit(bool(lost or damaged or (mode == "source" and repeated)))
