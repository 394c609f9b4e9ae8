# clients.sh - programs that people use: swaks, Python's smtplib, bsd-mailx, cron's call, and the ways to be started
. "$(dirname "$0")/../lib.sh"

home=$SCRATCH/home
maildir=$home/people/ann/Maildir/new

oneTimeSetUp() {
  [ $ROOT = yes ] || return 0
  instance "$home" one.example > /dev/null || exit 1
  port=$(free_port 2700)
  mailbox "$home" ann 61050
  "$home/bin/mail-newu" || exit 1
  listen_at "$home" 127.0.0.1 "$port"
  supervise_start "$SCRATCH" "$home/service/queue" "$home/service/send" "$home/service/smtpd"
  on_exit "supervise_stop $SCRATCH"
  wait_for 60 smtp_up "$port" || { echo "the server does not come up"; cat "$home"/log/*/current; exit 1; }
}

fresh() { rm -f "$maildir"/*; }
got() { grep -qrs "$1" "$maildir"; }
header() { sed '/^$/q' "$maildir"/* | grep -i "^$1:"; }

test_swaks() {
  need_root || return 0
  need swaks swaks || return 0
  fresh
  swaks --server "127.0.0.1:$port" --from carol@elsewhere.example --to ann@one.example --body "swaks was here" \
    --pipeline > "$SCRATCH/out" 2>&1
  assertEquals 0 $?
  wait_for 60 got "swaks was here" || fail "not delivered"
  swaks --server "127.0.0.1:$port" --from carol@elsewhere.example --to x@strange.example > "$SCRATCH/out" 2>&1
  assertEquals "relaying refused (24: no recipient accepted)" 24 $?
}

test_smtplib() {
  need_root || return 0
  fresh
  /usr/bin/python3 -S - "$port" <<'EOF'
import smtplib, sys
from email.message import EmailMessage
m = EmailMessage()
m["From"], m["To"], m["Subject"] = "carol@elsewhere.example", "ann@one.example", "smtplib was here"
m.set_content("Grüße\n.\n..dots\n")
m.add_attachment(bytes(range(256)) * 50, maintype="application", subtype="octet-stream")
with smtplib.SMTP("127.0.0.1", int(sys.argv[1]), timeout=20) as s:
    for i in range(3):
        assert s.send_message(m) == {}
    assert s.verify("ann")[0] == 252
    try:
        s.sendmail("a@b.example", ["ann@one.example", "nobody@one.example"], "Subject: half\r\n\r\n")
    except smtplib.SMTPRecipientsRefused:
        sys.exit("refused all")
EOF
  assertEquals 0 $?
  three() { [ "$(grep -ls 'smtplib was here' "$maildir"/* | wc -l)" = 3 ]; }
  wait_for 60 three || fail "not three"
  wait_for 60 got "^Subject: half" || fail "the accepted recipient gets it"
}

test_mailx() {
  need_root || return 0
  unpack bsd-mailx || return 0
  fresh
  echo "set sendmail=$home/bin/sendmail" > "$SCRATCH/mailrc"
  echo "mailx was here" | MAILRC=$SCRATCH/mailrc "$UNPACKED/usr/bin/bsd-mailx" -s "from mailx" -c ann@one.example ann@one.example
  assertEquals 0 $?
  wait_for 60 got "mailx was here" || fail "not delivered"
  assertEquals "Subject: from mailx" "$(header subject | head -n 1)"
}

test_postmaster_works_as_installed() {
  need_root || return 0
  swaks --server "127.0.0.1:$port" --from carol@elsewhere.example --to postmaster --body "to the postmaster" > "$SCRATCH/out" 2>&1
  assertEquals "$(tail -n 5 "$SCRATCH/out")" 0 $?
  swaks --server "127.0.0.1:$port" --from carol@elsewhere.example --to abuse@one.example --body "about abuse" > "$SCRATCH/out" 2>&1
  assertEquals "$(tail -n 5 "$SCRATCH/out")" 0 $?
  both() { [ "$(grep -ls 'to the postmaster\|about abuse' "$home"/alias/Maildir/new/* | wc -l)" = 2 ]; }
  wait_for 60 both || fail "postmaster's mail is not in the alias Maildir"
}

# the very call of Debian's cron, as the user whose job it was
test_cron() {
  need_root || return 0
  fresh
  printf 'From: root (Cron Daemon)\nTo: ann@one.example\nSubject: Cron <x@y> job\nMIME-Version: 1.0\n\noutput\r\nof a job\n.\nafter a dot\n' |
    setpriv --reuid 61050 --regid 61050 --clear-groups "$home/bin/sendmail" -i -FCronDaemon -B8BITMIME -oem ann@one.example
  assertEquals 0 $?
  wait_for 60 got "^after a dot" || fail "not delivered whole"
  assertEquals "no CR is stored" 0 "$(grep -c "$(printf '\r')" "$maildir"/*)"
}

test_sendmail_t_and_bs() {
  need_root || return 0
  fresh
  printf 'To: ann@one.example\nBcc: ann@one.example\nSubject: by -t\n\nx\n' | "$home/bin/sendmail" -t -oi
  assertEquals 0 $?
  wait_for 60 got "^Subject: by -t" || fail "not delivered"
  printf 'EHLO me\r\nMAIL FROM:<a@one.example>\r\nRCPT TO:<ann@one.example>\r\nDATA\r\nSubject: by -bs\r\n\r\nx\r\n.\r\nQUIT\r\n' |
    setpriv --reuid 61050 --regid 61050 --clear-groups "$home/bin/sendmail" -bs > "$SCRATCH/out"
  assertTrue "accepted" "grep -q '^250 2.0.0' $SCRATCH/out"
  wait_for 60 got "^Subject: by -bs" || fail "not delivered"
  assertTrue "a user's -bs is the user, not the network" "grep -q 'by uid 61050' $maildir/*"
}

# inetd and systemd sockets hand the connection over as descriptor 0 and 1, with nothing in the environment
test_started_by_a_plain_socket() {
  need_root || return 0
  fresh
  /usr/bin/python3 -S - "$home/bin/mail-smtpd" <<'EOF'
import os, smtplib, socket, subprocess, sys, threading
l = socket.create_server(("127.0.0.1", 0))
def serve():
    c, _ = l.accept()
    with open(os.devnull, "w") as null:
        subprocess.run(["setpriv", "--reuid", "61001", "--regid", "61001", "--clear-groups", sys.argv[1]],
                       stdin=c, stdout=c, stderr=null, env={}, check=True)
t = threading.Thread(target=serve)
t.start()
s = smtplib.SMTP("127.0.0.1", l.getsockname()[1], timeout=20)
s.sendmail("a@b.example", "ann@one.example", "Subject: plain socket\r\n\r\nx\r\n")
s.quit()
t.join()
EOF
  assertEquals 0 $?
  wait_for 60 got "^Subject: plain socket" || fail "not delivered"
  assertTrue "the peer is known" "grep -A2 '^Received: from' $maildir/* | grep -q '\[127.0.0.1\]'"
}

# a machine without the send service: one pass from cron
test_one_pass() {
  need_root || return 0
  fresh
  svc -d "$home/service/send"
  down() { svstat "$home/service/send" | grep -q ': down'; }
  wait_for 60 down || fail "the service does not stop"
  printf 'To: ann@one.example\nSubject: by one pass\n\nx\n' | "$home/bin/mail-inject"
  assertFalse "nothing moves: nobody is there" "ls $maildir | grep -q . || pgrep -f '^$home/bin/mail-send'"
  timeout 60 "$home/bin/mail-start" -1 2> "$SCRATCH/err"
  assertEquals "$(cat "$SCRATCH/err")" 0 $?
  assertTrue "delivered when it returns" "grep -q '^Subject: by one pass' $maildir/*"
  assertEquals "messages in queue: 0" "$("$home/bin/mail-qstat" | head -n 1)"
  svc -u "$home/service/send"
  up() { "$home/bin/mail-start" -1 -v 2>&1 | grep -q 'runs already'; }
  wait_for 60 up || fail "says nothing about the running service"
}

run_tests
