# mail-inject: header completion, recipients, senders, exit codes; against a queue service that is faked
. "$(dirname "$0")/../lib.sh"

home=$SCRATCH/home store=$SCRATCH/store
oneTimeSetUp() {
  instance "$home" host.example.org || fail "no instance"
  mkdir -p "$store"
  python3 -S "$stub/mail-services" "$home" "$store" > "$SCRATCH/services.log" 2>&1 &
  services=$!
  on_exit "kill $services 2> /dev/null"
  wait_for 60 test -S "$home/run/queue"
}

# inject ARGUMENT... - with VAR=VALUE words in $vars as the whole environment; input from fd 0
inject() {
  # shellcheck disable=SC2086
  env -i $vars "$home/bin/mail-inject" "$@" 2> "$SCRATCH/err"
}
vars=USER=joe

# what is made anew each time is left out
header() { sed -E '/^(Resent-)?(Date|Message-ID): /d'; }

# row NAME INPUT OUTPUT [ARGUMENT...] - header INPUT and a body become exactly OUTPUT
row() {
  name=$1 input=$2 output=$3
  shift 3
  printf '%b\n\nbody\n' "$input" | inject -n "$@" | header > "$SCRATCH/got"
  printf '%b\n\nbody\n' "$output" > "$SCRATCH/want"
  cmp -s "$SCRATCH/got" "$SCRATCH/want" || fail "$name: $(diff "$SCRATCH/want" "$SCRATCH/got")"
}

# queued N - the envelope of the last message: sender, recipients, one a line
envelope() { tr '\0' '\n' < "$(last).env"; }
last() { n=$(ls "$store" | grep -c '\.env$'); echo "$store/$n"; }
with_answer() { echo "$1" > "$store/answer"; }
no_answer() { rm -f "$store/answer"; }

me='From: joe@host.example.org'
hidden='Cc: recipient list not shown: ;'

test_fields_are_completed() {
  row "To" 'To: fred' "To: fred@host.example.org\n$me"
  row "case and spelling of names" 'tO : fred@a.b' "tO : fred@a.b\n$me"
  row "no dot" 'To: fred@x' "To: fred@x.host.example.org\n$me"
  row "plus" 'To: fred@x+' "To: fred@x.host.example.org\n$me"
  row "literal" 'To: fred@[1.2.3.4]' "To: fred@[1.2.3.4]\n$me"
  row "route" 'To: <@a.b,@c.d:fred@e.f>' "To: <fred@e.f>\n$me"
  row "Cc" 'Cc: a b' "Cc: a@host.example.org, b@host.example.org\n$me"
  row "Apparently-To" 'Apparently-To: a' "Apparently-To: a@host.example.org\n$me\n$hidden"
  row "From" 'To: a@b.c\nFrom: joe' 'To: a@b.c\nFrom: joe@host.example.org'
  row "Sender, Reply-To" 'To: a@b.c\nSender: s\nReply-To: r (R)' \
    "To: a@b.c\nSender: s@host.example.org\nReply-To: r@host.example.org (R)\n$me"
  row "Errors-To, Return-Receipt-To" 'To: a@b.c\nErrors-To: e@x\nReturn-Receipt-To: t' \
    "To: a@b.c\nErrors-To: e@x.host.example.org\nReturn-Receipt-To: t@host.example.org\n$me"
  row "group" 'To: The A Team: hannibal, b.a@x.y;, d' \
    "To: The A Team: hannibal@host.example.org, b.a@x.y;, d@host.example.org\n$me"
  row "undisclosed" 'To: undisclosed-recipients:;' "To: undisclosed-recipients:;\n$me"
}

test_other_fields_pass_byte_for_byte() {
  row "odd spaces, folds, bytes over 127" \
    'To: a@b.c\nSubject:\t x  \n  y: <z\t\nX-Odd:caf\0303\0251\nReceived: from (a' \
    "To: a@b.c\nSubject:\t x  \n  y: <z\t\nX-Odd:caf\0303\0251\nReceived: from (a\n$me"
  row "Mail-Followup-To" 'To: a@b.c\nMail-Followup-To: x' "To: a@b.c\nMail-Followup-To: x\n$me"
}

test_dropped_fields() {
  row "Bcc, Return-Path, Content-Length" 'To: a@b.c\nBcc: x\n y\nReturn-Path: <z>\nContent-Length: 7' "To: a@b.c\n$me"
  row "Resent-Bcc" 'Resent-To: a@b.c\nResent-Bcc: x\nResent-From: y@z.w' 'Resent-To: a@b.c\nResent-From: y@z.w'
  row "empty fields with addresses" 'To: a@b.c\nCc:\nReply-To: ,\nFrom:' "To: a@b.c\n$me"
  row "the mbox line" 'From joe Mon Jan 1 00:00:00 2026\nTo: a@b.c' "To: a@b.c\n$me"
}

