#!/bin/sh
# mail-lspawn: it becomes the right user or nobody, and an unknown end is temporary

. "$(dirname "$0")/../lib.sh"

I=$SCRATCH/inst
LOG=$SCRATCH/log MSG=$SCRATCH/msg
export LOG
HOME_=$SCRATCH/joe
UID_=62001

oneTimeSetUp() {
  instance "$I" host.example.org || exit 111
  printf 'Subject: x\n\nbody\n' > "$MSG"
  chmod 0600 "$MSG"                     # as in the queue: only its descriptor gives it away
}
fresh() {
  rm -rf "$HOME_" "$I/control"/[!m]* "$I"/control/min?id "$I"/alias/.qmail*
  mkdir -p "$HOME_/Maildir/tmp" "$HOME_/Maildir/new" "$HOME_/Maildir/cur"
  chown -R $UID_:$UID_ "$HOME_"
  printf '%s\n' "=joe:joe:$UID_:$UID_:$HOME_:::" "+joe-:joe:$UID_:$UID_:$HOME_:-::" . > "$I/users/assign"
  "$I/bin/mail-newu"
  : > "$LOG"
}
qmail() { # FILE LINE...
  f=$HOME_/$1
  shift
  printf '%s\n' "$@" > "$f"
  chown $UID_:$UID_ "$f"
}
able() { need_root && need python3 python3; }
lspawn() { "$stub/lspawn" "$I" 61005:61005 "$MSG" "$@"; }
fake() { # ANSWER WORD...
  answer=$1
  shift
  "$stub/lspawn" "$I" "$answer" "$MSG" "$@"
}
new() { find "$HOME_/Maildir/new" -type f; }

test_delivers() {
  able || return 0
  fresh
  assertEquals "7 K local did 1+0+0
exit 0" "$(lspawn 7:s@x.example:Joe@host.example.org @get)"
  assertEquals "$UID_:$UID_" "$(stat -c %u:%g "$(new)")"
  assertEquals "Return-Path: <s@x.example>
Delivered-To: Joe@host.example.org" "$(head -n 2 "$(new)")"
}

# a sender that is to name each recipient does so here as on the way to other hosts
test_sender_that_names_the_recipient() {
  able || return 0
  fresh
  # shellcheck disable=SC2016
  qmail .qmail-x '|echo "$SENDER $RPLINE" > seen'
  qmail .qmail '|echo "$SENDER" > seen2'
  assertEquals "1 K local did 0+0+1 2 K local did 0+0+1" \
    "$(lspawn 1:list-@h.example-@[]:Joe-x@host.example.org @get 2:list-@h.example-@[]:joe @get | sed -n 1,2p | xargs)"
  assertEquals "list-Joe-x=host.example.org@h.example Return-Path: <list-Joe-x=host.example.org@h.example>" "$(head -n 1 "$HOME_/seen")"
  assertEquals "list-joe@h.example" "$(cat "$HOME_/seen2")"
}

test_the_recipient_is_alone() {
  able || return 0
  fresh
  # shellcheck disable=SC2016
  qmail .qmail '|{ id -u; id -g; id -G; umask; pwd; ulimit -c; ps -o sid= -p $$ | tr -d " "; } > who; grep -E "^(Cap|SigBlk|SigIgn|NoNewPrivs)" /proc/self/status > status; ls -l /proc/self/fd > fds; env > env'
  PATH=/bin:/usr/bin:/odd lspawn 1::joe @get > "$SCRATCH/got"
  assertEquals "1 K local did 0+0+1" "$(sed -n 1p "$SCRATCH/got")"
  assertEquals "$UID_ $UID_ $UID_ 0077 $HOME_ 0" "$(head -n 6 "$HOME_/who" | xargs)"
  for c in CapInh CapPrm CapEff CapAmb SigBlk SigIgn; do
    # signals 32 and 33 are the C library's own: nobody can set them back
    grep -Eq "^$c:[[:space:]]+(0+|0+180000000)$" "$HOME_/status" || fail "$c: $(cat "$HOME_/status")"
  done
  grep -Eq '^CapBnd:[[:space:]]+00000000000000e0$' "$HOME_/status" || fail "$(grep CapBnd "$HOME_/status")"
  assertEquals "0, 1, 2 and ls's own: $(cat "$HOME_/fds")" 4 "$(grep -c ' -> ' "$HOME_/fds")"
  assertEquals "PATH=/bin:/usr/bin:/odd" "$(grep ^PATH= "$HOME_/env")"
  assertEquals "" "$(grep ^LOG= "$HOME_/env")"
}

