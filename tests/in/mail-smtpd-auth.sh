#!/bin/sh
# mail-smtpd-auth.sh - submission: who logs in, in which ways, what a login may send and what becomes of its messages
#
# tests/stub/fakeauthd.py stands in mail-authd's place, tests/stub/tlsd.py in mail-tlsd's.

# shellcheck disable=SC1091
. "$(dirname "$0")/../lib.sh"
. "$stub/smtpd.sh"

oneTimeSetUp() {
  smtpd_setup
  auth=$SCRATCH/auth
  mkdir "$auth" && chmod 0777 "$auth"
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 9 -subj /CN=mx.example.org \
    -keyout "$auth/key" -out "$auth/cert" 2> /dev/null
  python3 -S "$stub/tlsd.py" "$home/run/tlsin/tls" "$auth" 2> "$SCRATCH/tlsd.log" &
  on_exit "kill $! 2>/dev/null"
  wait_for 60 test -S "$home/run/tlsin/tls"
  auth_start
}
auth_start() {
  rm -f "$home/run/auth/auth"           # of the one before
  python3 -S "$stub/fakeauthd.py" "$home/run/auth/auth" "$auth" 2> "$SCRATCH/authd.log" &
  authd=$!
  on_exit "kill $authd 2>/dev/null"
  wait_for 60 test -S "$home/run/auth/auth"
}
fresh() { # what the test before left; logins in clear are allowed
  forget
  rm -f "$auth/fault" "$auth/answer" "$auth/asked"
  echo 127.0.0.0/8 > "$home/control/authclear"
}

# a dialogue as under inetd; it is in $out, the log in $SCRATCH/log
visit() {
  out=$(python3 -I -S "$stub/tlsmail.py" "${server:-$smtpd submission}" "$@" 2> "$SCRATCH/log")
  echo "$out" >> "$SCRATCH/all"
}
codes() { echo "$out" | sed 's/^\([0-9][0-9][0-9]\) .*/\1/; s/^tls .*/tls/' | xargs; }
reply() { echo "$out" | sed -n "$1p"; }
is() { assertEquals "$1" "$2" "$(codes | sed 's/^220 250 //; s/ exit 0$//')"; } # what follows EHLO
logged() { grep -q "$1" "$SCRATCH/log"; }
last() { ls "$store" | sort -V | sed -n 's/\.mess$//p' | tail -n 1; }
b64() { printf "$1" | base64 -w 0; }
offers() { printf 'EHLO c\r\n' | python3 -I -S "$stub/smtp-client" -tcp 127.0.0.1 "$smtpd" ${1-submission} 2> /dev/null |
  sed -n 's/^250[- ]AUTH *\(.*\)/\1/p'; }
ehlo='EHLO c.example'
login='plain ann secret'
mail='MAIL FROM:<ann@mx.example.org>'
rcpt='RCPT TO:<x@elsewhere.example>'

test_a_message() {
  need openssl openssl || return 0
  fresh
  rm "$home/control/authclear"
  visit "$ehlo" "$mail" 'AUTH PLAIN' STARTTLS tls "$mail" "$login" "$ehlo" "$mail" "$login" "$mail" "$rcpt" DATA \
    '=Subject: x\r\n\r\nx\r\n.\r\n' '?' QUIT
  is 'TLS, EHLO anew, then a login, then mail' '530 530 220 tls 530 503 250 530 235 250 250 354 250 221'
  assertEquals '530 5.7.0 STARTTLS comes first, then AUTH' "$(reply 3)"
  assertEquals '503 5.5.1 say EHLO first, then AUTH' "$(reply 8)"
  assertEquals '530 5.7.0 log in first: AUTH' "$(reply 10)"
  m=$(mess "$(last)")
  assertEquals 'nothing of the client in the trace' 'Received: by mx.example.org with ESMTPSA' "$(echo "$m" | sed 's/;.*//;q')"
  assertEquals 'what was missing is there' 'Subject From Date Message-ID' "$(echo "$m" | sed -n '2,5s/:.*//p' | xargs)"
  assertTrue 'the author' "echo '$m' | grep -qx 'From: ann@mx.example.org'"
  assertTrue 'of our host' "echo '$m' | grep -q '^Message-ID: <[0-9.a-f]*@mx.example.org>$'"
  assertEquals 'Fann@mx.example.org|Tx@elsewhere.example|' "$(env_of "$(last)")"
  assertTrue 'log' "grep -q 'accepted pid=.* helo=c.example tls=TLSv1.3/[A-Z0-9_]* user=ann from=ann@' '$SCRATCH/log'"
  assertTrue 'secure' "grep -q '^PLAIN 127.0.0.1 13 ' '$auth/asked'"
}