test_added_fields() {
  row "no header" 'X: y' "X: y\n$me\n$hidden"
  row "only Bcc" 'Bcc: x' "$me\n$hidden"
  printf 'To: a\n\n' | inject -n > "$SCRATCH/got"
  grep -Eq '^Date: [0-9]{1,2} [A-Z][a-z]{2} 20[0-9]{2} [0-9:]{8} -0000$' "$SCRATCH/got" ||
    fail "Date: $(cat "$SCRATCH/got")"
  grep -Eq '^Message-ID: <[0-9]{14}\.[0-9a-f]{16}@host\.example\.org>$' "$SCRATCH/got" ||
    fail "ID: $(cat "$SCRATCH/got")"
  printf 'To: a\nDate: D\nMessage-ID: <m>\n\n' | inject -n > "$SCRATCH/got"
  assertEquals 1 "$(grep -c '^Date:' "$SCRATCH/got")"
  assertEquals 1 "$(grep -c '^Message-ID:' "$SCRATCH/got")"
}

test_resent() {
  printf 'To: a@b.c\nFrom: f@b.c\nDate: D\nMessage-ID: <m>\nResent-To: r\n\n' | inject -n > "$SCRATCH/got"
  for field in Resent-Date Resent-Message-ID; do assertEquals $field 1 "$(grep -c "^$field: " "$SCRATCH/got")"; done
  grep -q '^Resent-From: joe@host.example.org$' "$SCRATCH/got" || fail "no Resent-From"
  assertEquals 1 "$(grep -c '^From:' "$SCRATCH/got")"
  printf 'To: a@b.c\nResent-From: r\n\n' | inject -n > "$SCRATCH/got"
  grep -q '^Resent-Cc: recipient list not shown: ;$' "$SCRATCH/got" || fail "no Resent-Cc"
  printf 'To: a@b.c\nCc: d\nBcc: e\nResent-To: r\nResent-Bcc: s\n\n' | inject -h || fail "exit $?"
  assertEquals "Fjoe@host.example.org Tr@host.example.org Ts@host.example.org " "$(envelope | tr '\n' ' ')"
}

test_names_of_the_author() {
  to='To: a@b.c'
  vars='USER=u' row USER "$to" "$to\nFrom: u@host.example.org"
  vars='LOGNAME=l' row LOGNAME "$to" "$to\nFrom: l@host.example.org"
  vars='USER=u LOGNAME=l MAILUSER=m' row MAILUSER "$to" "$to\nFrom: m@host.example.org"
  vars='USER=u MAILUSER=m QMAILUSER=q' row QMAILUSER "$to" "$to\nFrom: q@host.example.org"
  vars='X=y' row "the uid" "$to" "$to\nFrom: $(id -un)@host.example.org"
  vars='USER= LOGNAME=' row "empty ones" "$to" "$to\nFrom: $(id -un)@host.example.org"
  vars='USER=u MAILHOST=h.i' row MAILHOST "$to" "$to\nFrom: u@h.i"
  vars='USER=u MAILHOST=h.i QMAILHOST=q' row QMAILHOST "$to" "$to\nFrom: u@q.host.example.org"
  vars='USER=u@x.y' row "a user with a host" "$to" "$to\nFrom: u@x.y"
  vars='USER=a,b' row "a user to be quoted" "$to" "$to\nFrom: \"a,b\"@host.example.org"
  vars='USER=u NAME=Joe' row NAME "$to" "$to\nFrom: Joe <u@host.example.org>"
  vars='USER=u NAME=Joe MAILNAME=J.' row MAILNAME "$to" "$to\nFrom: \"J.\" <u@host.example.org>"
  vars='USER=u MAILNAME=J QMAILNAME=Q"x' row QMAILNAME "$to" "$to\nFrom: \"Q\\\\\"x\" <u@host.example.org>"
  vars='USER=u NAME=J(o)e QMAILINJECT=c' row c "$to" "$to\nFrom: u@host.example.org (J\\\\(o\\\\)e)"
  vars='USER=u QMAILINJECT=f' row f "$to\nFrom: z@y.x" "$to\nFrom: u@host.example.org"
  # an end of line cannot make a field
  evil=$(printf 'x\nBcc: evil')
  out=$(printf 'To: a@b.c\n\n' | env -i USER=u NAME="$evil" "$home/bin/mail-inject" -n | grep -c '^Bcc')
  assertEquals 0 "$out"
  printf 'To: a@b.c\n\n' | env -i USER="$evil" "$home/bin/mail-inject" -n > /dev/null 2>&1
  assertEquals 100 $?
}

test_a_uid_without_a_name() {
  need_root || return 0
  printf 'To: a@b.c\n\n' | setpriv --reuid 61999 --regid 61999 --clear-groups env -i "$home/bin/mail-inject" -n \
    > "$SCRATCH/got" 2> "$SCRATCH/err" || fail "exit $?: $(cat "$SCRATCH/err")"
  assertEquals "From: anonymous@host.example.org" "$(grep '^From' "$SCRATCH/got")"
}

