#!/usr/bin/python3 -S
"""tlsmail.py SERVER STEP... - a mail client for TLS and logins, which does what it is told, and prints what it hears

SERVER is ADDRESS:PORT, or the words of a program, which gets a TCP connection as 0 and 1, as inetd does it. The server's
greeting is waited for first, unless the first step is tls. A STEP:
    LINE            sends it, and waits for the reply
    =TEXT           sends the bytes (\\r and \\n as in printf), and waits for nothing
    ?               waits for a reply
    .FILE           sends a file as a message, dots doubled, and its end; waits for the reply
    tls             begins TLS; any certificate will do
    plain LOGIN PASSWORD    AUTH PLAIN with an initial response
    close           closes the connection without a word
    rest            prints what comes until the end, by whom ever
Prints the last line of each reply, "tls VERSION" or "tls failed", and "closed" when the server has closed. The program's
exit status, if there is one, comes last: "exit N"."""
import base64, socket, ssl, subprocess, sys

server, steps = sys.argv[1], sys.argv[2:]
program = None


def connect():
    global program
    if not server.startswith("/"):
        host, port = server.rsplit(":", 1)
        return socket.create_connection((host, int(port)), timeout=60)
    with socket.create_server(("127.0.0.1", 0)) as s:
        client = socket.create_connection(s.getsockname(), timeout=60)
        theirs = s.accept()[0]
    program = subprocess.Popen(server.split(), stdin=theirs, stdout=theirs)
    theirs.close()
    return client


class Over(Exception):
    pass


class Client:
    def __init__(self):
        self.s, self.unread = connect(), b""

    def line(self):
        while b"\n" not in self.unread:
            try:
                more = self.s.recv(65536)
            except OSError:
                more = b""
            if not more:
                print("closed")
                raise Over
            self.unread += more
        line, self.unread = self.unread.split(b"\n", 1)
        return line.decode("latin-1").rstrip("\r")

    def reply(self):
        while True:
            line = self.line()
            if line[3:4] != "-":
                break
        print(line, flush=True)

    def send(self, data):
        try:
            self.s.sendall(data)
        except OSError:
            print("closed")
            raise Over

    def tls(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        try:
            self.s = context.wrap_socket(self.s)
        except OSError:
            print("tls failed")
            raise Over
        print("tls", self.s.version(), flush=True)

    def step(self, step):
        if step == "tls":
            self.tls()
        elif step == "close":
            raise Over
        elif step == "?":
            self.reply()
        elif step == "rest":
            while True:
                print(self.line())
        elif step.startswith("="):
            self.send(step[1:].encode("latin-1").decode("unicode_escape").encode("latin-1"))
        elif step.startswith("."):
            text = open(step[1:], "rb").read().replace(b"\n", b"\r\n").replace(b"\r\n.", b"\r\n..")
            self.send(text + b".\r\n")
            self.reply()
        elif step.startswith("plain "):
            _, login, password = step.split(" ")
            self.send(b"AUTH PLAIN " + base64.b64encode(f"\0{login}\0{password}".encode()) + b"\r\n")
            self.reply()
        else:
            self.send(step.encode() + b"\r\n")
            self.reply()


client = Client()
try:
    if steps[:1] != ["tls"]:
        client.reply()
    else:
        client.tls()
        client.reply()
        steps = steps[1:]
    for step in steps:
        client.step(step)
except Over:
    pass
client.s.close()
if program:
    print("exit", program.wait(timeout=60))