test_message_cannot_be_written() {
  able || return 0
  fresh
  qmail .qmail '|{ echo x >&0; echo x > /proc/self/fd/0; } 2>/dev/null; cat /proc/self/fd/0 > copy 2>/dev/null; exit 0'
  cp "$MSG" "$SCRATCH/before"
  lspawn 1::joe @get > "$SCRATCH/got"
  assertTrue "the message is as it was" "cmp '$MSG' '$SCRATCH/before'"
  assertEquals "1 Z local 4.3.0 unable to read the message
2 Z local 4.3.0 unable to read the message
3 Z local 4.3.0 unable to read the message" "$(lspawn @rw:1::joe @none:2::joe @pipe:3::joe @get:3 | sed '$d' | sort)"
}

test_exit_codes() {
  able || return 0
  fresh
  mv "$I/bin/mail-local" "$SCRATCH/mail-local"
  on_exit "mv '$SCRATCH/mail-local' '$I/bin/mail-local' 2>/dev/null"
  # a stand-in that does what it is told
  # shellcheck disable=SC2016
  printf '%s\n' '#!/bin/sh' 'IFS=:; set -f; read -r what < '"$SCRATCH/what"'; set -- $what; [ "$2" ] && echo "$2"
[ "$1" = kill ] && kill -9 $$; exit "$1"' > "$I/bin/mail-local"
  chmod 0755 "$I/bin/mail-local"
  got=$(for e in 0:fine 0 100:5.1.1_no 100:no 100 100:4.0.0_x 99 1:4.2.2_full 111:later 112 126 255 kill 111:5.1.1_never; do
    echo $e > "$SCRATCH/what"; lspawn 1::joe @get | sed -n 's/^1 //p'; done)
  assertEquals "K local fine
K local 
D local 5.1.1_no
D local 5.3.0 no
D local 5.3.0 delivery failed
D local 5.3.0 4.0.0_x
Z local 4.3.0 delivery failed
Z local 4.2.2_full
Z local 4.3.0 later
Z local 4.3.0 delivery failed
Z local 4.3.0 delivery failed
Z local 4.3.0 delivery failed
Z local 4.3.0 the delivery was interrupted
Z local 4.3.0 5.1.1_never" "$got"
  rm "$I/bin/mail-local"
  assertEquals "Z local 4.3.0 unable to start the delivery" "$(lspawn 1::joe @get | sed -n 's/^1 //p')"
  mv "$SCRATCH/mail-local" "$I/bin/mail-local"
}

test_much_output() {
  able || return 0
  fresh
  # shellcheck disable=SC2016
  qmail .qmail '|head -c 3000000 /dev/zero | tr "\0" "\377" >&2; i=0; while [ $i -lt 3000 ]; do echo "line $i \\ x"; i=$((i + 1)); done; exit 100'
  assertEquals "1 D local 5.3.0 a program of the recipient refused the message" "$(lspawn 1::joe @get | sed -n 1p)"
  assertTrue "the log is bounded: $(wc -c < "$LOG")" "[ $(wc -c < "$LOG") -lt 150000 ]"
  grep -q 'output id=0*: more is not logged' "$LOG" || fail "no last line"
  grep -q "$(printf '\377')" "$LOG" && fail "not escaped"
  true
}