test_names_of_hosts() {
  row_() { row "$1" 'To: a, b@c, d@e+' "$2"; }
  vars='USER=u QMAILDEFAULTHOST=dh.x' row_ QMAILDEFAULTHOST \
    'To: a@dh.x, b@c.host.example.org, d@e.host.example.org\nFrom: u@dh.x'
  vars='USER=u QMAILDEFAULTHOST=dh QMAILDEFAULTDOMAIN=dd' row_ QMAILDEFAULTDOMAIN \
    'To: a@dh.dd, b@c.dd, d@e.host.example.org\nFrom: u@dh.dd'
  vars='USER=u QMAILPLUSDOMAIN=pd.y' row_ QMAILPLUSDOMAIN \
    'To: a@host.example.org, b@c.host.example.org, d@e.pd.y\nFrom: u@host.example.org'
  for f in defaulthost:dh.x defaultdomain:dd plusdomain:pd.y idhost:id.z; do
    echo "${f#*:}" > "$home/control/${f%:*}"
  done
  vars='USER=u' row_ control 'To: a@dh.x, b@c.dd, d@e.pd.y\nFrom: u@dh.x'
  printf 'To: a\n\n' | inject -n | grep -q '^Message-ID: <.*@id.z>$' || fail "idhost"
  printf 'To: a\n\n' | vars='QMAILIDHOST=env.z' inject -n | grep -q '^Message-ID: <.*@env.z>$' || fail "QMAILIDHOST"
  rm "$home/control/defaulthost" "$home/control/defaultdomain" "$home/control/plusdomain" "$home/control/idhost"
  echo vm > "$home/control/defaultdomain"
  vars='USER=u QMAILDEFAULTHOST=vm' row "a full name without a dot" 'To: a, b@VM, c@x' 'To: a@vm, b@VM, c@x.vm\nFrom: u@vm'
  rm "$home/control/defaultdomain"
  printf 'To: a\n\n' | vars='QMAILDEFAULTHOST=a(b' inject -n > /dev/null
  assertEquals 100 $?
  mv "$home/control/me" "$home/control/not-me"
  printf 'To: a\n\n' | inject -n > /dev/null
  assertEquals "without me" 111 $?
  grep -q 'control/me' "$SCRATCH/err" || fail "does not say what to do: $(cat "$SCRATCH/err")"
  mv "$home/control/not-me" "$home/control/me"
}

test_folding() {
  i=0 list= want=
  while [ $i -lt 50 ]; do i=$((i + 1)) list="$list${list:+, }user$i" want="$want${want:+, }user$i@host.example.org"; done
  printf 'To: %s\n\n' "$list" | inject -n | header > "$SCRATCH/got"
  [ "$(awk 'length > 79' "$SCRATCH/got" | wc -l)" = 0 ] || fail "a line is too long"
  assertEquals "$want" "$(sed -n '/^To:/,/^[F]/p' "$SCRATCH/got" | grep -v '^From' | tr -d '\n' | sed 's/^To: //')"
}

# a signature may be over them
test_fields_that_need_nothing_pass_byte_for_byte() {
  for field in 'To:a@b.c' 'to:  a@b.c ,\n\td@e.f ' 'To: "A, B"  <a@b.c>(x),c (y) @ d.e' 'To:\n a@b.c' \
    'To: =?utf-8?Q?Smith,_J=2E?= <a@b.c>' 'To: a@b.c <a@b.c>' 'To: a..b@c.d, .e@f.g' 'CC : g:a@b.c , d@e.f;' \
    'To: undisclosed-recipients:;' "To: $(printf 'a%03d@some.example, ' $(seq 60))z@some.example" \
    'To: a@b.c\nReply-To: "x" <y@z.w>,"v"\t<u@z.w>' 'To: a@b.c\nSender:  J\0303\0266rg <j@k.l>'; do
    row "$field" "$field" "$field\n$me"
  done
}

test_where_recipients_come_from() {
  check_rcpts() { # WANT ARGUMENT...
    want=$1
    shift
    printf 'To: t@b.c\nCc: c@b.c\nBcc: b@b.c\nSubject: s\n\nbody\n' | inject "$@" ||
      fail "$* exits $?: $(cat "$SCRATCH/err")"
    assertEquals "$*" "$want" "$(envelope | sed 1d | tr '\n' ' ')"
  }
  check_rcpts "Tt@b.c Tc@b.c Tb@b.c "
  check_rcpts "Tx@b.c " x@b.c
  check_rcpts "Tx@b.c " -A x@b.c
  check_rcpts "Tx@host.example.org " -a x
  check_rcpts "Tt@b.c Tc@b.c Tb@b.c " -h x@b.c
  check_rcpts "Tx@b.c Tt@b.c Tc@b.c Tb@b.c " -H x@b.c
  check_rcpts "Tx@b.c Tt@b.c Tc@b.c Tb@b.c " -H x@b.c t@b.c t@b.c
  check_rcpts "Tx@b.c Ty@b.c Tz w@host.example.org " -a 'X <x@b.c>, y@b.c' '"z w"'
  check_rcpts "T-x@b.c " -a -- -x@b.c
  cmp -s "$(last).mess" - <<EOF || fail "message: $(cat "$(last).mess")"
To: t@b.c
Cc: c@b.c
Subject: s
$(grep -E '^(Date|Message-ID)' "$(last).mess")
$me

body
EOF
}