test_a_login_in_clear_before_tls() {
  need openssl openssl || return 0
  fresh
  visit "$ehlo" "$login" STARTTLS tls "$ehlo" "$mail" "$login" "$mail" QUIT
  is 'does not count after it' '235 220 tls 250 530 235 250 221'
}

test_from_the_first_byte() {
  need openssl openssl || return 0
  fresh
  server="$smtpd submissions"
  visit tls "$ehlo" STARTTLS "$login" "$mail" "$rcpt" DATA '=From: me\r\nDate: d\r\nMESSAGE-ID: i\r\n\r\nx\r\n.\r\n' '?' QUIT
  assertEquals 'tls 220 250 503 235 250 250 354 250 221 exit 0' "$(codes)"
  assertEquals 'a message that lacks nothing stays' 'From: me Date: d MESSAGE-ID: i  x' "$(mess "$(last)" | sed 1d | xargs -d '\n')"
  assertTrue 'ESMTPSA' "mess $(last) | sed q | grep -q 'with ESMTPSA;'"
  visit '=EHLO c\r\nMAIL FROM:<a@b>\r\n' rest
  assertEquals 'one who talks in clear hears no word of it' 'closed exit 0' "$(codes | sed 's/.*closed/closed/')"
  assertNotContains 'no reply' "$out" '250'
  assertTrue 'log' "logged 'session ended pid=.*: the TLS handshake: '"
  server=
}

test_what_is_offered() {
  need openssl openssl || return 0
  fresh
  assertEquals 'in clear' 'SCRAM-SHA-256 PLAIN LOGIN' "$(offers)"
  assertEquals 'not on port 25' '' "$(offers '')"
  printf '%s\n' login PLAIN > "$home/control/authmechanisms"
  assertEquals 'those of the file' 'PLAIN LOGIN' "$(offers)"
  visit "$ehlo" 'AUTH SCRAM-SHA-256 biw=' 'AUTH CRAM-MD5' AUTH 'AUTH PLAIN a b' 'AUTH plain ='
  is 'and no others' '504 504 501 501 535'
  rm "$home/control/authmechanisms"
  echo AUTH > "$home/control/ehlohide"
  assertEquals 'hidden' '' "$(offers)"
  visit "$ehlo" 'AUTH PLAIN' "$mail"
  is 'is not there' '502 530'
  rm "$home/control/ehlohide"
  echo 192.0.2.0/24 > "$home/control/authclear"
  assertEquals 'not to other networks' '' "$(offers)"
  visit "$ehlo" "$login" "$mail AUTH=<>"
  is 'nor taken' '530 530'
  assertFalse 'mail-authd is not asked' "grep -q 'PLAIN 127.0.0.1 [0-9]* 0 0 AG' '$auth/asked'"
  server=$smtpd
  visit "$ehlo" "$login" "$mail AUTH=<>"
  is 'port 25 knows neither' '502 555'
  server=
}

test_the_exchange() {
  need openssl openssl || return 0
  fresh
  visit "$ehlo" 'AUTH PLAIN' "$(b64 '\0ann\0secret')" "$login" QUIT
  is 'PLAIN, and not twice' '334 235 503 221'
  assertEquals '334 ' "$(reply 3)"
  visit "$ehlo" 'AUTH LOGIN' "$(b64 ann)" "$(b64 secret)"
  is LOGIN '334 334 235'
  assertEquals '334 UGFzc3dvcmQ6' "$(reply 4)"
  visit "$ehlo" "auth login $(b64 ann)" "$(b64 secret)"
  is 'in small letters, with an initial response' '334 235'
  visit "$ehlo" 'AUTH PLAIN' '*' 'AUTH LOGIN' 'no base64' "$mail" "$login" "$mail"
  is 'given up, rubbish, and then right' '334 501 334 501 530 235 250'
  visit "$ehlo" "$login" "$mail" "$login" RSET "$login" QUIT
  is 'not within a transaction, nor again' '235 250 503 250 503 221'
  visit "$ehlo" "$mail" 'plain ann wrong' 'plain bob secret' 'plain ann wrong' 'plain ann wrong' 'plain ann wrong' rest
  is 'five, and no more' '530 535 535 535 535 535 421 closed'
  assertTrue 'log' "logged 'session ended pid=.*: too many logins that failed$'"
}

