# mail-q: what it shows of a queue that mail-send among fake neighbours leaves, also when what it shows is hostile
. "$(dirname "$0")/../lib.sh"
. "$stub/send.sh"

ask_queue='
import json
def q(*args, **more):
    r = subprocess.run([home + "/bin/mail-q", *args], stdin=subprocess.DEVNULL, capture_output=True, timeout=60, **more)
    check(not re.search(rb"[\0-\x08\x0b-\x1f\x7f-\xff]", r.stdout + r.stderr) or "--json" in args, r)
    return r
def lists(*args):
    r = q(*args, "--json")
    for l in r.stdout.decode().splitlines(): check(not re.search("[\0-\x1f\x7f]", l), l)
    return r.returncode, [json.loads(l) for l in r.stdout.decode().splitlines()]
def ids(*args): return [m["id"] for m in lists(*args)[1]]
'

test_an_empty_queue_and_wrong_words() {
  need_root || return 0
  { printf '%s\n' "$ask_queue"; cat <<'E'
check(q().returncode == 0 and q().stdout == b"the queue is empty\n" and b"mail-qread" in q().stderr, q())
check(q("list", "--postfix").stdout == b"Mail queue is empty\n")
check(lists() == (0, []))
check(q("--to", "a@b").returncode == 1)
for bad in (["foo"], ["show"], ["show", "xyz"], ["hold"], ["delete", "--older", "3"], ["--older", "3x"], ["--larger", "-1"], ["--state", "old"],
            ["hold", "--all", "abcd"], ["--reason", "x"], ["hold", "--all", "--reason", "a\nb"], ["--from", ""], ["--to"],
            ["hold-domain"], ["hold-domain", "a@b"], ["list", "--yes"], ["hold", "--json=1", "--all"], ["show", "--raw", "abcd"]):
    r = q(*bad)
    if bad == ["delete", "--older", "3"]: check(r.returncode == 111 and b"start the service" in r.stderr, r)
    else: check(r.returncode == 100 and r.stderr and not r.stdout, bad, r)
r = q("hold", "--all")
check(r.returncode == 111 and b"nobody answers" in r.stderr and b"/service/send" in r.stderr, r)
r = q(user=4321, group=4321, extra_groups=[])
check(r.returncode == 100 and b"only root and members of the group" in r.stderr, r)
r = q("show", "--message", "abcd", user=4321, group=4321, extra_groups=[])
check(r.returncode == 100 and b"only root" in r.stderr, r)
r = q("--help")
check(r.returncode == 0 and b"--dry-run" in r.stdout)
E
  } | py "empty" no
}