# half an address is somebody else's: nobody gets the message, and the error names the field and the place
test_recipients_that_cannot_be_read() {
  before=$(last)
  for field in "To: o\\\\'brien@b.c" 'Cc: DOMAIN\\ann' 'Bcc: joe(work@b.c' 'To: joe"x@b.c' 'Apparently-To: a <b, c@d.e' \
    'Cc: a b c@' 'To: John Smith john@b.c' 'To: ann@b.c,\n\tbob@' 'Cc: mailto:ann@b.c' 'To: list@b.c: ann@b.c;' \
    'To: "ann@b.c"' 'To: ann@b.c\0302\0240' 'To: =?utf-8?Q?ann=40b.c?=' 'Cc: a\001b@b.c' 'To: <ann@b.c' "To: 'ann@b.c'"; do
    for args in '' -h '-H x@y.z'; do
      # shellcheck disable=SC2086
      printf '%b\nSubject: s\n\nbody\n' "Cc: good@b.c\n$field" | inject $args
      assertEquals "$field $args" 100 $?
      grep -qF "mail-inject: fatal: cannot read the field ${field%%:*}: there is " "$SCRATCH/err" ||
        fail "$field: $(cat "$SCRATCH/err")"
    done
  done
  printf 'To: x@y.z, D\\ann@b.c\n\n' | inject
  grep -qF 'the field To: there is a \ outside of quotes, in: D\x5cann@b.c' "$SCRATCH/err" || fail "$(cat "$SCRATCH/err")"
  assertEquals "nothing is queued" "$before" "$(last)"
  # recipients as arguments: the field is only shown; beside Resent- fields it is another's
  printf 'To: D\\ann@b.c\n\n' | inject -a x@y.z || fail "$(cat "$SCRATCH/err")"
  assertEquals "Tx@y.z" "$(envelope | sed 1d)"
  grep -qxF 'To: D\ann@b.c' "$(last).mess" || fail "the field has changed"
  printf 'To: D\\ann@b.c\nFrom: <\nResent-To: x@y.z\n\n' | inject || fail "$(cat "$SCRATCH/err")"
  assertEquals "Tx@y.z" "$(envelope | sed 1d)"
}

# what is no end of a line for a reader begins no field
test_no_byte_begins_a_field() {
  for byte in '\r' '\0' '\013' '\014' '\0205' '\0302\0205' '\0342\0200\0250' '\r\0' '\0\r\r'; do
    printf '%b\n\nbody\n' "To: a@b.c\nSubject: hi${byte}Bcc: evil@b.c\nX: y" | inject || fail "$byte: $(cat "$SCRATCH/err")"
    assertEquals "$byte" "Ta@b.c" "$(envelope | sed 1d)"
    assertEquals "$byte" 1 "$(LC_ALL=C grep -ac '^Subject: hi.*Bcc: evil@b.c$' "$(last).mess")"
    assertEquals "$byte" 1 "$(LC_ALL=C grep -ac '^X: y$' "$(last).mess")"
  done
  printf 'To: a@b.c\r\r\nBcc: c@d.e\r\r\r\n\r\r\nbody\r\n' | inject || fail "exit $?"
  assertEquals "CR CR LF ends a line and no header" "Ta@b.c Tc@d.e" "$(envelope | sed 1d | xargs)"
  assertEquals body "$(sed '1,/^$/d' "$(last).mess")"
  printf 'To: a\r@b.c\n\n' | inject -n | grep -qx 'To: a @b.c' || fail "a CR within an address"
}

test_no_recipients() {
  for header in 'Subject: x' 'To: nobody:;' 'To: nobody:' 'Größe: 5'; do
    printf '%s\n\nbody\n' "$header" | inject
    assertEquals "$header" 100 $?
    grep -q 'no recipients' "$SCRATCH/err" || fail "$header: $(cat "$SCRATCH/err")"
  done
  printf 'To: x\n\n' | inject -a
  assertEquals 100 $?
  printf 'Resent-Date: x\nTo: a@b.c\n\n' | inject
  assertEquals 100 $?
  grep -q 'nor in Resent-To, .*: where a Resent- field is, ' "$SCRATCH/err" || fail "$(cat "$SCRATCH/err")"
}