# a program that never stops talking: mail-lspawn reads what it does not log at its leisure
test_flood_of_output_costs_little() {
  able || return 0
  fresh
  qmail .qmail '|touch started; exec yes'
  # shellcheck disable=SC2016
  lspawn 1::joe "@cmd:until [ -e $HOME_/started ]; do sleep 0.05; done" @wait:1 '@cmd:cut -d" " -f14,15 /proc/$PID/stat > '"$SCRATCH/cpu1" @wait:5 \
    '@cmd:cut -d" " -f14,15 /proc/$PID/stat > '"$SCRATCH/cpu2"'; kill $(pgrep -P $(pgrep -P $PID))' @get > "$SCRATCH/got"
  assertEquals "1 Z local 4.3.0 a program of the recipient crashed" "$(sed -n 1p "$SCRATCH/got")"
  ticks=$(cat "$SCRATCH/cpu1" "$SCRATCH/cpu2" | awk '{ n = $1 + $2 - n } END { print n }')
  assertTrue "$ticks hundredths of a second in 5" "[ $ticks -lt 50 ]"
}

test_background_program_holds_nothing_up() {
  able || return 0
  fresh
  # shellcheck disable=SC2016
  qmail .qmail '|sleep 100 & echo $! > background'
  start=$(date +%s)
  assertEquals "1 K local did 0+0+1" "$(lspawn 1::joe @get | sed -n 1p)"
  assertTrue "waited for it" "[ $(($(date +%s) - start)) -lt 60 ]"
  kill "$(cat "$HOME_/background")"
}

test_users_that_never_get_mail() {
  able || return 0
  fresh
  for uid in 0 99 61001 61002 61003 61004 61005 61006 61007 61008 61009 61010; do
    assertEquals "uid $uid" "1 Z local 4.3.5 the recipient's account may not get mail" \
      "$(fake "Y $uid 62001 joe $HOME_ joe host - -" 1::joe @get | sed -n 1p)"
  done
  for gid in 0 6 42 99 $(awk '$1 != "maila" { print $3 }' "$I.users" | sort -u); do
    assertEquals "gid $gid" "1 Z local 4.3.5 the recipient's account may not get mail" \
      "$(fake "Y $UID_ $gid joe $HOME_ joe host - -" 1::joe @get | sed -n 1p)"
  done
  chown 61000:61000 "$HOME_"
  chown -R 61000:61000 "$HOME_/Maildir"
  assertEquals "1 K local did 1+0+0" "$(fake "Y 61000 61000 alias $HOME_ joe host - -" 1::joe @get | sed -n 1p)"
}

test_minimum_uid() {
  able || return 0
  fresh
  echo 62002 > "$I/control/minuid"
  assertEquals "Z Z K" "$(fake "Y $UID_ $UID_ joe $HOME_ joe host - -" 1::joe @get "@cmd:echo 70000 > $I/control/minuid" @hup @wait:1 \
    2::joe @get "@cmd:rm $I/control/minuid" @hup @wait:1 3::joe @get | sed -n 's/^[123] \(.\).*/\1/p' | xargs)"
  echo nonsense > "$I/control/minuid"
  assertEquals "waits until mail-start ends" "exit 111" "$(fake "Y $UID_ $UID_ joe $HOME_ joe host - -" @life)"
}

test_minimum_gid() {
  able || return 0
  fresh
  assertEquals "users" "1 K local did 1+0+0" "$(fake "Y $UID_ 100 joe $HOME_ joe host - -" 1::joe @get | sed -n 1p)"
  echo 1000 > "$I/control/mingid"
  assertEquals "Z K" "$(fake "Y $UID_ 999 joe $HOME_ joe host - -" 1::joe @get "@cmd:echo 6 > $I/control/mingid" @hup @wait:1 \
    2::joe @get | sed -n 's/^[12] \(.\).*/\1/p' | xargs)"
  rm "$I/control/mingid"
}

test_default_delivery() {
  able || return 0
  fresh
  echo ./Mailbox > "$I/control/defaultdelivery"
  lspawn 1::joe @get > /dev/null
  assertEquals 1 "$(grep -c '^From ' "$HOME_/Mailbox")"
}

test_home_of_somebody_else() {
  able || return 0
  fresh
  chown 62002 "$HOME_"
  assertEquals "1 Z local 4.3.5 the recipient's home is somebody else's" "$(lspawn 1::joe @get | sed -n 1p)"
  rm -rf "$HOME_"
  assertEquals "1 Z local 4.2.1 the recipient's home is not available" "$(lspawn 1::joe @get | sed -n 1p)"
}

