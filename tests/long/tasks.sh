# tasks.sh - mail-tasks(7), typed as it stands: each command on a live instance, and what comes of it
#
# Commands are read from the page, by the title of their task; the folders and IDs in them become those of this test.
# It runs in namespaces of its own: this host has those addresses that the page gives it, and behind a virtual cable are
# the other hosts, with a name server. A test begins with what the ones before it have set, as an administrator's day
# does.

if [ "$(id -u)" = 0 ] && [ -z "${TASKS_ALONE:-}" ]; then
  TASKS_ALONE=yes
  export TASKS_ALONE
  # shellcheck disable=SC2016
  exec unshare --net --mount --pid --fork --mount-proc --kill-child --propagation private \
    sh -c 'ip link set lo up; sh "$1"; exit $?' alone "$0"
fi
. "$(dirname "$0")/../lib.sh"
. "$stub/certs.sh"

home=$SCRATCH/home other=$SCRATCH/other log=$SCRATCH/home/log/send/current id=

# --- what the page says

# The commands of a task, those with a word in them.
task() { # TITLE [WORD]
  awk -v title="$1" '
    /^\.S[sh] / { on = substr($0, 5) == title; next }
    !on { next }
    /^\.Bd -literal/ { literal = 1; next }
    /^\.Ed/ { literal = 0 }
    sub(/^\.Dl /, "") || literal { gsub(/\\&/, ""); gsub(/\\e/, "\\"); sub(/   *\([^()]*\)$/, ""); print }' man/mail-tasks.7 |
    sed "s|make -C /usr/src/bulkhead|make -s -C $TOP HOMEDIR=$home USERS=$home.users|
      s|make HOMEDIR=/other/home USERS=other-users users|make -s -C $TOP HOMEDIR=$other USERS=$other.users|
      s|/other/home|$other|g; s|/var/bulkhead|$home|g; s|/etc/service|$SCRATCH/service|g; s|/run/lists|$SCRATCH|g
      s|~ann|$home/people/ann|g; s|0661402e9de9870001fa1dfc46|$id|; s|1dfc46|${id#????????????????????}|; s|chgrp mailr|chgrp $(gid mailr)|
      s|^su ann -c|setpriv --reuid 61050 --regid 61050 --clear-groups sh -c|" | grep -e "${2:-.}"
}
gid() { awk -v r="$1" '$1 == r { print $3 }' "$home.users"; }
does() { # TITLE [WORD]: as root, in the home; what they say is in $SCRATCH/said
  types "$(task "$@")" || fail "$1: $(cat "$SCRATCH/said")"
}
types() { # COMMANDS
  [ -n "$1" ] || { echo 'no such commands' > "$SCRATCH/said"; return 1; }
  (cd "$home" && PATH=$home/bin:$PATH bash -euc "$1") > "$SCRATCH/said" 2>&1
}
said() { assertContains "$(cat "$SCRATCH/said")" "$1"; }

# --- what comes of it

post() { printf 'Subject: %s\n\nx\n' "$1" | "$home/bin/sendmail" -f "${3:-ann@example.org}" "$2"; } # SUBJECT TO [FROM]
arrived() { grep -rqs "^Subject: $1" "${3:-$home}/people/${2:-ann}/Maildir/new"; } # SUBJECT [USER [HOME]]
comes() { wait_for 60 arrived "$@" || fail "$1 does not come: $(tail -n 20 "$log")"; }
sent() { grep -qs "^Subject: $2" "$SCRATCH/$1"/msg.*; } # SINK SUBJECT
goes() { wait_for 60 sent "$@" || fail "$2 does not go to $1: $(tail -n 20 "$log")"; }
q() { "$home/bin/mail-q" "$@"; }
is() { [ "$(q "--$1" "$2" --json | wc -l)" = "${3:-1}" ]; } # SELECTOR VALUE [HOW MANY]
id_to() { q --to "$1" --json | sed -n 's/^{"id":"\([^"]*\)".*/\1/p'; }
logged() { wait_for 60 grep -qe "$1" "$log" || fail "not in the log: $1: $(tail -n 20 "$log")"; }
has_tried() { wait_for 60 is reply "$1" || fail "$1: $(q)"; }
answer() { smtp 25 'EHLO c.example' "MAIL FROM:<$1>" "RCPT TO:<$2>" QUIT | sed -n '/^C: RCPT/{n;s/^S: //p;}'; } # FROM TO
answers() { [ "$(answer "$2" "$3" | cut -c 1-9)" = "$1" ]; }
sink() { # NAME ADDRESS:PORT|SOCKET KEY=ACTION...
  mkdir -p "$SCRATCH/$1"
  name=$1
  shift
  others python3 -S "$stub/smtpsink.py" "$SCRATCH/$name" "$@" &
  on_exit "kill $!"
  wait_for 60 test -s "$SCRATCH/$name/port" || exit 1
}
down() { svc -d "$@"; wait_for 60 are_down "$@"; }
are_down() { ! svstat "$@" | grep -q ': up'; }
# What is done may be on its way out.
nothing_is_left() { q delete --all --yes > "$SCRATCH/said" 2>&1; wait_for 60 is_empty; }
is_empty() { [ "$(q)" = 'the queue is empty' ]; }
up() { svc -u "$@"; wait_for 60 q; }
without() { for s; do rm "$home/control/$s"; done; svc -h "$home/service/send"; }
send=$home/service/send queue=$home/service/queue

# The network of the other hosts.
the_others_are_there() {
  unshare --net sleep 10000 &
  network=$!
  on_exit "kill $network"
  wait_for 60 is_apart && ip link add bhnear type veth peer name bhfar netns $network || return 1
  others ip link set lo up
  for n in 53 54 66 67 68; do others ip addr add 192.0.2.$n/24 dev bhfar || return 1; done
  for n in 7 9 25; do ip addr add 192.0.2.$n/24 dev bhnear || return 1; done
  ip link set bhnear up && others ip link set bhfar up
}
is_apart() { [ "$(readlink /proc/$network/ns/net)" != "$(readlink /proc/self/ns/net)" ]; }
others() { nsenter -t "$network" --net "$@"; }

oneTimeSetUp() {
  [ $ROOT = yes ] || return 0
  the_others_are_there || exit 1
  echo '192.0.2.25 mail.example.org' | cat /etc/hosts - > "$SCRATCH/hosts"
  mount --bind "$SCRATCH/hosts" /etc/hosts || exit 1
  instance "$home" mail.example.org || exit 1
  echo mail.example.org > "$home/control/locals"
  mailbox "$home" ann 61050
  mailbox "$home" you 61051
  "$home/bin/mail-newu" || exit 1
  cat > "$SCRATCH/zone" << 'ZONE'
example.net MX 10 mx.example.net
big.example MX 10 mx.example.net
late.example MX 10 store.example.net
mx.example.net A 192.0.2.66
relay.example.net A 192.0.2.67
store.example.net A 192.0.2.68
9.2.0.192.zen.example.net A 127.0.0.2
ZONE
  mkdir "$SCRATCH/dns"
  others python3 -S "$stub/dns.py" "$SCRATCH/dns" 192.0.2.53:53 "$SCRATCH/zone" &
  on_exit "kill $!"
  wait_for 60 test -s "$SCRATCH/dns/port" || exit 1
  echo 192.0.2.53 > "$home/control/dnsservers"
  echo 'dead.example:192.0.2.66:26' > "$home/control/smtproutes"
  sink mx 192.0.2.66:25
  echo 'rcpt=451 4.7.1 not yet' > "$SCRATCH/late.script"
  sink late 192.0.2.68:25 "@$SCRATCH/late.script"
  supervise_start "$SCRATCH" "$queue" "$send" "$home/service/listen"
  on_exit "supervise_stop $SCRATCH"
  wait_for 60 smtp_up 25 && wait_for 60 test -S "$home/run/desk/desk" || { cat "$home"/log/*/current; exit 1; }
}

test_installing() {
  need_root || return 0
  does 'Install, send the first message, replace another mailer, leave' 'echo test'
  wait_for 60 grep -rqs '^test$' "$home/people/you/Maildir/new" || fail "the first message: $(cat "$log")"
  does 'Install, send the first message, replace another mailer, leave' postmaster
  post postmaster postmaster@mail.example.org && comes postmaster you
  does 'Which version is it?'
  said "Bulkhead $(cat VERSION) in $home"
}

test_whose_mail_ends_here() {
  need_root || return 0
  does 'Add a domain'
  post domain ann@example.org && comes domain
  wait_for 60 answers '250 2.1.5' x@elsewhere.example ann@example.org || fail 'not taken from others'
  does 'A virtual domain'
  post virtual info@example.com && comes virtual
  does 'An alias'
  post alias sales@example.org && comes alias
  does Catch-all
  post catch-all anything@example.org && comes catch-all
  post virtual-catch-all anything@example.com && comes virtual-catch-all
  rm "$home/alias/.qmail-default" "$home/people/ann/.qmail-default"
  does 'user+ext for all users'
  post plus ann+shop@example.org && comes plus
}

test_forward_and_lists() {
  need_root || return 0
  does "Forward a user's mail"
  post forward ann@example.org && goes mx forward
  rm "$home/people/ann/.qmail"
  echo 'bob@example.net' > "$home/people/ann/.forward"
  post not-forwarded ann@example.org && comes not-forwarded
  logged "\.forward"
  rm "$home/people/ann/.forward"
  awk 'BEGIN { while (n++ < 50) print "m" n "@example.net" }' > "$home/members"
  does 'A mailing list'
  post friends ann-friends@example.org && goes mx friends
  assertEquals 'all of them' 50 "$(grep -c 'RCPT TO:<m[0-9]*@example.net>' "$SCRATCH/mx/log")"
  assertTrue 'bounces go to the owner' "grep -q 'MAIL FROM:<ann-friends-owner@example.org>' $SCRATCH/mx/log"
  post owner ann-friends-owner@example.org && comes owner
}

test_who_may_send() {
  need_root || return 0
  does 'Block a sender, a domain, a recipient'
  wait_for 60 answers '553 5.7.1' spammer@example.net ann@example.org || fail 'a sender'
  answers '553 5.7.1' other@example.net ann@example.org || fail 'a domain'
  answers '550 5.7.1' x@elsewhere.example former@example.org || fail 'a recipient'
  SMTP_FROM=192.0.2.9
  does 'Ask a block list'
  wait_for 60 answers '550 5.7.1' x@elsewhere.example ann@example.org || fail 'not asked'
  assertContains 'who asks' "$(answer x@elsewhere.example ann@example.org)" 'is listed at zen.example.net'
  rm "$home/control/dnsbllist" "$home/control/badmailfrom" "$home/control/badmailto"
  does 'A network may relay'
  wait_for 60 answers '250 2.1.5' x@elsewhere.example y@example.net || fail 'the network may not relay'
  SMTP_FROM=
  answers '550 5.7.1' x@elsewhere.example y@example.net || fail 'others may relay'
}

test_submission() {
  need_root && need_tls && need swaks swaks || return 0
  echo 'secret word' > "$SCRATCH/secret"
  does 'A user sends from anywhere' < "$SCRATCH/secret"
  wait_for 60 test -S "$home/run/auth/auth" || fail "no service tls: $(cat "$home/log/tls/current")"
  wait_for 60 smtp_up 587 || fail 'no submission'
  does 'Show that SMTP, TLS and logins work' openssl < /dev/null
  said 'CN = mail.example.org'
  types "$(task 'Show that SMTP, TLS and logins work' swaks) -ap 'secret word' -h-Subject submitted" || fail "$(cat "$SCRATCH/said")"
  said '235 2.7.0'
  comes submitted you
}

test_where_mail_goes() {
  need_root && need_tls || return 0
  certs_setup "$SCRATCH/certs" && certificate "$certs/relay" 9 relay.example.net || fail 'no certificates'
  chmod 0755 "$certs" && chmod 0644 "$certs/ca.pem"
  sink relay 192.0.2.67:587 'ehlo=250-relay|250-STARTTLS|250 AUTH PLAIN' "starttls=then-tls:$certs/relay:220 go" 'auth=235 2.7.0 ok'
  echo "$certs/ca.pem" > "$home/control/tlscafile"
  svc -h "$home/service/tls"
  cp "$home/control/smtproutes" "$SCRATCH/routes"
  echo s3cret > "$SCRATCH/secret"
  does 'A smarthost for all mail' < "$SCRATCH/secret"
  post smarthost x@far.example && goes relay smarthost
  assertTrue 'with the login' "grep -q 'AUTH PLAIN $(printf '\0our-login\0s3cret' | base64)' $SCRATCH/relay/log"
  logged 'to=x@far.example .*tls=TLS.*,verified'
  cp "$SCRATCH/routes" "$home/control/smtproutes"
  without tlspolicy smtpauth tlscafile
  sink store 192.0.2.68:2525
  sink lists "$SCRATCH/lmtp"
  does 'One domain another way'
  post route x@example.net && goes store route
  post lmtp x@lists.example && goes lists lmtp
  cp "$SCRATCH/routes" "$home/control/smtproutes"
  without transports
  types "$(task 'Not so much to one domain' | sed 's|100/10|2/10|')" || fail "$(cat "$SCRATCH/said")"
  for n in 1 2 3; do post "rate-$n" "x$n@big.example"; done
  wait_for 60 is host big.example 1 || fail "the third waits: $(q)"
  wait_for 60 shown 'ratelimits' || fail "it says why: $(q show "$(id_to 'x*@big.example')")"
  without ratelimits
  svc -a "$send"
  goes mx rate-3
}
shown() { q show "$(id_to 'x*@big.example')" | grep -q "$1"; }

test_where_a_message_is() {
  need_root || return 0
  printf 'Message-ID: <4f1c.mail@example.org>\nSubject: late\n\nx\n' | "$home/bin/sendmail" -f ann@example.org x@late.example
  has_tried 'not yet'
  id=$(id_to x@late.example)
  types "$(task 'Where is a message, and why is it late?' | sed 's/ann@example.org/x@late.example/')" || fail "$(cat "$SCRATCH/said")"
  said '451 4.7.1 not yet'
  said 'next try'
  types 'sendmail -bp' && said '(4.7.1 '
  post dead x@dead.example
  has_tried refused
  wait_for 60 types "$(task 'What holds the queue up?' mail-qhosts) | grep dead.example" || fail "$("$home/bin/mail-qhosts")"
  does 'What holds the queue up?' refused
  said x@dead.example
  : > "$SCRATCH/late.script"
  wait_for 60 no_remotes "$home" || fail 'a connection is still open'
  does 'Send now' 'retry 0'
  goes late late
  does 'Send now' retry-domain
  does 'Send now' 'svc -a'
  nothing_is_left
}

test_hold_delete_expire() {
  need_root || return 0
  echo 'rcpt=451 4.7.1 not yet' > "$SCRATCH/late.script"
  post spam x@late.example x@example.net
  has_tried 'not yet'
  does 'Hold and release' 'hold --from'
  is state held || fail "held: $(q)"
  does 'Hold and release' 'release --from'
  is state held 0 || fail "released: $(q)"
  does 'Hold and release' 'hold-domain'
  post held x@example.net
  wait_for 60 is state held || fail "a held domain: $(q)"
  does 'Hold and release' 'release-domain'
  goes mx held
  does 'Hold and release' 'svc -d'
  wait_for 60 are_down "$send"
  post down ann@example.org || fail 'mail is not taken'
  up "$send"
  comes down
  post deleted x@late.example spammer@example.net
  wait_for 60 is from spammer@example.net
  does 'Delete, or send back to the sender' '^mail-q delete'
  is from spammer@example.net 0 || fail "deleted: $(q)"
  post expired y@late.example
  wait_for 60 is to y@late.example
  id=$(id_to y@late.example)
  does 'Delete, or send back to the sender' expire
  wait_for 60 grep -rqs 'customer' "$home/people/ann/Maildir/new" || fail "the sender is not told: $(tail "$log")"
  nothing_is_left
}

test_when_it_is_tried() {
  need_root || return 0
  does 'Give up earlier'
  types 'mail-showctl' && said 'queuelifetime: 172800'
  types "$(task 'Try again sooner, or more rarely' | sed 's/120/4/; s/3600/5/')" || fail "$(cat "$SCRATCH/said")"
  post often x@late.example
  wait_for 60 tries 3 || fail "tried: $(grep x@late.example "$log")"
  q expire --to x@late.example > "$SCRATCH/said"
  without queuelifetime retryfirst retrymost
}
tries() { [ "$(grep -c 'deferred .* to=x@late.example ' "$log")" -ge "$1" ]; }

test_keeping_it_running() {
  need_root || return 0
  does 'Restart one service, or its log'
  post restarted ann@example.org && comes restarted
  does 'Rotate logs'
  wait_for 60 has_rotated || fail "no new file: $(ls "$home/log/send")"
  types "$(task Numbers 'ln -s')" || fail "$(cat "$SCRATCH/said")"
  wait_for 60 grep -qs '^bulkhead_queue_messages' "$home/run/metrics/bulkhead.prom" || fail 'no numbers'
  wait_for 60 types "$(task Numbers mail-check)" || fail "$(cat "$SCRATCH/said")"
  said 'MAIL OK'
  does Numbers qstat
  does Numbers prom
  post counted ann@example.org && comes counted
  wait_for 60 types "$(task Numbers delivered)" || fail "$(cat "$SCRATCH/said")"
  down "$send"
  cron=$(task 'A machine that only sends' 'mail-start -1' | sed 's|^[*/0-9 ]* /|/|')
  post by-cron ann@example.org
  post cannot x@dead.example
  assertEquals 'cron has nothing to mail' '0 ' "$(cd / && env -i PATH=/usr/bin:/bin sh -c "$cron" > "$SCRATCH/cron" 2>&1; echo $? "$(cat "$SCRATCH/cron")")"
  arrived by-cron || fail 'not delivered by the pass'
  up "$send"
  nothing_is_left
}

has_rotated() { types "$(task 'Rotate logs' 'svc -a')" && ls "$home"/log/send/@*; }

test_upgrade_under_traffic() {
  need_root || return 0
  for n in $(seq 60); do echo "upgrade-$n."; done > "$SCRATCH/all"
  (while read -r subject; do post "$subject" ann@example.org || echo "not taken: $subject"; sleep 0.2; done \
    < "$SCRATCH/all" > "$SCRATCH/flow" 2>&1) &
  flow=$!
  does 'Upgrade while it runs' make
  for s in listen metrics queue send; do assertTrue "$s: $(cat "$SCRATCH/said")" "grep -q 'restart them: .*$s' $SCRATCH/said"; done
  does 'Upgrade while it runs' svc
  svc -t "$home/service/metrics"
  wait $flow
  assertEquals 'all is taken' '' "$(cat "$SCRATCH/flow")"
  wait_for 60 is_empty || fail "it stays: $(q)"
  assertEquals 'each came once' "$(sort "$SCRATCH/all")" \
    "$(grep -rhs '^Subject: upgrade-' "$home/people/ann/Maildir/new" | sed 's/^Subject: //' | sort)"
  wait_for 60 none_is_old || fail "old ones: $(ls -l /proc/[0-9]*/exe 2>/dev/null | grep deleted)"
}
none_is_old() { ! ls -l /proc/[0-9]*/exe 2>/dev/null | grep -q "$home/bin/.*deleted"; }

test_when_something_is_wrong() {
  need_root || return 0
  echo ten > "$home/control/concurrencyremote"
  : > "$home/control/rcpthost"
  does 'Is a setting wrong?'
  said 'concurrencyremote: wrong: must be a number'
  said 'is it meant to be rcpthosts?'
  rm "$home/control/concurrencyremote" "$home/control/rcpthost" "$home/control/me"
  post no-name ann@example.org 2> "$SCRATCH/said" && fail 'sent without a name'
  said 'control/me'
  does 'A file of control was deleted'
  post name ann@example.org && comes name
  wait_for 60 no_remotes "$home" || fail 'a connection is still open'
  echo 192.0.2.54 > "$home/control/dnsservers"
  svc -h "$send"
  post dns x@example.net
  has_tried 'asked 192.0.2.54'
  does 'The name servers do not answer'
  types "$(task 'Send now' 'svc -a')"
  goes mx dns
  does 'A user gets no mail' tail
  does 'A user gets no mail' mail-local
  said 'maildir ./Maildir/'
}

test_the_disk_is_full() {
  need_root && need mkfs.ext4 e2fsprogs || return 0
  down "$queue" "$send"
  cp -a "$home/queue" "$SCRATCH/queue"
  truncate -s 24M "$SCRATCH/disk" && mkfs.ext4 -q -b 1024 -m 0 -N 4000 "$SCRATCH/disk"
  mount -o loop "$SCRATCH/disk" "$home/queue" 2> "$SCRATCH/said" || { why="no loop devices"; up "$queue" "$send"; return 0; }
  cp -a "$SCRATCH/queue/." "$home/queue"
  up "$queue" "$send"
  post roomy ann@example.org && comes roomy
  dd if=/dev/zero of="$home/queue/filler" bs=1024 2> "$SCRATCH/said"
  post full ann@example.org 2> "$SCRATCH/said" && fail 'queued on a full disk'
  said 4.3.1
  answer x@elsewhere.example ann@example.org > "$SCRATCH/said"
  rm "$home/queue/filler"
  wait_for 60 post room-again ann@example.org && comes room-again
  down "$queue" "$send"
  umount "$home/queue"
  up "$queue" "$send"
}

test_wrong_owners() {
  need_root || return 0
  post waits x@late.example
  has_tried 'not yet'
  down "$queue" "$send"
  chown -R 0:0 "$home/queue/todo" "$home/queue/state"
  svc -u "$queue" "$send"
  wait_for 60 grep -q "run .*make install" "$home/log/queue/current" "$log" || fail "$(tail "$log")"
  "$home/bin/mail-qread" > "$SCRATCH/said" 2>&1
  does 'Owners or modes in the queue are wrong'
  wait_for 60 is to x@late.example || fail "it is not there any more: $(q 2>&1; tail "$log")"
  post owners ann@example.org && comes owners
}

test_two_instances_and_a_queue_that_moves() {
  need_root || return 0
  users_file "$other.users" 61500
  does 'Two instances on one host' '/other\|192'
  mailbox "$other" ann 61050
  "$other/bin/mail-newu"
  wait_for 60 test -S "$other/run/desk/desk" || fail "$(cat "$other"/log/*/current)"
  wait_for 60 greets 192.0.2.7 'other.example.org' || fail "no other: $(cat "$other/log/listen/current")"
  wait_for 60 greets 192.0.2.25 'mail.example.org' || fail "the first one: $(tail "$home/log/listen/current")"
  printf 'Subject: other\n\nx\n' | "$other/bin/sendmail" ann@other.example.org
  wait_for 60 arrived other ann "$other" || fail "$(cat "$other/log/send/current")"

  q hold --to x@late.example > "$SCRATCH/said"
  echo 192.0.2.53 > "$other/control/dnsservers"
  "$other/bin/mail-q" hold-domain nowhere.example > "$SCRATCH/said"
  printf 'Subject: stays\n\nx\n' | "$other/bin/sendmail" y@late.example
  task 'Back up the queue, or move it to another host' > "$SCRATCH/move"
  types "$(sed 3q "$SCRATCH/move")" || fail "$(cat "$SCRATCH/said")"
  down "$other/service/queue" "$other/service/send"
  mv "$home/queue.tar" "$other"
  (home=$other; types "$(task 'Back up the queue, or move it to another host' | sed 1,3d)") || fail "$(cat "$SCRATCH/said")"
  wait_for 60 test -S "$other/run/desk/desk"
  wait_for 60 elsewhere 'x@late.example' held || fail "$("$other/bin/mail-q" list; tail "$other/log/send/current")"
  : > "$SCRATCH/late.script"
  wait_for 60 no_remotes "$other" || fail 'a connection is still open'
  "$other/bin/mail-q" release --all --yes > "$SCRATCH/said"
  "$other/bin/mail-q" retry --all --yes > "$SCRATCH/said"
  goes late waits
  goes late stays
  find "$home/queue/todo" "$home/queue/mess" -type f -delete    # it is there now
  up "$queue" "$send"
}
greets() { tcpclient -RHl0 "$1" 25 sh -c 'head -n 1 <&6' | grep -q "220 $2"; }
elsewhere() { "$other/bin/mail-q" --to "$1" | grep -q "$2"; }

by_qmqp() { "$other/bin/sendmail" ann@example.org < "$SCRATCH/m"; }

test_without_a_queue_and_uninstalled() {
  need_root || return 0
  (home=$other; types "$(task Uninstall)") && fail 'uninstalled while it runs'
  said 'is running: stop it first'
  down "$other"/service/queue "$other"/service/send "$other"/service/listen
  (home=$other; types "$(task 'A machine without a queue')") || fail "$(cat "$SCRATCH/said")"
  printf '%s\n' 192.0.2.25:25 192.0.2.25:628:qmqp > "$home/control/listen"
  svc -t "$home/service/listen"
  printf 'Subject: qmqp\n\nx\n' > "$SCRATCH/m"
  wait_for 60 by_qmqp || fail 'not handed on'
  comes qmqp
  svc -dx "$other"/service/*/log
  (home=$other; types "$(task Uninstall)") || fail "$(cat "$SCRATCH/said")"
  assertFalse 'programs' "[ -e $other/bin ]"
  assertTrue 'mail and settings stay' "[ -s $other/control/me ] && [ -d $other/queue/mess ]"
}

run_tests