test_envelope_sender() {
  check_sender() { # WANT INPUT ARGUMENT...
    want=$1 input=$2
    shift 2
    printf '%b\n\nbody\n' "$input" | inject "$@" || fail "exit $?: $(cat "$SCRATCH/err")"
    assertEquals "$vars $*" "F$want" "$(envelope | sed -n 1p)"
  }
  to='To: a@b.c'
  check_sender joe@host.example.org "$to\nFrom: x@y.z"
  check_sender p@q.r "$to\nReturn-Path: <p@q.r>"
  check_sender "" "$to\nReturn-Path: <>"
  check_sender "l-@h.i-@[]" "$to\nReturn-Path: <l-@h.i-@[]>"
  check_sender s@host.example.org "$to\nReturn-Path: <p@q.r>" -fs
  check_sender s@t.u "$to" -f s@t.u
  check_sender s@t.u "$to" -f '<s@t.u>'
  check_sender "" "$to" -f ''
  check_sender "" "$to" -f '<>'
  check_sender '#@[]' "$to" -f '#@[]'
  check_sender s@t.u "$to" -f 'A Name <s@t.u>'
  check_sender s@t.u "$to" -f 's@t.u (A Name)'
  check_sender s@t.u "$to" -f s@t.u.
  check_sender s@t.host.example.org "$to" -f s@t
  vars='USER=u QMAILINJECT=s' check_sender u@host.example.org "$to\nReturn-Path: <p@q.r>"
  vars='USER=u QMAILSUSER=su' check_sender su@host.example.org "$to"
  vars='USER=u QMAILSUSER=su QMAILSHOST=sh.x' check_sender su@sh.x "$to"
  vars='USER=u QMAILHOST=h.x' check_sender u@h.x "$to"
  vars='USER=u QMAILINJECT=r' check_sender 'u-@host.example.org-@[]' "$to"
  vars='USER=u QMAILINJECT=r QMAILHOST=h' check_sender 'u-@h.host.example.org-@[]' "$to"
  vars='USER=u QMAILINJECT=m' inject a@b.c < /dev/null
  envelope | sed -n 1p | grep -Eq '^Fu-[0-9]+\.[0-9]+@host\.example\.org$' || fail "m: $(envelope)"
  vars='USER=u QMAILINJECT=rm' inject a@b.c < /dev/null
  envelope | sed -n 1p | grep -Eq '^Fu-[0-9]+\.[0-9]+-@host\.example\.org-@\[\]$' || fail "rm: $(envelope)"
  vars='USER=u QMAILINJECT=i' row i 'To: a@b.c\nMessage-ID: <old>' 'To: a@b.c\nFrom: u@host.example.org'
  for wrong in 'a b@c.d' '(x' 'a@b.c, d@e.f' 'a@b c@d'; do
    inject -f "$wrong" a@b.c < /dev/null
    assertEquals "$wrong" 100 $?
  done
}

test_wrong_syntax_of_senders() {
  for field in 'From: <a' 'Sender: a@b@c' 'Reply-To: "x' 'Return-Path: a@b.c d@e.f' 'Errors-To: (x' \
    'Return-Receipt-To: a b: c' 'Resent-From: <' 'Resent-Sender: a)' 'Resent-Reply-To: ]'; do
    to=To:
    case $field in Resent-*) to=Resent-To: ;; esac
    printf '%s a@b.c\n%s\n\nbody\n' "$to" "$field" | inject
    assertEquals "$field" 100 $?
    grep -q "^mail-inject: fatal: cannot read the field ${field%%:*}: " "$SCRATCH/err" ||
      fail "$field: $(cat "$SCRATCH/err")"
    # with recipients as arguments it stays
    printf 'To: a@b.c\n%s\n\nbody\n' "$field" | inject -a x@y.z || fail "$field: $(cat "$SCRATCH/err")"
    assertEquals "$field" "Fjoe@host.example.org Tx@y.z" "$(envelope | xargs)"
    grep -q "^mail-inject: warning: .* field ${field%%:*}: " "$SCRATCH/err" || fail "$field: $(cat "$SCRATCH/err")"
    case $field in Return-Path*) want=0 ;; *) want=1 ;; esac
    assertEquals "$field stays" "$want" "$(grep -cxF "$field" "$(last).mess")"
  done
  for arg in '<a' 'a b(' '@b.c' 'a@b..c' "$(printf 'a\nb@c.d')" '' a@ a@b@c.d a@@c.d "a@b.c'" 'a b@c.d' "$(printf 'a\302\240@b.c')"; do
    inject -- "$arg" < /dev/null
    assertEquals "argument $arg" 100 $?
  done
  inject -f a@b@c.d '"e@f"@g.h' < /dev/null || fail "$(cat "$SCRATCH/err")"
  assertEquals "a sender as filters hand it on" "Fa@b@c.d Te@f@g.h" "$(envelope | xargs)"
  inject "$(head -c 1100 /dev/zero | tr '\0' a)@b.c" < /dev/null
  assertEquals "long address" 100 $?
  inject -x < /dev/null
  assertEquals "unknown option" 100 $?
  for late in '-f x@y.z' -n -h; do
    # shellcheck disable=SC2086
    inject a@b.c $late < /dev/null
    assertEquals "$late behind a recipient" 100 $?
    grep -q 'options go first' "$SCRATCH/err" || fail "$(cat "$SCRATCH/err")"
  done
}

