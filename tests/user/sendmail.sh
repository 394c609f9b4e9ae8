# sendmail: options of all callers, what they become for mail-inject, mail-q and mail-smtpd; and callers as they are
. "$(dirname "$0")/../lib.sh"

home=$SCRATCH/home store=$SCRATCH/store
oneTimeSetUp() {
  instance "$home" host.example.org || fail "no instance"
  ln -s "$home/bin/sendmail" "$SCRATCH/mailq"
  ln -s "$home/bin/sendmail" "$SCRATCH/newaliases"
  mkdir "$SCRATCH/real" "$SCRATCH/fake" "$store"
  # in the place of each program that sendmail becomes: one that tells its name, arguments and environment
  for p in mail-inject mail-q mail-smtpd; do
    [ ! -f "$home/bin/$p" ] || mv "$home/bin/$p" "$SCRATCH/real/$p"
    cat > "$SCRATCH/fake/$p" <<EOF
#!/bin/sh
printf %s "\${0##*/}"
for a; do printf ' [%s]' "\$a"; done
echo
env | sort > $SCRATCH/env
EOF
    chmod 0755 "$SCRATCH/fake/$p"
  done
  python3 -S "$stub/mail-services" "$home" "$store" > "$SCRATCH/services.log" 2>&1 &
  services=$!
  on_exit "kill $services 2> /dev/null"
  wait_for 60 test -S "$home/run/queue"
}
fake() { cp "$SCRATCH/fake/"* "$home/bin/"; }
real() { cp "$SCRATCH/real/"* "$home/bin/"; }

# becomes WANT ARGUMENT... - what sendmail runs
becomes() {
  want=$1
  shift
  # shellcheck disable=SC2086
  got=$(env -i $vars "$home/bin/sendmail" "$@" 2> "$SCRATCH/err" < /dev/null) ||
    fail "$*: exit $?: $(cat "$SCRATCH/err")"
  assertEquals "$*" "$want" "$got"
}
vars=USER=joe

test_options() {
  fake
  plain='mail-inject [-a] [-d] [--]'
  quiet='mail-inject [-a] [--]'
  becomes "$plain [a@b.c]" a@b.c
  becomes "$quiet [a]" -i a
  becomes "$quiet [a]" -oi a
  becomes "$quiet [a]" -o i a
  becomes "$quiet [a]" -O IgnoreDots=True a
  becomes "mail-inject [-H] [-d] [--]" -t
  becomes "mail-inject [-H] [--] [a]" -t -i a
  becomes "mail-inject [-H] [--]" -ti
  becomes "mail-inject [-H] [--]" -it
  becomes "mail-inject [-a] [-d] [-f] [s@t.u] [--] [a]" -f s@t.u a
  becomes "mail-inject [-a] [-d] [-f] [s@t.u] [--] [a]" -fs@t.u a
  becomes "mail-inject [-a] [-d] [-f] [s@t.u] [--] [a]" -r s@t.u a
  becomes "mail-inject [-a] [-d] [-f] [s@t.u] [--] [a]" -rs@t.u a
  becomes "mail-inject [-a] [-d] [-f] [] [--] [a]" -f '' a
  becomes "mail-inject [-a] [-d] [-f] [<>] [--] [a]" -f '<>' a
  becomes "mail-inject [-a] [-d] [-f] [<>] [--] [a]" '-f<>' a
  becomes "mail-inject [-a] [-f] [s] [--] [a]" -if s a
  becomes "$plain [-x] [-t]" -- -x -t
  becomes "mail-inject [-H] [-d] [--] [a]" a -t
  becomes "mail-inject [-a] [-f] [s@t.u] [--] [a] [b]" a -f s@t.u b -oi
  becomes "$plain [a] [-t]" a -- -t
  becomes "$plain [-x] [-f] [s]" -- -x -f s
  becomes "$plain [-]" -
  becomes "$plain [a b] [(c), d]" 'a b' '(c), d'
  for ignored in -bm -oem -oee -em -om -m -v -n \
    -B8BITMIME '-B 7BIT' -G -U -h3 '-h 3' '-L tag' -pSMTP '-p ESMTP:host' -d0.1 -d -x -Ac -odq -odb -oo -oQ/tmp \
    -O=x '-O DeliveryMode=b' -X/dev/null -C/etc/x -J -E; do
    # shellcheck disable=SC2086
    becomes "$plain [a]" $ignored a
  done
}