test_home_without_absolute_path() {
  able || return 0
  fresh
  assertEquals "1 Z local 4.3.5 the recipient's home has no absolute path" \
    "$(cd "$SCRATCH" && fake "Y $UID_ $UID_ joe joe joe host - -" 1::joe @get | sed -n 1p)"
}

test_other_answers() {
  able || return 0
  fresh
  assertEquals "1 D local 5.1.1 no mailbox here by that name" "$(fake "N 0 0 - - - - - -" 1::joe @get | sed -n 1p)"
  assertEquals "1 Z local 4.3.0 unable to look up the recipient" "$(fake "T 0 0 - - - - - -" 1::joe @get | sed -n 1p)"
  assertEquals "1 Z local 4.3.0 unable to look up the recipient" "$(fake "U 0 0 - - - - - -" 1::joe @get | sed -n 1p)"
  assertEquals "1 Z local 4.3.5 the recipient's domain is not local here" "$(lspawn 1::joe@elsewhere.example @get | sed -n 1p)"
  assertEquals "exit 111" "$(fake gone 1::joe @wait:1)"
  assertEquals "an answer of another kind" "exit 111" "$(fake "Q 0 0 - - - - - -" 1::joe @wait:1)"
}

test_a_job_that_is_none() {
  able || return 0
  fresh
  assertEquals "exit 111" "$(lspawn '@raw:\2abc' @wait:1)"
}