test_where_the_header_ends() {
  row "no empty line" 'To: a@b.c\nthis is no field' "To: a@b.c\n$me\n\nthis is no field" -n
  row "no header at all" '\nfirst\n\nsecond: x' "$me\n$hidden\n\nfirst\n\nsecond: x"
  row "a blank line first" ' x' "$me\n$hidden\n\n x"
  row "a name with a blank" 'Dear Sir: x' "$me\n$hidden\n\nDear Sir: x"
  printf 'To: a@b.c' | inject -n | header > "$SCRATCH/got"
  assertEquals "To: a@b.c
$me" "$(cat "$SCRATCH/got")"
  row "text whose first word is no name of a field" 'Gr\0303\0266\0303\0237e: 5\nx: y' \
    "$me\n$hidden\n\nGr\0303\0266\0303\0237e: 5\nx: y"
  row "a byte order mark before a field" '\0357\0273\0277To: a@b.c' "To: a@b.c\n$me"
  row "and before text" '\0357\0273\0277text' "$me\n$hidden\n\n\0357\0273\0277text"
  row "marks of mailbox files" 'From a Mon\n>From b Tue\nFrom c Wed\nTo: a@b.c' "To: a@b.c\n$me"
  printf 'To: a@b.c\nS\303\274b: x\nBcc: c@d.e\n\nbody' | inject -n > "$SCRATCH/got"
  assertEquals "illegal name" 100 $?
  assertEquals "nothing printed" "" "$(cat "$SCRATCH/got")"
  printf 'To: a@b.c\nS\303\274b: x\n\nbody\n' | inject -n x@y.z | grep -qa '^S.*b: x' || fail "with recipients as arguments"
  printf 'To: a@b.c\nSubject: x\n\tBcc: c@d.e\n\nbody\n' | inject
  assertEquals "a Bcc that would be shown" 100 $?
  grep -q 'a blank before its name.* in: Bcc: c@d.e' "$SCRATCH/err" || fail "$(cat "$SCRATCH/err")"
  head -c 4300000 /dev/zero | tr '\0' x | sed 's/^/X: /' | inject a@b.c
  assertEquals "too long" 100 $?
  grep -q 'longer than' "$SCRATCH/err" || fail "$(cat "$SCRATCH/err")"
  # a text without a header may have a long first line
  head -c 9000000 /dev/zero | tr '\0' x > "$SCRATCH/long"
  inject a@b.c < "$SCRATCH/long" || fail "long text: $(cat "$SCRATCH/err")"
  assertTrue "all of it" "tail -c 9000001 '$(last).mess' | tail -c +2 | cmp - '$SCRATCH/long'"
}

test_bytes_that_may_not_be() {
  printf 'To: a@b.c\r\nSubject: x\r\n\r\none\r\ntwo\rthr\0ee\r\0\nfour\r' | inject || fail "exit $?"
  assertEquals "one two three four " "$(sed '1,/^$/d' "$(last).mess" | tr '\n' ' ')"
  grep -q ': 2 lone CR, 2 NUL$' "$SCRATCH/err" || fail "not told: $(cat "$SCRATCH/err")"
  grep -q "$(printf '\r')" "$(last).mess" && fail "a CR is left"
  printf 'To: a@b.c\r\n\r\nbody\r\n' | inject || fail "exit $?"
  assertEquals "CRLF is worth no word" "" "$(cat "$SCRATCH/err")"
  printf '\r\n' | inject a@b.c
  assertEquals "an empty line by CRLF" 1 "$(grep -c '^$' "$(last).mess")"
  # a CR at every place around the border of a block
  for n in 65534 65535 65536 65537; do
    { echo; head -c $n /dev/zero | tr '\0' x; printf '\r\ny\n'; } | inject a@b.c 2> /dev/null
    assertEquals "$n" "$n 1 " "$(sed '1,/^$/d' "$(last).mess" | awk '{ print length($0) }' | tr '\n' ' ')"
  done
}

test_single_dot() {
  ended() { printf "$1" | inject "$2" a@b.c; sed '1,/^$/d' "$(last).mess" | tr '\n' ' '; }
  assertEquals "x " "$(ended '\nx\n.\ny\n' -d)"
  assertEquals "x . y " "$(ended '\nx\n.\ny\n' -a)"
  assertEquals "x .. .y z. " "$(ended '\nx\n..\n.y\nz.\n.\n' -d)"
  assertEquals "x " "$(ended '\nx\n.' -d)"
  assertEquals "x " "$(ended '\r\nx\r\n.\r\ny' -d)"
  assertEquals "" "$(ended '.\nx' -d)"
}

test_big_body_streams() {
  ( ulimit -v 30000; { printf 'To: a@b.c\n\n'; head -c 60000000 /dev/zero | tr '\0' x; echo; } | inject ) ||
    fail "exit $?"
  assertEquals 60000001 "$(sed '1,/^$/d' "$(last).mess" | wc -c)"
  rm -f "$(last).mess"
}

test_temporary_files() {
  mkdir -p "$SCRATCH/tmp"
  big() { echo; head -c 400000 /dev/zero | tr '\0' 'x'; echo; }
  big | vars="USER=joe TMPDIR=$SCRATCH/tmp" inject a@b.c || fail "exit $?"
  assertEquals 400001 "$(sed '1,/^$/d' "$(last).mess" | wc -c)"
  assertEquals "nothing is left" "" "$(ls -A "$SCRATCH/tmp")"
  big | vars="USER=joe TMPDIR=$SCRATCH/not-there" inject a@b.c
  assertEquals "no folder" 111 $?
  grep -q 'temporary file' "$SCRATCH/err" || fail "$(cat "$SCRATCH/err")"
  ( ulimit -f 300; trap '' XFSZ; big | inject a@b.c )
  assertEquals "no room" 111 $?
}