test_names_for_mail_inject() {
  fake
  has() { grep -qxF "$1" "$SCRATCH/env" || fail "$this: no $1 in: $(cat "$SCRATCH/env")"; }
  hasnt() { ! grep -q "^$1=" "$SCRATCH/env" || fail "$this: $1 in: $(cat "$SCRATCH/env")"; }
  vars='USER=u NAME=N MAILNAME=M QMAILNAME=Q QMAILHOST=h'
  becomes 'mail-inject [-a] [-d] [-f] [s@t.u] [--] [a]' -f s@t.u a
  has QMAILUSER=s; has QMAILHOST=t.u; hasnt NAME; hasnt MAILNAME; hasnt QMAILNAME
  vars='USER=u QMAILHOST=h' becomes 'mail-inject [-a] [-d] [-f] [s] [--] [a]' -f s a
  has QMAILUSER=s; hasnt QMAILHOST
  vars='USER=u NAME=N' becomes 'mail-inject [-a] [-d] [-f] [] [--] [a]' -f '' a
  hasnt QMAILUSER; has NAME=N
  for f in '<s@t.u>' 'A Name <s@t.u>' s@t.u. 's@t.u (c)'; do
    becomes "mail-inject [-a] [-d] [-f] [$f] [--] [a]" -f "$f" a
    has QMAILUSER=s; has QMAILHOST=t.u; hasnt NAME
  done
  becomes 'mail-inject [-a] [-d] [--] [a]' -N failure,delay -R hdrs -V id a
  has DSNNOTIFY=failure,delay; has DSNRET=hdrs; has DSNENVID=id
  becomes 'mail-inject [-a] [-d] [--] [a]' a -Nnever -Rfull -Vid
  has DSNNOTIFY=never; has DSNRET=full; has DSNENVID=id
  for order in '-f s -F x' '-F x -f s' '-Fx -fs'; do
    # shellcheck disable=SC2086
    vars='USER=u NAME=N' becomes 'mail-inject [-a] [-d] [-f] [s] [--] [a]' $order a
    has QMAILNAME=x; hasnt NAME
  done
  becomes 'mail-inject [-a] [-d] [--] [a]' -F 'Full Name' a
  has 'QMAILNAME=Full Name'; hasnt QMAILUSER
}

refused() { # WORDS PROGRAM ARGUMENT...
  words=$1
  shift
  "$@" > "$SCRATCH/out" 2> "$SCRATCH/err" < /dev/null
  assertEquals "$*" 100 $?
  grep -q -e "$words" "$SCRATCH/err" || fail "$*: $(cat "$SCRATCH/err")"
  assertEquals "$*: output" "" "$(cat "$SCRATCH/out")"
}

test_what_is_refused() {
  fake
  sm=$home/bin/sendmail
  refused 'unknown option' "$sm" -Z a
  refused 'unknown option' "$sm" --helpless
  refused 'without its value' "$sm" -f
  refused 'without its value' "$sm" -i -o
  refused 'no recipients' "$sm"
  refused 'no recipients' "$sm" -i
  for f in 'a b@c.d' '<a' 'a@b.c, d@e.f' a@ @b.c; do refused 'cannot read the sender' "$sm" -f "$f" a; done
  for m in -bd -bD '-bd -q30m'; do
    # shellcheck disable=SC2086
    refused 'no daemon' "$sm" $m
  done
  for m in -bt -bv -bh -bH -ba; do refused 'does not have' "$sm" $m a; done
  for m in -bx -bmm -bssh; do
    # shellcheck disable=SC2086
    refused 'no ' "$sm" $m
  done
}

test_newaliases_has_nothing_to_do() {
  for command in "$sm -bi" "$sm -I" "$SCRATCH/newaliases"; do
    $command 2> "$SCRATCH/err" > "$SCRATCH/out"
    assertEquals "$command" 0 $?
    grep -q 'no alias database to build' "$SCRATCH/err" || fail "$command: $(cat "$SCRATCH/err")"
    assertEquals "$command" "" "$(cat "$SCRATCH/out")"
  done
}

test_other_programs() {
  fake
  becomes "mail-q [list] [--postfix]" -bp
  becomes "mail-q [list] [--postfix]" -bp -v
  assertEquals "mail-q [list] [--postfix]" "$("$SCRATCH/mailq" -v)"
  becomes mail-smtpd -bs
  for v in RELAYCLIENT= PROTO=TCP TCPREMOTEIP=127.0.0.1 TCPLOCALIP=127.0.0.1 TCPREMOTEHOST=localhost; do
    grep -qxF "$v" "$SCRATCH/env" || fail "no $v"
  done
  vars='PROTO=TCP TCPREMOTEIP=10.1.2.3 TCPREMOTEINFO=i' becomes mail-smtpd -bs -t
  grep -qxF TCPREMOTEIP=10.1.2.3 "$SCRATCH/env" || fail "PROTO is set, but the address was changed"
  for q in -q -qf '-v -q'; do
    # shellcheck disable=SC2086
    becomes "mail-q [retry] [--yes] [--quiet] [--all]" $q
  done
  becomes "" -q30m
  becomes "mail-q [retry] [--yes] [--quiet] [--id] [*4f3a*]" -qI4f3a
  becomes "mail-q [retry] [--yes] [--quiet] [--to] [*@far.test*]" -qR@far.test
  becomes "mail-q [retry] [--yes] [--quiet] [--from] [*joe*]" -qSjoe
  for q in -qI -qX1 -qGx; do refused "can have I, R or S" "$home/bin/sendmail" $q; done
  rm "$home/bin/mail-q"
  "$home/bin/sendmail" -bp 2> "$SCRATCH/err"
  assertEquals "a program that is missing" 111 $?
}