test_what_is_shown_of_hostile_mail() {
  need_root || return 0
  { printf '%s\n' "$ask_queue"; cat <<'E'
hostile = "\033[2J\"\\<u>\t\x7f@\u00e4.test"
i = s.queue("evil\n\033]0;x\a@from.test", ["u@here.test", hostile, "w@far.test"])
j = s.queue("", ["v@far.test"], when=time.time() - 7200)
def policy(o, a):
    return {"u": ("Z", b"4.2.2 full \033[2J\n\377\302\205"), hostile[0]: ("Z", b"4.4.1 mx.bad.test said no"), "w": "K",
            "v": ("Z", b"4.7.1 greylisted")}[a[0]]
s.serve(policy)
def told(): return [r.get("tries") for m in lists()[1] for r in m["recipients"]] == [1, 1, 1, None]
check(s.until(lambda: s.pump(0.1) or told()), lists())
code, all_ = lists()
check(code == 0 and [m["id"] for m in all_] == [j, i], all_)
m = all_[1]
check(m["state"] == "waiting" and m["sender"] == "evil\n\033]0;x\a@from.test" and m["tries"] == 1 and m["next"] > time.time(), m)
r = m["recipients"]
check([x["address"] for x in r] == ["u@here.test", hostile, "w@far.test"], r)
check([x["state"] for x in r] == ["todo", "todo", "delivered"] and [x["channel"] for x in r] == ["local", "remote", "remote"], r)
check(r[0]["reply"] == "4.2.2 full \033[2J\n\ufffd\ufffd\ufffd" and bytes.fromhex(r[0]["reply_hex"]) == b"4.2.2 full \033[2J\n\377\302\205", r[0])
check("reply_hex" not in r[1] and r[2]["host"] == "far.test", r)
for args in [], ["show", i], ["list", "--postfix"]:
    r = q(*args)
    check(r.returncode == 0 and br"4.2.2 full \x1b[2J\x0a\xff" in r.stdout and br"evil\x0a\x1b]0;x\x07@from.test" in r.stdout, args, r)
postfix = q("list", "--postfix").stdout.decode().splitlines()
check(re.fullmatch("-+Queue ID-+ --Size-- -+Arrival Time-+ -+Sender/Recipient-+", postfix[0]), postfix)
check(re.fullmatch(j + r" +\d+ \w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d +MAILER-DAEMON", postfix[1]), postfix)
check(re.fullmatch(r" +\(4\.7\.1 greylisted\)", postfix[2]) and re.fullmatch(" +v@far.test", postfix[3]) and not postfix[4], postfix)
check(re.fullmatch(r"-- \d+ Kbytes in 2 Requests\.", postfix[-1]) and not any("w@far" in l for l in postfix), postfix)
check(subprocess.run([home + "/bin/sendmail", "-bp"], capture_output=True).stdout.decode().splitlines() == postfix)
show = q("show", i[-9:]).stdout.decode()
check(re.search(r"state    waiting, tried 1 time, next try .* GMT", show) and "w@far.test  done" in show, show)
for sel, want in ((["--from", "<>"], [j]), (["--from", "*@FROM.test"], [i]), (["--to", "@here.test"], [i]), (["--to", "w@far.test"], []),
                  (["--domain", "Far.test."], [j]), (["--reply", "FULL"], [i]), (["--host", "mx.bad.test"], [i]), (["--host", "far.test"], [j]),
                  (["--older", "1h"], [j]), (["--newer", "1h"], [i]), (["--larger", "1"], [j, i]), (["--larger", "1g"], []),
                  (["--state", "waiting,held"], [j, i]), (["--state", "new"], []), (["--id", i[:20] + "*"], [i]), ([i, j], [i, j]),
                  ([i, "--from", "<>"], []), (["--to", "*" + hostile[3:].upper().replace("\u00c4", "\u00e4")], [i])):
    check(ids(*sel) == want, sel, want, ids(*sel))
check(lists("--to", "x@y")[0] == 1)
r = q("hold", "--to", "@here.test", "--dry-run")
check(r.returncode == 0 and r.stdout.startswith(b"this would be for mail-q hold:") and i.encode() in r.stdout, r)
put = lambda x, b: (open(home + "/queue/mess/%s/%s" % (x[6:8], x), "wb").write(b))
put(i, b"Subject: \033[2Jx\r\n\377\n\nbody\007\n\nmore\n")
check(q("show", "--header", i).stdout == b"Subject: \\x1b[2Jx\\x0d\n\\xff\n", q("show", "--header", i))
check(q("show", "--message", i[-9:]).stdout.endswith(b"\nbody\\x07\n\nmore\n"))
raw = subprocess.run([home + "/bin/mail-q", "show", "--message", "--raw", i], capture_output=True)
check(raw.stdout == b"Subject: \033[2Jx\r\n\377\n\nbody\007\n\nmore\n", raw)
open(home + "/queue/todo/%s/%s" % (j[6:8], j), "wb").write(b"damaged")
check([m["state"] for m in lists()[1]] == ["damaged", "waiting"] and ids("--state", "damaged") == [j] and ids("--from", "*") == [i], lists())
check(b"damaged" in q("show", j).stdout)
width = subprocess.run(["script", "-qec", "stty cols 60; exec " + home + "/bin/mail-q", "/dev/null"], capture_output=True, timeout=60)
check(all(len(l) <= 61 for l in width.stdout.decode().splitlines() if "warning" not in l) and b">\r\n" in width.stdout, width)
E
  } | py "hostile"
}

run_tests
