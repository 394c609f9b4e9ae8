# mail-qhosts: how destinations fare, as mail-send among fake neighbours tells it, and what is damaged or made up
. "$(dirname "$0")/../lib.sh"
. "$stub/send.sh"

test_destinations() {
  py "destinations" no <<'E'
def qhosts():
    r = subprocess.run([home + "/bin/mail-qhosts"], capture_output=True, timeout=60)
    return r.returncode, r.stdout.decode(), r.stderr.decode()
def shows(*patterns):
    """all of them, in this order, sooner or later: mail-send writes every few seconds"""
    global out
    out = ()
    def all():
        global out
        s.signal(signal.SIGHUP)         # so that it wakes up before it has to
        s.until(lambda: False, 0.3)
        out = qhosts()
        return re.search(".*\n(.*\n)*".join(patterns), out[1], re.M)
    check(s.until(all), patterns, *out)
    check(out[0] == 0 and not out[2], out)
check(qhosts() == (111, "", "mail-qhosts: mail-send is not running\n"), qhosts())
open(home + "/control/ratelimits", "w").write("slow.test:3/20\n")
s.start()
shows(r"\Alocal 0/10, remote 0/20, \d+ seconds ago\n\Z")
for n in range(30): s.queue("a@from.test", ["%d@big.test" % n])
for n in range(9): s.queue("a@from.test", ["%d@slow.test" % n])
for d in "dead.test", "evil.\033[2Jt\303\251st", "later.test": s.queue("a@from.test", ["x@" + d])
held = [s.must() for n in range(5 + 3 + 3)]
check(s.order(0.2) is None)
for o in list(held):
    domain = s.address(o)[0].split("@")[1]
    if domain == "big.test": continue
    held.remove(o)
    if domain == "slow.test": s.report(o, "K", b"2.0.0 taken", flags=CONNECTED)
    elif domain == "dead.test": s.report(o, "Z", b"4.4.1 nobody there", relay=b"", flags=HOST_DOWN)
    elif domain == "later.test": s.report(o, "Z", b"4.7.1 mx: 450 4.7.1 wait\r\n\033]2;x\007")
    else: s.report(o, "D", b"5.1.1 \\ \377")
shows(r"^local 0/10, remote 5/20, \d+ seconds ago",
      r"^ now/most  waiting    messages connections state     destination",
      r"^      5/5       25           -           - ready     big\.test",
      r"^      0/5        6         3/3        3/20 held:\d+ +slow\.test: 2\.0\.0 taken",
      r"^      0/1        0           -           - dead:\d+ +dead\.test: 4\.4\.1 nobody there",
      r"^      0/[56] +0           -           - ready     evil\.\\x1b\[2jt.*st: 5\.1\.1 \\x5c \\xff",
      r"^      0/2        0           -           - ready     later\.test: 4\.7\.1 mx: 450 4\.7\.1 wait\\x0d\\x0a\\x1b\]2;x\\x07$")
dead = int(re.search(r"dead:(\d+)", out[1]).group(1))
slow = int(re.search(r"held:(\d+)", out[1]).group(1))
check(dead <= 60 and slow <= 62, out[1])
check(not re.search("[^\n -~]", out[1]), "nothing but lines of ASCII")

hosts = home + "/queue/state/hosts"
check(os.stat(hosts).st_mode & 0o7777 == 0o640 and not os.path.exists(hosts + ".new"))
for p in "mail-qread", "mail-qstat":
    text = subprocess.run([home + "/bin/" + p], capture_output=True, timeout=60).stdout
    check(text and b"hosts" not in text and b"strange" not in text, text)

s.p.send_signal(signal.SIGSTOP)         # so that it does not repair what is done to the file
good = open(hosts, "rb").read()
def refused(words):
    code, text, error = qhosts()
    check(code == 111 and not text and words in error, words, code, text, error)
for bad in b"", good[:1], good[:40], good[:-1], good + b"x", b"\2" + good[1:], good[:33] + b"\377" + good[34:]:
    open(hosts, "wb").write(bad)
    refused("queue/state/hosts is damaged")
os.truncate(hosts, 4096 * 1000)
refused("is not what mail-send writes")
os.unlink(hosts)
refused("has not told anything yet")
os.symlink("/etc/passwd", hosts)
refused("cannot read queue/state/hosts")
os.unlink(hosts)
os.mkfifo(hosts, 0o600)
if os.getuid() == 0: os.chown(hosts, os.stat(home + "/queue/state").st_uid, -1)
refused("is not what mail-send writes")
os.unlink(hosts)
s.p.send_signal(signal.SIGCONT)
for o in held: s.report(o, "K")
shows(r"^local 0/10, remote 10/20", r"^    10/10       15 .* big\.test: 2\.0\.0 fine")
check(subprocess.run([home + "/bin/mail-qhosts"], stdout=open("/dev/full", "w"), stderr=-3).returncode == 111)
check(subprocess.run([home + "/bin/mail-qhosts", "x"], stderr=-3).returncode == 100)
s.kill()
check(qhosts() == (111, "", "mail-qhosts: mail-send is not running\n"), qhosts())
E
}

test_a_file_that_cannot_be_written() {
  py "not written" no <<'E'
hosts = home + "/queue/state/hosts"
if os.path.exists(hosts): os.unlink(hosts)
os.mkdir(hosts)
s.start()
word = "warning: cannot write queue/state/hosts"
check(s.until(lambda: word in s.log()))
s.until(lambda: False, 6)
s.queue("a@from.test", ["a@far.test"])
s.report(s.must(), "K")
check(s.until(lambda: s.lines("delivered")), "mail goes on")
check(s.log().count(word) == 1, "told once")
check(not os.path.exists(hosts + ".new"))
os.rmdir(hosts)
s.until(lambda: False, 6)
s.signal(signal.SIGHUP)
check(s.until(lambda: os.path.isfile(hosts)))
E
}

test_others_may_not_look() {
  need_root || return 0
  setpriv --reuid 65534 --regid 65534 --clear-groups "$home/bin/mail-qhosts" > "$SCRATCH/out" 2> "$SCRATCH/err"
  assertEquals 100 $?
  grep -q 'only root' "$SCRATCH/err" || fail "$(cat "$SCRATCH/err")"
}

run_tests