# cron passes on what a job writes, for hours: the queue hears nothing of it before the end
test_slow_callers_hold_no_connection() {
  printf 'touch %s/started; cat > /dev/null; cat <&1 > /dev/null\n' "$SCRATCH" | filter
  { printf 'To: a@b.c\n\none\n'; sleep 0.3; ls "$SCRATCH/started" > "$SCRATCH/early" 2> /dev/null; echo two; } |
    vars='USER=u QMAILQUEUE=bin/filter' inject || fail "exit $?"
  assertEquals "" "$(cat "$SCRATCH/early")"
  [ -f "$SCRATCH/started" ] || fail "the program did not run"
}

# A descriptor that is closed must not become the connection, with error messages in it.
test_closed_descriptors() {
  printf 'To: a@b.c\r\n\nbody\n' | env -i USER=joe "$home/bin/mail-inject" 2>&- || fail "exit $?"
  assertEquals body "$(sed '1,/^$/d' "$(last).mess")"
  printf 'To: a@b.c\r\n\nbody2\n' | env -i USER=joe "$home/bin/mail-inject" >&- 2>&- || fail "exit $?"
  assertEquals body2 "$(sed '1,/^$/d' "$(last).mess")"
  printf 'To: a@b.c\n\n' | env -i USER=joe "$home/bin/mail-inject" -n >&- 2> /dev/null
  assertEquals "printing to nowhere" 111 $?
}

test_many_recipients() {
  { seq -f 'To: user%g@x.example.org' 20000; echo; } | inject || fail "exit $?"
  assertEquals 20001 "$(envelope | wc -l)"
  assertEquals Tuser20000@x.example.org "$(envelope | tail -n 1)"
  { seq -f 'To: u%g@x.y' 70000; echo; } | inject
  assertEquals "too many" 100 $?
}

test_answers_of_the_queue() {
  for answer in 11:100 31:100 40:100 115:100 51:111 53:111 54:111 62:111 74:111 81:111 91:111 41:111 254:111; do
    with_answer "${answer%:*} 4.9.9 words"
    inject a@b.c < /dev/null
    assertEquals "$answer" "${answer#*:}" $?
    grep -q 'fatal: not queued: 4.9.9 words' "$SCRATCH/err" || fail "$answer: $(cat "$SCRATCH/err")"
  done
  for answer in die slam; do
    with_answer $answer
    inject a@b.c < /dev/null
    assertEquals $answer 111 $?
  done
  no_answer
}

test_a_busy_queue_is_asked_again() {
  before=$(last)
  with_answer '71 4.3.2 too many connections'
  { printf 'To: a@b.c\n\n'; head -c 400000 /dev/zero | tr '\0' x; echo; } > "$SCRATCH/big"
  rm -f "$store/answered"
  inject < "$SCRATCH/big" & pid=$!
  wait_for 60 test -s "$store/answered"
  no_answer
  wait $pid || fail "exit $?: $(cat "$SCRATCH/err")"
  assertFalse "one is queued" "[ $before = $(last) ]"
  assertEquals "whole" 400001 "$(sed '1,/^$/d' "$(last).mess" | wc -c)"
  with_answer '71 4.3.2 too many connections'
  began=$(date +%s)
  inject a@b.c < /dev/null
  assertEquals "not for ever" 111 $?
  took=$(($(date +%s) - began))
  assertTrue "a minute: $took s" "[ $took -ge 55 ] && [ $took -le 100 ]"
  no_answer
}

test_what_the_sender_wants_to_be_told() {
  dsn() { env -i USER=joe "$@" "$home/bin/mail-inject" a@b.c c@d.e < /dev/null 2> "$SCRATCH/err"; }
  dsn DSNNOTIFY=delay,Failure DSNRET=hdrs DSNENVID='a b+1' || fail "$(cat "$SCRATCH/err")"
  assertEquals "Fjoe@host.example.org rHDRS ea+20b+2B1 Ta@b.c nFAILURE,DELAY Tc@d.e nFAILURE,DELAY" "$(envelope | xargs)"
  dsn DSNNOTIFY=NEVER DSNRET=FULL DSNENVID=a+20b || fail "$(cat "$SCRATCH/err")"
  assertEquals "Fjoe@host.example.org rFULL ea+20b Ta@b.c nNEVER Tc@d.e nNEVER" "$(envelope | xargs)"
  for wrong in DSNNOTIFY=never,delay DSNNOTIFY=x DSNNOTIFY=delay, DSNRET=all "DSNENVID=$(printf '%0101d' 0)" \
    "DSNENVID=$(printf 'a\nb')"; do
    dsn "$wrong"
    assertEquals "$wrong" 100 $?
  done
  # a program in the queue's place gets addresses alone, and not the wishes for mail of its own
  printf 'cat > /dev/null; cat <&1 > %s/env.out; env > %s/env.vars\n' "$SCRATCH" "$SCRATCH" | filter
  dsn DSNNOTIFY=never DSNRET=full QMAILQUEUE=bin/filter || fail "$(cat "$SCRATCH/err")"
  assertEquals "Fjoe@host.example.org|Ta@b.c|Tc@d.e||" "$(tr '\0' '|' < "$SCRATCH/env.out")"
  assertFalse "in its environment" "grep -q ^DSN $SCRATCH/env.vars"
}

