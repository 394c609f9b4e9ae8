# submission.sh - mail by TLS and of users who log in, through the real services: swaks, curl, s-nail, Python's smtplib,
# openssl
#
# One instance: STARTTLS on port 25 for strangers, submission and submissions for ann, whose mail to herself arrives.
. "$(dirname "$0")/../lib.sh"

home=$SCRATCH/home
log=$SCRATCH/log
me=127.0.0.1

oneTimeSetUp() {
  has_tls && [ $ROOT = yes ] || return 0
  instance "$home" mx.example.org || exit 1
  mailbox "$home" ann 61050
  "$home/bin/mail-newu" && "$home/bin/mail-newcert" -s mx.example.org > /dev/null || exit 1
  echo 'secret word' | "$home/bin/mail-newpw" ann || exit 1
  port=$(free_port 3300) submission=$(free_port $((port + 1)))
  submissions=$(free_port $((submission + 1)))
  printf '%s\n' "$me:$port" "$me:$submission:submission" "$me:$submissions:submissions" > "$home/control/listen"
  echo 2 > "$home/control/authwait"
  for s in queue tls send listen; do
    "$home/bin/mail-start" $s >> "$log" 2>&1 &
    on_exit "kill $! 2>/dev/null"
    [ $s != tls ] || { service=$! && wait_for 60 test -S "$home/run/auth/auth"; }
  done
  for p in $port $submission; do wait_for 60 greets "$p" || { cat "$log"; exit 1; }; done
}
greets() { client "$1" QUIT | grep -q ^221; }
client() { p=$1; shift; python3 -I -S "$stub/tlsmail.py" "$me:$p" "$@"; }
visit() { out=$(client "$@" 2>&1); }
codes() { echo "$out" | sed 's/^\([0-9][0-9][0-9]\) .*/\1/; s/^tls .*/tls/' | xargs; }
ready() { need_root && need_tls; }
logged() { wait_for 60 grep -qE "$1" "$log" || fail "not in the log: $1"; }
arrived() { grep -ls "^Subject: $1" "$home"/people/ann/Maildir/new/*; }
# all that arrived with that subject
message() { wait_for 60 arrived "$1" && arrived "$1" | xargs cat; }
ehlo='EHLO c.example'
mail='MAIL FROM:<ann@mx.example.org>'
rcpt='RCPT TO:<ann@mx.example.org>'
login="AUTH PLAIN $(printf '\0ann\0secret word' | base64)"
text() { printf '=Subject: %s\\r\\n\\r\\nx\\r\\n.\\r\\n' "$1"; }

test_a_stranger_by_tls() {
  ready || return 0
  visit "$port" "$ehlo" STARTTLS tls "$ehlo" 'MAIL FROM:<x@elsewhere.example>' "$rcpt" DATA "$(text stranger)" '?' QUIT rest
  assertEquals '220 250 220 tls 250 250 250 354 250 221 closed' "$(codes)"
  assertContains 'trace' "$(message stranger | head -n 8)" 'by mx.example.org with ESMTPS;'
  logged 'accepted pid=.* helo=c.example tls=TLSv1.3/TLS_[A-Z0-9_]+ from=x@elsewhere.example '
  assertContains 'openssl s_client' "$(printf 'EHLO x\nQUIT\n' |
    timeout 60 openssl s_client -starttls smtp -crlf -ign_eof -connect $me:$port 2>/dev/null)" '221 2.0.0'
}

test_attacks_on_the_border() {
  ready || return 0
  visit "$port" "$ehlo" '=STARTTLS\r\nMAIL FROM:<evil@b.example>\r\n' rest
  assertEquals 'commands behind it' '220 250 554 closed' "$(codes)"
  logged 'session ended pid=.*: sent on in clear behind STARTTLS$'
  visit "$port" "$ehlo" STARTTLS '=MAIL FROM:<evil@b.example>\r\n' rest
  assertEquals 'no handshake' '220 250 220' "$(codes | cut -c1-11)"
  logged 'session ended pid=.*: the TLS handshake: '
  visit "$port" "$ehlo" STARTTLS tls STARTTLS QUIT
  assertEquals 'twice' '220 250 220 tls 503 221' "$(codes)"
  printf 'EHLO x\r\n' | python3 -S "$stub/visitors.py" "$submissions" ask "$me" > "$SCRATCH/clear"
  assertNotContains 'in clear where TLS comes first' "$(cat "$SCRATCH/clear")" '250'
  visit "$submission" "$ehlo" "$login" "$mail" QUIT
  assertEquals 'a login in clear' '220 250 530 530 221' "$(codes)"
}

# the process of mail-tlsd that came last
session() { pgrep -u "$(awk '$1 == "mailt" { print $2 }' "$home.users")" -f "$home/bin/mail-tlsd" | sort -n | tail -n 1; }

test_who_is_killed() {
  ready || return 0
  mkfifo "$SCRATCH/wait"
  client "$port" "$ehlo" STARTTLS tls "$ehlo" ".$SCRATCH/wait" rest > "$SCRATCH/killed" 2>&1 &
  killed=$!
  wait_for 60 grep -q '^250 ENH' "$SCRATCH/killed" || fail 'no EHLO by TLS'   # the first one's last line is STARTTLS
  kill -9 "$(session)"
  echo 'NOOP' > "$SCRATCH/wait"
  wait $killed
  assertContains 'the connection is over' "$(cat "$SCRATCH/killed")" closed
  for daemon in 'mail-tlsd -s' mail-keyd mail-authd; do
    pkill -9 -P $service -f "bin/$daemon"
    logged "mail-start: ${daemon% *} was killed by signal 9"
  done
  wait_for 60 works
  assertTrue 'all goes on' $?
}
works() { visit "$submission" "$ehlo" STARTTLS tls "$ehlo" "$login" QUIT; [ "$(codes)" = '220 250 220 tls 250 235 221' ]; }

test_smtplib() {
  ready || return 0
  python3 -I -S - $submission $submissions << 'P' || fail "smtplib"
import smtplib, ssl, sys
context = ssl.create_default_context()
context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
text = "Subject: smtplib {}\n\nx\n"
with smtplib.SMTP("127.0.0.1", int(sys.argv[1])) as s:
    s.starttls(context=context)
    s.login("ann", "secret word")
    s.sendmail("ann@mx.example.org", ["ann@mx.example.org"], text.format(587))
with smtplib.SMTP_SSL("127.0.0.1", int(sys.argv[2]), context=context) as s:
    try:
        s.login("ann", "wrong")
        sys.exit("a wrong password is right")
    except smtplib.SMTPAuthenticationError as e:
        assert e.smtp_code == 535, e
    s.login("ann", "secret word")
    try:
        s.sendmail("bob@mx.example.org", ["ann@mx.example.org"], text.format("bob"))
        sys.exit("another's address is hers")
    except smtplib.SMTPSenderRefused as e:
        assert e.smtp_code == 553, e
    s.sendmail("ann-list@mx.example.org", ["ann@mx.example.org"], text.format(465))
P
  for n in 587 465; do
    m=$(message "smtplib $n")
    assertContains "$n: trace" "$m" 'Received: by mx.example.org with ESMTPSA;'
    assertNotContains "$n: no address of the client" "$m" 127.0.0.1
    assertContains "$n: id" "$m" '@mx.example.org>'
  done
  logged 'accepted pid=.* tls=TLSv1.3/[A-Z0-9_]+ user=ann from=ann-list@mx.example.org '
}

test_swaks() {
  ready && need swaks swaks || return 0
  perl -MNet::SSLeay -e 0 2> /dev/null || { why="needs libnet-ssleay-perl for swaks"; return 0; }
  for how in "--port $submission --tls" "--port $submissions --tls-on-connect"; do
    for mechanism in PLAIN LOGIN; do
      # shellcheck disable=SC2086
      swaks --server $me $how --auth $mechanism --auth-user ann --auth-password 'secret word' --from ann@mx.example.org \
        --to ann@mx.example.org --h-Subject "swaks $mechanism" > "$SCRATCH/swaks" 2>&1
      assertEquals "$how $mechanism: $(tail -n 5 "$SCRATCH/swaks")" 0 $?
    done
  done
  assertContains "$(message 'swaks LOGIN')" 'with ESMTPSA'
}

test_curl() {
  ready && need curl curl || return 0
  printf 'Subject: curl\r\n\r\nx\r\n' > "$SCRATCH/curl.in"
  for url in "smtp://$me:$submission" "smtps://$me:$submissions"; do
    curl -sS -k --ssl-reqd --url "$url/c.example" --mail-from ann@mx.example.org --mail-rcpt ann@mx.example.org \
      --user 'ann:secret word' -T "$SCRATCH/curl.in" > "$SCRATCH/curl" 2>&1
    assertEquals "$url: $(tail -n 5 "$SCRATCH/curl")" 0 $?
  done
  logged 'accepted pid=.* user=ann '
}

test_s_nail() {
  ready && unpack s-nail || return 0
  nail() { # URL PASSWORD SUBJECT
    echo x | HOME=$SCRATCH "$UNPACKED/usr/bin/s-nail" -:/ -S nosave -S v15-compat -S tls-verify=ignore -S smtp-use-starttls -S sendwait \
      -S "mta=${1%%:*}://ann:$2@${1#*://}" -S smtp-auth=plain -r ann@mx.example.org -s "$3" ann@mx.example.org > "$SCRATCH/nail" 2>&1
  }
  for url in "smtp://$me:$submission" "smtps://$me:$submissions"; do
    nail "$url" secret%20word "s-nail ${url%%:*}" || fail "$url: $(cat "$SCRATCH/nail")"
    nail "$url" wrong wrong && fail "$url: a wrong password is right"
    assertContains "$url" "$(cat "$SCRATCH/nail")" 535
    assertContains "$(message "s-nail ${url%%:*}")" 'with ESMTPSA'
  done
}

# our own client: mail-remote, with mail-tlsd for the handshake and for SCRAM. ehloignore leaves it nothing else.
test_mail_remote_by_scram() {
  ready || return 0
  uid=$(awk '$1 == "mailr" { print $2 }' "$home.users")
  print=$(openssl x509 -in "$home/tls/mx.example.org/cert" -noout -fingerprint -sha256 | sed 's/.*=//')
  echo "mx.example.org:$me:$submission" > "$home/control/smtproutes"
  echo "mx.example.org:fingerprint:$print" > "$home/control/tlspolicy"
  echo 'mx.example.org:PLAIN,LOGIN' > "$home/control/ehloignore"
  echo ':ann:relay' > "$home/control/smtpauth"
  printf 'Subject: mail-remote\n\nx\n' > "$SCRATCH/m"
  relayed 'secret word' K
  assertContains "$(message mail-remote)" 'Received: by mx.example.org with ESMTPSA;'
  relayed 'secret words' 'Z 4.7.8 .* answered AUTH: 535 5.7.8'
  logged 'auth failed ip=127.0.0.1 login=ann mechanism=SCRAM-SHA-256'
  for f in smtproutes tlspolicy ehloignore smtpauth; do rm "$home/control/$f"; done
}
relayed() { # PASSWORD RESULT
  echo "$1" > "$home/passwords/relay"
  chown "0:$(awk '$1 == "mailr" { print $3 }' "$home.users")" "$home/passwords/relay"
  chmod 0640 "$home/passwords/relay"
  printf '%s\n' "job 1 $SCRATCH/m ann@mx.example.org ann@mx.example.org" 'wait 1' nojobs exit |
    timeout 60 python3 "$stub/jobs.py" "$uid" "$home/bin/mail-rspawn" > "$SCRATCH/relayed" 2>&1
  assertTrue "$1: $(cat "$SCRATCH/relayed")" "grep -q '^rcpt 1 0 $2' '$SCRATCH/relayed'"
}

test_under_tcpserver() {
  ready && need tcpserver ucspi-tcp-ipv6 || return 0
  p=$(free_port 3400)
  echo $me > "$home/service/submission/env/ADDRESS"
  echo "$p" > "$home/service/submission/env/PORT"
  (cd "$home/service/submission" && exec ./run) >> "$log" 2>&1 &
  tcpserver=$!
  on_exit "kill $tcpserver 2>/dev/null"
  wait_for 60 greets "$p"
  visit "$p" "$ehlo" "$mail" STARTTLS tls "$ehlo" "$login" "$mail" "$rcpt" DATA "$(text tcpserver)" '?' QUIT rest
  assertEquals '220 250 530 220 tls 250 235 250 250 354 250 221 closed' "$(codes)"
  assertContains "$(message tcpserver)" 'Received: by mx.example.org with ESMTPSA;'
  kill $tcpserver
}

test_limits_of_a_login() {
  ready || return 0
  echo 1 > "$home/control/loginmessages"
  pkill -HUP -P $service -f bin/mail-authd
  wait_for 60 limited
  assertTrue 'more than one an hour' $?
  rm "$home/control/loginmessages"
  pkill -HUP -P $service -f bin/mail-authd
}
limited() {
  visit "$submission" "$ehlo" STARTTLS tls "$ehlo" "$login" "$mail" "$rcpt" DATA "$(text limited)" '?' QUIT
  echo "$out" | grep -q '^450 4.7.1'
}

run_tests