# what the callers of the field send, through the real mail-inject, up to the queue
last() { n=$(ls "$store" | grep -c '\.env$'); echo "$store/$n"; }
envelope() { tr '\0' ' ' < "$(last).env"; }
body() { sed '1,/^$/d' "$(last).mess" | tr '\n' '|'; }

test_cron() {
  real
  printf 'From: root (Cron Daemon)\nTo: root\nSubject: Cron <root@h> true\nMIME-Version: 1.0\n\nout\n.\nput\n' |
    "$home/bin/sendmail" -i -FCronDaemon -B8BITMIME -oem root || fail "exit $?"
  assertEquals "Troot@host.example.org " "$(envelope | sed 's/^F[^ ]* //')"
  assertEquals 'out|.|put|' "$(body)"
  grep -qx 'From: root@host.example.org (Cron Daemon)' "$(last).mess" || fail "$(cat "$(last).mess")"
}

test_php() {
  real
  printf 'To: a@b.c, d@e.f\r\nSubject: s\r\nX-PHP: 1\r\nBcc: g@h.i\r\n\r\nbody\r\n.\r\nmore\r\n' |
    env -i USER=www "$home/bin/sendmail" -t -i -fweb@b.c > "$SCRATCH/err" 2>&1 || fail "exit $?"
  assertEquals "cron would mail it" "" "$(cat "$SCRATCH/err")"
  assertEquals "Fweb@b.c Ta@b.c Td@e.f Tg@h.i " "$(envelope)"
  assertEquals 'body|.|more|' "$(body)"
  grep -q 'Bcc\|g@h' "$(last).mess" && fail "Bcc is shown"
  grep -qx 'From: web@b.c' "$(last).mess" || fail "From"
}

test_single_dot() {
  real
  printf 'Subject: s\n\none\n.\ntwo\n' | "$home/bin/sendmail" a@b.c || fail "exit $?"
  assertEquals 'one|' "$(body)"
  printf 'Subject: s\n\none\n.\ntwo\n' | "$home/bin/sendmail" -oi a@b.c || fail "exit $?"
  assertEquals 'one|.|two|' "$(body)"
}

test_git_and_mutt() {
  real
  printf 'From: A B <a@b.c>\nTo: t@u.v\nMessage-ID: <1@x>\nDate: D\n\npatch\n' |
    "$home/bin/sendmail" -f a@b.c -i t@u.v w@x.y || fail "git: exit $?"
  assertEquals "Fa@b.c Tt@u.v Tw@x.y " "$(envelope)"
  printf 'From: A B <a@b.c>\nTo: t@u.v\n\nx\n' | "$home/bin/sendmail" -oem -oi -f a@b.c -- t@u.v || fail "mutt: exit $?"
  assertEquals "Fa@b.c Tt@u.v " "$(envelope)"
}

# the command lines of programs as they are installed
test_more_callers() {
  real
  sent() { # WANT-ENVELOPE ARGUMENT... < MESSAGE
    want=$1
    shift
    env -i LOGNAME=joe "$home/bin/sendmail" "$@" > "$SCRATCH/err" 2>&1 || fail "$*: exit $?: $(cat "$SCRATCH/err")"
    assertEquals "$*" "$want" "$(envelope)"
    assertEquals "$*: silent" "" "$(cat "$SCRATCH/err")"
  }
  text() { printf 'From: A B <a@b.c>\nTo: t@u.v, w@x.y\nBcc: z@x.y\nSubject: s\n\ntext\n'; }
  all='Tt@u.v Tw@x.y Tz@x.y '
  text | sent "Fjoe@host.example.org $all" -t                         # mdadm, smartd
  text | sent "Fjoe@host.example.org $all" -oi -t                     # logwatch, anacron
  text | sent "Fjoe@host.example.org $all" -oem -oi -t                # debsecan
  text | sent "Fjoe@host.example.org $all" -i -t -odi                 # unattended-upgrades
  text | sent "Froot@x.y $all" -t -i -froot@x.y                       # fail2ban
  text | sent "Froot@x.y $all" -f root@x.y -t                         # nagios
  text | sent "Fa@b.c Tt@u.v " -i -f a@b.c -- t@u.v                   # git send-email
  text | sent "Fa@b.c rHDRS Tt@u.v nFAILURE,DELAY " -oem -oi -N delay,failure -R hdrs -f a@b.c -- t@u.v    # mutt
  text | sent "Fa@b.c Tt@u.v Tw@x.y " t@u.v w@x.y -f a@b.c            # scripts
}