test_long_lines() {
  need openssl openssl || return 0
  fresh
  long=$(printf '%012000d' 0 | tr 0 A)
  visit "$ehlo" "AUTH PLAIN $long" 'AUTH PLAIN' "$long" "AUTH PLAIN $long$long" 'AUTH PLAIN' "$long$long" "NOOP $long" NOOP
  is '12,000 bytes are taken, 24,000 not' '535 334 535 500 334 500 500 250'
  assertEquals '500 5.5.6 the line is too long' "$(reply 6)"
  server=$smtpd
  visit "$ehlo" "AUTH PLAIN $long" NOOP
  is 'on port 25 lines are as they were' '500 250'
  server=
}

test_what_a_login_may_send() {
  need openssl openssl || return 0
  fresh
  visit "$ehlo" "$login" 'MAIL FROM:<bob@mx.example.org>' 'MAIL FROM:<ANN@MX.example.org> AUTH=<>' RSET \
    'MAIL FROM:<any@own.example> AUTH=a+2Bb@c' RSET 'MAIL FROM:<any@sub.own.example>' 'MAIL FROM:<>' RSET \
    "$mail AUTH=" "$mail" 'RCPT TO:<no@mx.example.org>' "$rcpt" RSET QUIT
  is 'its own, and what is nobody'"'"'s' '235 553 250 250 250 250 553 250 250 501 250 550 250 250 221'
  assertEquals '553 5.7.1 this login may not send as that sender' "$(reply 4)"
  assertTrue 'and is logged' "logged '^mail-smtpd: refused message pid=.* user=[^ ]* from=[^ ]*: 553 5.7.1 this login'"
  echo '450 4.7.1 more than 5 messages an hour' > "$auth/answer"
  before=$(stored)
  visit "$ehlo" "$login" "$mail" "$rcpt" DATA QUIT
  assertEquals 'what mail-authd refuses' '450 4.7.1 more than 5 messages an hour' "$(reply 6)"
  visit "$ehlo" "$login" "$mail" "$rcpt" '=BDAT 3 LAST\r\nx\r\n' '?' QUIT
  is 'in chunks' '235 250 250 450 221'
  assertEquals 'is not taken' "$before" "$(stored)"
  rm "$auth/answer"
  RELAYCLIENT=; export RELAYCLIENT
  visit "$ehlo" "$mail"
  unset RELAYCLIENT
  is 'RELAYCLIENT is no login' '530'
}

test_no_tarpit_for_logins() {
  need openssl openssl || return 0
  fresh
  echo 1 > "$home/control/tarpitcount"
  echo 10 > "$home/control/tarpitdelay"
  no='RCPT TO:<no@mx.example.org>'
  begun=$(date +%s)
  visit "$ehlo" "$login" "$mail" "$no" "$no" "$no" "$no" QUIT
  is 'refused' '235 250 550 550 550 550 221'
  assertTrue 'at once' "[ $(($(date +%s) - begun)) -lt 20 ]"
}

test_a_message_without_a_header() {
  need openssl openssl || return 0
  fresh
  echo id.example > "$home/control/idhost"
  visit "$ehlo" "$login" 'MAIL FROM:<a.b@own.example>' "$rcpt" DATA '=only text\r\n.\r\n' '?' \
    'MAIL FROM:<>' "$rcpt" 'BDAT 0 LAST' QUIT
  is 'taken' '235 250 250 354 250 250 250 250 221'
  n=$(last)
  assertEquals 'nobody is the author of a report' 'Date Message-ID' "$(mess "$n" | sed '1d; s/:.*//' | xargs)"
  assertEquals 'a header, an empty line, the text' 'From: a.b@own.example Date Message-ID  only text' \
    "$(mess $((n - 1)) | sed '1d; /^[DM]/s/:.*//' | xargs -d '\n')"
  assertTrue 'with the name of idhost' "mess $n | grep -q '@id.example>$'"
}

