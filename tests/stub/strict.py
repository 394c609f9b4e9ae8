#!/usr/bin/python3 -S
"""strict.py FILE PORT - an SMTP server on 127.0.0.1 that believes nothing but RFC 5321

FILE gets a line for each message: the sender's local part and, in hexadecimal, the message as it came on the wire
without the dots of 4.5.2 and without the trace fields on top; "BAD why" for anything out of order: a CR or LF alone or
a NUL in a message or command, bytes after the end mark that are no command, a connection that ends within a message.
"""
import re, socket, sys, threading

out = open(sys.argv[1], "a", buffering=1)
lock = threading.Lock()
TRACE = re.compile(rb"(?:Received: [^\r\n]*\r\n(?:[ \t][^\r\n]*\r\n)*)+")
COMMANDS = {b"EHLO": b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME", b"MAIL": b"250 ok", b"RCPT": b"250 ok",
            b"RSET": b"250 ok", b"DATA": b"354 go", b"QUIT": b"221 bye"}


def tell(line):
    with lock:
        out.write(line + "\n")


def sound(data):
    return b"\0" not in data and not re.search(rb"\r(?!\n)|(?<!\r)\n", data)


class Peer:
    def __init__(self, conn):
        self.conn, self.buf = conn, b""

    def until(self, mark):
        """All up to and with mark; None at the end of the connection."""
        while mark not in self.buf:
            more = self.conn.recv(65536)
            if not more:
                return None
            self.buf += more
        data, _, self.buf = self.buf.partition(mark)
        return data + mark

    def message(self, who):
        self.buf = b"\r\n" + self.buf           # the DATA line's own
        data = self.until(b"\r\n.\r\n")
        if data is None:
            tell("BAD connection ended in a message of " + who)
            return False
        text = data[2:-3]                       # the CRLF before the dot ends the last line
        if not sound(data):
            tell("BAD line end or NUL from " + who)
        text = re.sub(rb"(?m)^\.", b"", text) if text else text
        head = TRACE.match(text)
        tell("%s %s" % (who, text[head.end() if head else 0:].hex()))
        self.conn.sendall(b"250 taken\r\n")
        return True

    def talk(self):
        who = "nobody"
        self.conn.sendall(b"220 strict\r\n")
        while True:
            line = self.until(b"\r\n")
            if line is None:
                if self.buf:
                    tell("BAD bytes at the end: " + repr(self.buf))
                return
            verb = line[:4].upper()
            if not sound(line) or verb not in COMMANDS:
                tell("BAD command " + repr(line))
                return
            if verb == b"MAIL":
                who = line.split(b"<")[1].split(b"@")[0].decode()
            self.conn.sendall(COMMANDS[verb] + b"\r\n")
            if verb == b"DATA" and not self.message(who) or verb == b"QUIT":
                return


def serve(conn):
    conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        Peer(conn).talk()
    except OSError as e:
        tell("BAD " + str(e))
    conn.close()


server = socket.create_server(("127.0.0.1", int(sys.argv[2])), backlog=128)
while True:
    threading.Thread(target=serve, args=(server.accept()[0],), daemon=True).start()
