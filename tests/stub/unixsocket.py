"""unixsocket.py - for the stubs: a socket with a name that, once it is there, can be connected to, as mail-start makes them"""
import os, socket


def listener(path, kind=socket.SOCK_STREAM):
    """takes an old one's place"""
    made = path + ".new"
    if os.path.exists(made):
        os.unlink(made)
    s = socket.socket(socket.AF_UNIX, kind)
    s.bind(made)
    os.chmod(made, 0o666)
    s.listen(256)
    os.rename(made, path)
    return s