# a call that fails is temporary for the mail that needs it, if at all; the next mail is delivered
test_calls_that_fail() {
  able || return 0
  need strace strace || return 0
  strace -o /dev/null true 2>/dev/null || { why="strace does not work here"; return 0; }
  mv "$I/bin/mail-lspawn" "$I/bin/real"
  on_exit "mv '$I/bin/real' '$I/bin/mail-lspawn' 2>/dev/null"
  for fault in pipe2:ENFILE:Z:1 pipe2:EMFILE:Z:2 fork,vfork,clone:EAGAIN:Z:1 fork,vfork,clone:ENOMEM:Z:1 \
    sendmsg:ENOBUFS:K:1 sendmsg:ENOMEM:K:2 recvmsg:ENOMEM:K:1; do
    fresh
    result=${fault%:*} result=${result##*:}
    printf '%s\n' '#!/bin/sh' "exec strace -qq -o $SCRATCH/trace -e trace=${fault%%:*} \\" \
      "-e inject=$(echo "$fault" | sed 's/:\(.*\):.:\(.\)$/:error=\1:when=\2/') $I/bin/real" > "$I/bin/mail-lspawn"
    chmod 0755 "$I/bin/mail-lspawn"
    assertEquals "$fault" "1 $result 2 K exi" "$(lspawn 1::joe @get 2::joe @get | cut -c1-3 | xargs)"
    grep -q INJECTED "$SCRATCH/trace" || fail "$fault: nothing failed"
  done
  mv "$I/bin/real" "$I/bin/mail-lspawn"
}

# deliveries to joe-slow, which go on when there is a file "go"; for lspawn: until so many of them are under way
held_up() { qmail .qmail-slow '|touch started.$$; until [ -e go ]; do sleep 0.1; done'; }
running() { echo "@cmd:until [ \$(find $HOME_ -name 'started.*' | wc -l) -ge $1 ]; do sleep 0.05; done"; }

test_several_at_once() {
  able || return 0
  fresh
  held_up
  got=$(lspawn 1::joe-slow 2::joe-slow 3::joe 4::joe-slow "$(running 3)" @get "@cmd:touch $HOME_/go" @get:3 | cut -c1-3)
  assertEquals "the quick one first" "3 K" "$(echo "$got" | head -n 1)"
  assertEquals "then the others" "1 K 2 K 4 K" "$(echo "$got" | sed -n '2,4p' | sort | xargs)"
}

test_more_than_there_are_slots() {
  able || return 0
  fresh
  set --
  i=0
  while [ $i -lt 300 ]; do i=$((i + 1)); set -- "$@" $i::joe; done
  lspawn "$@" @get:300 > "$SCRATCH/got"
  assertEquals 300 "$(grep -c -e ' K local did 1+0+0' -e ' busy 1 local ' "$SCRATCH/got")"
  assertTrue "some" "[ $(new | wc -l) -ge 4 ]"
  assertEquals "$(grep -c ' K ' "$SCRATCH/got")" "$(new | wc -l)"
}

# one who has as many deliveries under way as one may is told of as busy, others are delivered
test_one_user_has_a_share() {
  able || return 0
  fresh
  ann=$SCRATCH/ann
  mkdir -p "$ann/Maildir/tmp" "$ann/Maildir/new" "$ann/Maildir/cur"
  chown -R 62002:62002 "$ann"
  printf '%s\n' "=joe:joe:$UID_:$UID_:$HOME_:::" "+joe-:joe:$UID_:$UID_:$HOME_:-::" \
    "=ann:ann:62002:62002:$ann:::" . > "$I/users/assign"
  "$I/bin/mail-newu"
  held_up
  got=$(lspawn 1::joe-slow 2::joe-slow 3::joe-slow 4::joe-slow "$(running 4)" 5::joe-slow @get 6::joe @get 7::ann @get \
    "@cmd:touch $HOME_/go" @get:4 8::joe @get)
  assertEquals "5 busy 1 local 6 busy 1 local 7 K local" "$(echo "$got" | sed -n '1,3s/ local.*/ local/p' | xargs)"
  assertEquals "afterwards there is room" "8 K local did 1+0+0" "$(echo "$got" | sed -n 8p)"
  rm -f "$HOME_"/go "$HOME_"/started.*
  echo 4 > "$I/control/concurrencylocal"
  assertEquals "half of the places" "3 busy 1 local" "$(lspawn 1::joe-slow 2::joe-slow "$(running 2)" 3::joe-slow @get \
    "@cmd:touch $HOME_/go" | sed -n '1s/ local.*/ local/p')"
}

test_time_limit() {
  able || return 0
  fresh
  echo 1 > "$I/control/timeoutlocal"
  qmail .qmail '|sleep 100'
  start=$(date +%s)
  assertEquals "1 Z local 4.3.0 the delivery was interrupted" "$(lspawn 1::joe @get | sed -n 1p)"
  assertTrue "in time" "[ $(($(date +%s) - start)) -lt 60 ]"
  grep -q 'takes too long' "$LOG" || fail "not logged"
}

test_ends() {
  able || return 0
  fresh
  qmail .qmail '|touch started; sleep 0.3'
  running="@cmd:until [ -e $HOME_/started ]; do sleep 0.05; done; rm $HOME_/started"
  assertEquals "1 K local did 0+0+1 exit 0" "$(lspawn 1::joe "$running" @eof | xargs)"
  assertEquals "1 K local did 0+0+1 exit 0" "$(lspawn 1::joe "$running" @life | xargs)"
  assertEquals "1 K local did 0+0+1 exit 0" "$(lspawn 1::joe "$running" @term | xargs)"
  assertEquals "exit 111" "$(lspawn 1::joe "$running" @deaf @wait:3)"
}

# Until then the tables have changed too lately. Where the machine is so busy that the second job comes after 5 seconds,
# all is done once more.
test_known_recipients_are_not_asked_for() {
  able || return 0
  tries=4
  while
    fresh
    # shellcheck disable=SC2016
    got=$(lspawn @wait:2.5 1::joe @get '@cmd:kill -STOP $LOOKUP; (sleep 2; touch '"$SCRATCH"'/go; kill -CONT $LOOKUP) > /dev/null 2>&1 &' \
      2::joe @get "@cmd:[ -e $SCRATCH/go ] && echo asked; :" \
      "@cmd:until [ -e $SCRATCH/go ]; do sleep 0.1; done; rm $SCRATCH/go; echo . > $I/users/assign; $I/bin/mail-newu" 3::joe @get | xargs)
    [ "${got%asked*}" != "$got" ] && [ $tries -gt 0 ]
  do tries=$((tries - 1)); done
  assertEquals "1 K local did 1+0+0 2 K local did 1+0+0 3 D local 5.1.1 no mailbox here by that name exit 0" "$got"
  got=$(fake "Y $UID_ $UID_ joe $HOME_ joe host - -" @wait:2.5 1::joe @get 2::joe @get | xargs)
  assertEquals "1 K local did 1+0+0 2 K local did 1+0+0 exit 0" "$got"
}

# The number of the process that delivered is in the names of Maildir.
pids() { new | sed 's/.*P\([0-9]*\)Q.*/\1/' | sort | uniq -c | sort -rn | awk '{ print $1 }' | xargs; }

test_one_stays_for_its_user() {
  able || return 0
  fresh
  assertEquals "1 K local did 1+0+0 2 K local did 1+0+0 3 K local did 1+0+0 exit 0" \
    "$(lspawn 1:s@x.example:joe @get 2::Joe@host.example.org @get 3::joe @get | xargs)"
  assertEquals "one did all" 3 "$(pids)"
  assertEquals "its own sender each" "Return-Path: <> Return-Path: <> Return-Path: <s@x.example>" \
    "$(new | xargs grep -h '^Return-Path' | sort | xargs)"
  assertEquals "and recipient" "Delivered-To: Joe@host.example.org" "$(new | xargs grep -h '^Delivered-To: J')"
  fresh
  lspawn 1::joe @get @wait:3 2::joe @get > /dev/null
  assertEquals "not for long" "1 1" "$(pids)"
}

# after a program, and after any verdict but "done", for another user, and for another home
test_one_does_not_stay() {
  able || return 0
  fresh
  qmail .qmail-p ./Maildir/ '|true'
  qmail .qmail-no ./Maildir/ '|exit 100'
  assertEquals "1 K 2 K 3 K 4 D 5 K exi" \
    "$(lspawn 1::joe @get 2::joe-p @get 3::joe @get 4::joe-no @get 5::joe @get | cut -c1-3 | xargs)"
  assertEquals "two before the program, two before the refusal, and the last" "2 2 1" "$(pids)"
  fresh
  mkdir -p "$SCRATCH/eve/Maildir/tmp" "$SCRATCH/eve/Maildir/new" "$SCRATCH/eve/Maildir/cur"
  chown -R 62002:62002 "$SCRATCH/eve"
  mkdir -p "$SCRATCH/too/Maildir/tmp" "$SCRATCH/too/Maildir/new" "$SCRATCH/too/Maildir/cur"
  chown -R $UID_:$UID_ "$SCRATCH/too"
  printf '%s\n' "=joe:joe:$UID_:$UID_:$HOME_:::" "=eve:eve:62002:62002:$SCRATCH/eve:::" \
    "=too:joe:$UID_:$UID_:$SCRATCH/too:::" "=group:joe:$UID_:62002:$HOME_:::" . > "$I/users/assign"
  "$I/bin/mail-newu"
  assertEquals "1 K 2 K 3 K 4 K exi" "$(lspawn 1::joe @get 2::eve @get 3::too @get 4::group @get | cut -c1-3 | xargs)"
  assertEquals "each its own" 4 "$(find "$HOME_" "$SCRATCH/eve" "$SCRATCH/too" -path "*/new/*" -type f | sed 's/.*P\([0-9]*\)Q.*/\1/' | sort -u | wc -l)"
  assertEquals "62002 62002:62002 $UID_:$UID_" \
    "$(find "$HOME_/Maildir/new" -gid 62002 -printf '%G '; stat -c %u:%g "$SCRATCH"/eve/Maildir/new/* "$SCRATCH"/too/Maildir/new/* | xargs)"
}

# what a task sets is gone with it: variables, counts, forward addresses, owner, umask, folder, descriptor 0
test_each_task_begins_anew() {
  able || return 0
  fresh
  python3 -S "$stub/queued.py" "$I/run/queue" "$SCRATCH/q" 2> "$SCRATCH/err" &
  queued=$!
  on_exit "kill $queued 2>/dev/null"
  wait_for 60 test -S "$I/run/queue" || fail "no stub of mail-queued"
  chmod 0777 "$I/run/queue"
  qmail .qmail-one x@a.example ./Maildir/
  qmail .qmail-one-owner o@a.example
  qmail .qmail-two-default y@b.example
  # shellcheck disable=SC2016
  qmail .qmail-three '|{ env | grep -v -e ^PWD= -e ^_= -e ^SHLVL= | sed "s/=.*//" | sort | xargs; umask; pwd; ls /proc/$PPID/fd | xargs; echo "$SENDER $NEWSENDER" "$EXT"; } > seen'
  assertEquals "1 K local did 1+1+0 2 K local did 0+1+0 3 K local did 0+0+1 exit 0" \
    "$(lspawn 1:s1@x.example:joe-one @get 2:s2@x.example:joe-two-more @get 3:s3@x.example:joe-three @get | sed 's/ qp [^ ]*//' | xargs)"
  assertEquals "Fjoe-one-owner@ Tx@a.example" "$(tr '\0' '\n' < "$SCRATCH/q/1.env" | grep '^[FT]' | sed 's/owner@.*/owner@/' | xargs)"
  assertEquals "Fs2@x.example Ty@b.example" "$(tr '\0' '\n' < "$SCRATCH/q/2.env" | grep '^[FT]' | xargs)"
  cp "$HOME_/seen" "$SCRATCH/third"
  fresh
  # shellcheck disable=SC2016
  qmail .qmail-three '|{ env | grep -v -e ^PWD= -e ^_= -e ^SHLVL= | sed "s/=.*//" | sort | xargs; umask; pwd; ls /proc/$PPID/fd | xargs; echo "$SENDER $NEWSENDER" "$EXT"; } > seen'
  lspawn 1:s3@x.example:joe-three @get > /dev/null
  assertEquals "as if it were the first" "$(cat "$HOME_/seen")" "$(cat "$SCRATCH/third")"
  kill $queued
}

# Whom to become is told in one record of one form, and nothing else is looked at by root.
test_whom_to_become() {
  able || return 0
  fresh
  : > "$SCRATCH/said"
  for record in '' 00 "$(user 1 $UID_ $UID_)0" "$(user 2 $UID_ $UID_)" "$(user 1 0 $UID_)" "$(user 1 $UID_ 0)" "$(user 1 $UID_ $UID_ 1)" \
    "$(user 1 4294967295 $UID_)" none; do
    assertEquals "$record" "exit 111" "$(task "$record" | tail -n 1)"
  done
  assertEquals "a task that is none" "exit 111" "$(task "$(user 1 $UID_ $UID_)" 01 | tail -n 1)"
  assertEquals "no task" "exit 0" "$(task "$(user 1 $UID_ $UID_)" | tail -n 1)"
  "$I/bin/mail-local" -t 3<&- > /dev/null 2>&1
  assertEquals "by hand" 111 $?
}
user() { printf '%08x%08x%08x%08x' "$1" "$2" "$3" "${4:-0}"; }
task() { # HEX...: records for a mail-local that begins as root, in which nobody waits for more
  python3 -S - "$I/bin/mail-local" "$@" << 'EOF'
import socket, subprocess, sys
a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
if sys.argv[2] != "none":
    for r in sys.argv[2:]:
        a.send(bytes.fromhex(r if len(r) % 2 == 0 else r + "0"))
    a.shutdown(socket.SHUT_WR)
def arrange():
    import os
    os.dup2(b.fileno(), 3)
p = subprocess.Popen([sys.argv[1], "-t"], pass_fds=[3], preexec_fn=arrange, env={"PATH": "/bin"}, stdout=subprocess.PIPE)
print(p.communicate(timeout=60)[0].decode(), end="")
print("exit", p.returncode)
EOF
}

test_started_by_hand() {
  able || return 0
  "$I/bin/mail-lspawn" < /dev/null 2> /dev/null 3<&- 4<&- 5<&-
  assertEquals 111 $?
}

run_tests
