# routes.sh - what a bounce that leaves the site says of the site's own routes: nothing, by whichever transport; the log
# has it all

. "$(dirname "$0")/../lib.sh"

home=$SCRATCH/home
ann=61990

# a server in a folder of its own; its port
smtp_at() { # NAME WHERE KEY=ACTION...
  mkdir "$SCRATCH/$1"
  name=$1
  shift
  python3 -S "$stub/smtpsink.py" "$SCRATCH/$name" "$@" & on_exit "kill $!"
  wait_for 60 test -f "$SCRATCH/$name/port" || exit 1
  port=$(cat "$SCRATCH/$name/port")
}

oneTimeSetUp() {
  [ $ROOT = yes ] || return 0
  instance "$home" routes.example || exit 1
  mailbox "$home" ann $ann
  "$home/bin/mail-newu" || exit 1
  mkdir "$SCRATCH/dns" "$SCRATCH/qmtp"
  printf '%s.inner.test A 127.0.0.1\n' relay store > "$SCRATCH/zone"
  python3 -S "$stub/dns.py" "$SCRATCH/dns" 127.0.0.1 "$SCRATCH/zone" & on_exit "kill $!"
  python3 -I -S "$stub/netsink.py" "$SCRATCH/qmtp" 127.0.0.1 qmtp 'req; tell D5.7.3 not by qmtp' & on_exit "kill $!"
  wait_for 60 test -f "$SCRATCH/dns/port" && wait_for 60 test -f "$SCRATCH/qmtp/port" || exit 1
  echo "127.0.0.1:$(cat "$SCRATCH/dns/port")" > "$home/control/dnsservers"
  smtp_at away 127.0.0.1
  echo "away.test:127.0.0.1:$port" > "$home/control/smtproutes"
  smtp_at smtp 127.0.0.1 'rcpt=550 5.7.1 not by smtp'
  echo "smtp.test:relay.inner.test:$port" >> "$home/control/smtproutes"
  smtp_at hung 127.0.0.1 'greeting=554 5.7.5 not at all'
  echo "hung.test:[127.0.0.1]:$port" >> "$home/control/smtproutes"
  echo "smtp.test:127.0.0.77" > "$home/control/outgoingip"
  smtp_at lmtp 127.0.0.1 'dot=550 5.7.2 not by lmtp'
  echo "lmtp.test:lmtp:store.inner.test:$port" > "$home/control/transports"
  smtp_at socket "$SCRATCH/socket.lmtp" 'rcpt=550 5.7.4 not by a socket'
  printf '%s\n' '#!/bin/sh' "printf 'h5.7.6 not by a program\\0Kdone\\0'" > "$SCRATCH/inner-program"
  chmod 755 "$SCRATCH/inner-program"
  printf '%s\n' "socket.test:lmtp:$SCRATCH/socket.lmtp" "program.test:program:$SCRATCH/inner-program -v" \
    >> "$home/control/transports"
  echo "qmtp.test:127.0.0.1:$(cat "$SCRATCH/qmtp/port")" > "$home/control/qmtproutes"
  queue_and_send || exit 1
}

logged() { grep -q -e "$1" "$SCRATCH/send.log" || { echo "# not logged: $1"; cat "$SCRATCH/send.log"; return 1; }; }

test_bounces_say_nothing_of_the_routes() {
  need_root || return 0
  printf 'Subject: x\n\nthe text\n' | setpriv --reuid $ann --regid $ann --clear-groups "$home/bin/mail-inject" \
    -fstranger@away.test a@smtp.test a@hung.test a@lmtp.test a@socket.test a@program.test a@qmtp.test || fail 'not taken'
  wait_for 60 is_empty || fail "it stays: $("$home/bin/mail-qstat") $(cat "$SCRATCH/send.log")"
  cat "$SCRATCH"/away/msg.* | tr -d '\r' > "$SCRATCH/bounces"
  for result in smtp.test:5.7.1:'550 5.7.1 not by smtp' hung.test:5.7.5:'554 5.7.5 not at all' \
    lmtp.test:5.7.2:'550 5.7.2 not by lmtp' socket.test:5.7.4:'550 5.7.4 not by a socket' \
    program.test:5.7.6:'5.7.6.* not by a program' qmtp.test:5.7.3:'D5.7.3 not by qmtp'; do
    domain=${result%%:*} words=${result#*:}
    status=${words%%:*} words=${words#*:}
    assertEquals "$domain" "$status" \
      "$(sed -n "/^Final-Recipient: rfc822; a@$domain\$/,/^\$/s/^Status: //p" "$SCRATCH/bounces")"
    assertTrue "$domain: the remote's words" "grep -q 'the next .*$words' '$SCRATCH/bounces' || cat '$SCRATCH/bounces'"
  done
  assertEquals 'nothing of the site' '' \
    "$(grep -nE 'inner|127\.0\.|/|:[0-9]{4,5}\b|routes?\b|transports|outgoingip|socket\.lmtp|Remote-MTA' "$SCRATCH/bounces" |
      grep -vE '^[0-9]+:(Content-Type: |.*routes\.example|MIME-Version)')"
  assertTrue 'smtp' "logged 'to=a@smtp.test relay=relay.inner.test\[127.0.0.1\]:[0-9]* '"
  assertTrue 'hung' "logged 'to=a@hung.test relay=127.0.0.1\[127.0.0.1\]:[0-9]* '"
  assertTrue 'lmtp' "logged 'to=a@lmtp.test relay=store.inner.test\[127.0.0.1\]:[0-9]* '"
  assertTrue 'socket' "logged 'to=a@socket.test relay=$SCRATCH/socket.lmtp '"
  assertTrue 'program' "logged 'to=a@program.test relay=$SCRATCH/inner-program '"
  assertTrue 'qmtp' "logged 'to=a@qmtp.test relay=127.0.0.1\[127.0.0.1\]:[0-9]* '"
  assertTrue 'from outgoingip' "grep -q 'from 127.0.0.77' '$SCRATCH/smtp/log'"
}

run_tests
