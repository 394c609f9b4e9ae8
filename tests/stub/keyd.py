#!/usr/bin/python3 -S
"""keyd.py SOCKET COMMAND... - a caller of mail-keyd, as whoever it is started

  ask NAME CERT SCHEME FORM   a request (tls13, tls12, a file's bytes by @PATH, or hex); CERT's key is meant, in PEM; prints
                              "K LENGTH", or "D" or "Z" and the words; the text goes to text, the signature to signature
  raw HEX                     that record; prints as above, or "closed"
  silent N                    N connections that say nothing, until the one asked next is over
  many N NAME CERT            as many requests one after the other; prints how many were signed
"""
import hashlib, socket, struct, subprocess, sys
sys.dont_write_bytecode = True

path = sys.argv[1]
CONTEXT = b"TLS 1.3, server CertificateVerify\0"
kept = []

def connect():
    s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    s.connect(path)
    s.settimeout(60)
    return s

def b(s): return struct.pack(">I", len(s)) + s

def text_of(form):
    if form == "tls13": return b" " * 64 + CONTEXT + b"h" * 32
    if form == "tls13-client": return b" " * 64 + b"TLS 1.3, client CertificateVerify\0" + b"h" * 32
    if form == "tls13-short": return b" " * 64 + CONTEXT + b"h" * 31
    if form == "tls12": return b"r" * 64 + b"\3\0\x1d\x20" + b"p" * 32
    if form == "tls12-group": return b"r" * 64 + b"\3\1\x1d\x20" + b"p" * 32
    if form == "tls12-dhe": return b"r" * 64 + b"\0\x20" + b"p" * 32 + b"\0\1\2\0\x20" + b"y" * 32
    if form.startswith("@"): return open(form[1:], "rb").read()
    return bytes.fromhex(form)

def key_of(cert):
    if cert == "-": return bytes(32)
    pem = subprocess.run(["openssl", "x509", "-in", cert, "-noout", "-pubkey"], check=True, capture_output=True).stdout
    der = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "DER"], input=pem, check=True, capture_output=True).stdout
    return hashlib.sha256(der).digest()

def answer(s, record):
    try:
        s.send(record)
        a = s.recv(4096)
    except OSError as e:
        return "closed"
    if not a: return "closed"
    status = chr(a[1])
    n = struct.unpack(">I", a[2:6])[0]
    words, signature = a[6:6 + n].decode(), a[10 + n:]
    if status != "K": return status + " " + words
    open("signature", "wb").write(signature)
    return "K %d" % len(signature)

def request(name, key, scheme, text):
    return b"\1" + b(name.encode()) + b(key) + struct.pack(">I", scheme) + b(text)

args = sys.argv[2:]
while args:
    command = args.pop(0)
    if command == "ask":
        name, cert, scheme, form = (args.pop(0) for _ in range(4))
        text = text_of(form)
        open("text", "wb").write(text)
        print(answer(connect(), request(name, key_of(cert), int(scheme, 16), text)))
    elif command == "raw":
        print(answer(connect(), bytes.fromhex(args.pop(0))))
    elif command == "silent":
        kept += [connect() for _ in range(int(args.pop(0)))]
    elif command == "many":
        count, name, cert = int(args.pop(0)), args.pop(0), args.pop(0)
        record = request(name, key_of(cert), 0x403, text_of("tls13"))
        print(sum(answer(connect(), record).startswith("K") for _ in range(count)))
    else: sys.exit("what is %s?" % command)