test_mail_of_a_program_names_its_parent() {
  id=0660be46f8d68a0007fc000001
  of() { env -i USER=joe "$@" "$home/bin/mail-inject" a@b.c < /dev/null 2> "$SCRATCH/err"; }
  of "QUEUEID=$id" DSNRET=full || fail "$(cat "$SCRATCH/err")"
  assertEquals "Fjoe@host.example.org rFULL p$id Ta@b.c" "$(envelope | xargs)"
  for none in '' x "$id$id" "$(printf '%s\n' "$id" Tx@y.z)"; do
    of "QUEUEID=$none" || fail "$(cat "$SCRATCH/err")"
    assertEquals "$none" "Fjoe@host.example.org Ta@b.c" "$(envelope | xargs)"
  done
}

test_input_that_fails() {
  inject a@b.c < /
  assertEquals 111 $?
  inject a@b.c <&-
  assertEquals 111 $?
  inject -n a@b.c < /dev/null > /dev/full
  assertEquals 111 $?
}

test_followups() {
  printf 'list@l.org\nother@l.org \n' > "$SCRATCH/lists"
  vars="USER=u QMAILMFTFILE=$SCRATCH/lists" from='From: u@host.example.org'
  row "a list" 'To: LIST@l.org, a\nCc: b@c.d' \
    "To: LIST@l.org, a@host.example.org\nCc: b@c.d\n$from\nMail-Followup-To: LIST@l.org, a@host.example.org, b@c.d"
  row "the second one" 'Cc: other@l.org' 'Cc: other@l.org\nFrom: u@host.example.org\nMail-Followup-To: other@l.org'
  row "no list" 'To: a@b.c' 'To: a@b.c\nFrom: u@host.example.org'
  row "there already" 'To: list@l.org\nMail-Followup-To: x' "To: list@l.org\nMail-Followup-To: x\n$from"
  vars='USER=u QMAILMFTFILE=/nonexistent/x' row "no file" 'To: list@l.org' 'To: list@l.org\nFrom: u@host.example.org'
  printf 'To: a\n\n' | vars="USER=u QMAILMFTFILE=/" inject -n > /dev/null
  assertEquals "a folder" 111 $?
  vars=USER=joe
}

filter() { # SCRIPT - becomes the program in QMAILQUEUE
  { echo '#!/bin/sh'; cat; } > "$home/bin/filter"
  chmod 0755 "$home/bin/filter"
}

test_program_instead_of_the_queue() {
  vars='USER=u QMAILQUEUE=bin/filter'
  filter <<EOF
cat > $SCRATCH/filter.mess
cat <&1 > $SCRATCH/filter.env
echo "\$# \$PWD" > $SCRATCH/filter.args
EOF
  printf 'To: a@b.c\nCc: d\n\nbody\n' | inject || fail "exit $?: $(cat "$SCRATCH/err")"
  assertEquals "Fu@host.example.org|Ta@b.c|Td@host.example.org||" "$(tr '\0' '|' < "$SCRATCH/filter.env")"
  assertEquals "body" "$(sed '1,/^$/d' "$SCRATCH/filter.mess")"
  assertEquals "0 $home" "$(cat "$SCRATCH/filter.args")"
  for answer in 11:100 31:100 12:100 115:100 51:111 54:111 71:111 91:111 120:111 1:111 99:111 100:111; do
    printf 'exit %s\n' "${answer%:*}" | filter
    head -c 300000 /dev/zero | tr '\0' '\n' | inject a@b.c
    assertEquals "$answer" "${answer#*:}" $?
  done
  for fd in 4 6; do
    for answer in 'Dnot wanted:100' 'Zcome again:111' 'X:111' ':111'; do
      printf 'cat > /dev/null; cat <&1 > /dev/null; printf %%s "%s" >&%s; exit 82\n' "${answer%:*}" $fd | filter
      inject a@b.c < /dev/null
      assertEquals "$fd $answer" "${answer##*:}" $?
    done
  done
  printf 'printf "Dnot wanted\\nat all" >&6; exit 88\n' | filter
  inject a@b.c < /dev/null
  grep -q 'not queued: not wanted\\x0aat all' "$SCRATCH/err" || fail "words: $(cat "$SCRATCH/err")"
  printf 'exit 0\n' | filter
  head -c 300000 /dev/zero | tr '\0' '\n' | inject a@b.c
  assertEquals "a program that does not read it all" 111 $?
  printf 'kill -9 $$\n' | filter
  inject a@b.c < /dev/null
  assertEquals "killed" 111 $?
  vars='USER=u QMAILQUEUE=bin/missing' inject a@b.c < /dev/null
  assertEquals "missing" 111 $?
  grep -q 'cannot be run' "$SCRATCH/err" || fail "words: $(cat "$SCRATCH/err")"
  vars=USER=joe
}

test_body_that_breaks_off_is_not_queued() {
  before=$(ls "$store" | wc -l)
  filter <<EOF
cat > /dev/null
[ -n "\$(cat <&1 | tr '\0' x)" ] && echo envelope >> $SCRATCH/broken
exit 54
EOF
  vars='USER=u QMAILQUEUE=bin/filter' inject a@b.c < /
  assertEquals 111 $?
  [ -f "$SCRATCH/broken" ] && fail "an envelope came"
  assertEquals "$before" "$(ls "$store" | wc -l)"
}

run_tests