# -f where the message has no From: the same address, whatever the environment says
test_sender_is_the_author() {
  real
  author() { # FROM -f-VALUE
    printf 'Subject: s\n\ntext\n' | env -i LOGNAME=joe MAILHOST=other.test "$home/bin/sendmail" -f "$2" t@u.v || fail "$2: exit $?"
    assertEquals "$2" "From: $1" "$(grep '^From:' "$(last).mess")"
  }
  author a@b.c a@b.c
  author '"a@b"@c.d' '"a@b"@c.d'
  author '"a@b"@c.d' 'Ann <"a@b"@c.d>'
  author list-@b.c list-@b.c-@[]
  author '"a b"@c.d' '"a b"@c.d'
}

test_dsn_options() {
  real
  printf 'To: t@u.v\n\n' | "$home/bin/sendmail" -t -N delay,failure -R hdrs -V 'job 1' -f a@b.c || fail "exit $?"
  assertEquals "Fa@b.c rHDRS ejob+201 Tt@u.v nFAILURE,DELAY " "$(envelope)"
  for wrong in '-N sometimes' '-N never,delay' '-R all'; do
    # shellcheck disable=SC2086
    refused 'fatal' "$home/bin/sendmail" $wrong t@u.v
  done
}

# filters and mailing lists pass on what strangers wrote
test_odd_fields_of_strangers() {
  real
  for field in 'From: "A B <a@b.c>' 'From: A: B <a@b.c>' 'Reply-To: DOMAIN\ann' 'Return-Path: <a b@c.d>' 'Sender: (x' \
    'Errors-To: a@' 'From: A@B <a@b.c> C' 'Resent-From: <<a@b.c>>' 'Return-Receipt-To: ]'; do
    printf '%s\nSubject: s\n\ntext\n' "$field" | "$home/bin/sendmail" -oi -f a@b.c t@u.v 2> "$SCRATCH/err" || fail "$field: exit $?"
    assertEquals "$field" "Fa@b.c Tt@u.v " "$(envelope)"
    case $field in Return-Path*) want=0 ;; *) want=1 ;; esac
    assertEquals "$field: unchanged" "$want" "$(grep -cxF "$field" "$(last).mess")"
    assertEquals "$field: no second one" "$want" "$(grep -c "^${field%%:*}:" "$(last).mess")"
    grep -q '^mail-inject: warning: ' "$SCRATCH/err" || fail "$field: no word"
  done
}

test_bsd_mailx() {
  unpack bsd-mailx || return 0
  real
  echo "set sendmail=$home/bin/sendmail" > "$SCRATCH/mailrc"
  printf 'line\n..\nthe end\n' | MAILRC=$SCRATCH/mailrc "$UNPACKED/usr/bin/bsd-mailx" -n -s 'a subject' -c cc@b.c -b bcc@b.c \
    -r from@b.c to@b.c > "$SCRATCH/out" 2>&1 || fail "exit $?: $(cat "$SCRATCH/out")"
  came() { grep -q 'a subject' "$(last).mess"; }        # it does not wait for sendmail
  wait_for 60 came || fail "not sent: $(cat "$SCRATCH/out")"
  assertEquals "Ffrom@b.c Tto@b.c Tcc@b.c Tbcc@b.c " "$(envelope)"
  body | grep -q 'the end|$' || fail "body: $(body)"
  grep -qi '^bcc' "$(last).mess" && fail "Bcc is shown"
  grep -qx 'Cc: cc@b.c' "$(last).mess" || fail "$(cat "$(last).mess")"
}

test_exit_codes_come_through() {
  real
  echo "31 5.7.1 no" > "$store/answer"
  "$home/bin/sendmail" a@b.c < /dev/null 2> "$SCRATCH/err"
  assertEquals 100 $?
  echo "53 4.3.0 trouble" > "$store/answer"
  "$home/bin/sendmail" a@b.c < /dev/null 2> "$SCRATCH/err"
  assertEquals 111 $?
  rm "$store/answer"
  printf 'To: a@b.c\nFrom: <\n\n' | "$home/bin/sendmail" -t 2> "$SCRATCH/err"
  assertEquals 100 $?
}

run_tests