test_mail_authd_fails() {
  need openssl openssl || return 0
  fresh
  for how in later die mangled; do
    echo $how > "$auth/fault"
    visit "$ehlo" "$login" "$mail" QUIT
    is "$how" '454 530 221'
  done
  rm "$auth/fault"
  visit "$ehlo" 'AUTH PLAIN' close
  is 'the client goes' '334'
  visit "$ehlo" "$login" "$mail" "$rcpt" DATA '=x\r\n.\r\n' '?' QUIT
  is 'others do not notice' '235 250 250 354 250 221'
  kill $authd; wait $authd 2> /dev/null
  rm "$home/run/auth/auth"
  visit "$ehlo" "$login" QUIT
  is 'nobody is there' '454 221'
  auth_start
}

listens() { python3 -I -S "$stub/tlsmail.py" "127.0.0.1:$1" QUIT | grep -q ^221; }
served() { sed -n 's/.*session ended pid=\([0-9]*\) ip=127.0.0.1 helo=c.example .*/\1/p' "$SCRATCH/listen.log"; }
has_served() { [ "$(served | wc -l)" -ge "$1" ]; }

test_under_the_listener() {
  need_root && need openssl openssl || return 0
  fresh
  port=$(free_port 3200) implicit=$(free_port $((port + 1)))
  echo 1 > "$home/control/listenloopback"
  echo 127.0.0.1 > "$home/control/relayclients"
  printf '%s\n' "127.0.0.1:$port:submission" "127.0.0.1:$implicit:submissions" > "$home/control/listen"
  "$home/bin/mail-start" listen 2> "$SCRATCH/listen.log" &
  listening=$!
  on_exit "kill $listening 2>/dev/null"
  wait_for 60 listens "$port"
  for server in 127.0.0.1:$port 127.0.0.1:$implicit; do
    first=tls
    [ $server = "127.0.0.1:$implicit" ] || first=
    visit ${first:+tls} "$ehlo" "$mail" "$login" "$mail" "$rcpt" DATA '=x\r\n.\r\n' '?' QUIT rest
    assertEquals "$server" "${first:+tls }220 250 530 235 250 250 354 250 221 closed" "$(codes)"
  done
  wait_for 60 has_served 2
  server=127.0.0.1:$port
  visit "$ehlo" QUIT rest
  visit "$ehlo" QUIT rest
  wait_for 60 has_served 4
  assertEquals 'each session has its process' 4 "$(served | sort -u | wc -l)"
  echo '127.0.0.1:allow,EHLOHIDE="SIZE"' | tcprules "$home/control/submission.cdb" "$home/control/submission.tmp"
  visit "$ehlo" "$mail" "$login" "$mail SIZE=1" "$mail" QUIT
  is 'rules of its own, also for a process of its own' '530 235 555 250 221'
  rm "$home/control/submission.cdb"
  server=
  kill $listening
  wait $listening
}

test_usage() {
  "$smtpd" submit < /dev/null > "$SCRATCH/out" 2> "$SCRATCH/log"
  assertEquals 100 $?
  assertTrue "grep -q 'usage: mail-smtpd .-l. .submission | submissions.' '$SCRATCH/log'"
}

# as mail-smtpd-replies.sh sees to it for the others
test_every_reply_of_auth_was_drawn() {
  need openssl openssl || return 0
  fresh
  visit 'AUTH PLAIN' "$ehlo" AUTH 'AUTH NONE' "$login" "$login" "$mail AUTH=x+y" "$mail" 'AUTH PLAIN'
  visit "$ehlo" "$login" "$mail" 'AUTH PLAIN' RSET 'MAIL FROM:<else@other.example>'
  visit "$ehlo" 'plain ann 1' 'plain ann 2' 'plain ann 3' 'plain ann 4' 'plain ann 5'
  server=$smtpd
  visit "$ehlo" 'AUTH PLAIN'
  server=
  assertEquals '' "$(never_drawn src/in/auth.c)"
  assertTrue 'of a parameter' "grep -q '^501 5.5.4 AUTH= is <> or an address' '$SCRATCH/all'"
}

run_tests
