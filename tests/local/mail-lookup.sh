#!/bin/sh
# mail-lookup: who gets the mail for an address, and whether somebody would, at RCPT

. "$(dirname "$0")/../lib.sh"

I=$SCRATCH/inst
LOG=$SCRATCH/log
export LOG
LOOKUP_USER=61005:61005 VERIFY_USER=61006:61006

oneTimeSetUp() {
  instance "$I" host.example.org || exit 111
  [ $ROOT = yes ] || { LOOKUP_USER=$(id -u):$(id -g); VERIFY_USER=$LOOKUP_USER; }
  ALIAS=$(sed -n 's/^maila //p' "$I.users")
  homes
}
homes() {
  mkdir "$SCRATCH/home"
  while IFS=: read -r name _ uid gid _ home _; do
    mkdir "$home"
    [ $ROOT = no ] || chown "$uid:$gid" "$home"
  done <<EOF
$(accounts | grep "$SCRATCH/home/")
EOF
  [ $ROOT = no ] || chown 0:0 "$SCRATCH/home/notmine"
  chmod 0700 "$SCRATCH/home/closed"
}
accounts() {
  cat <<EOF
root:x:0:0:root:/root:/bin/sh
joe:x:62001:62001::$SCRATCH/home/joe:/bin/sh
joe-work:x:62002:62002::$SCRATCH/home/joe-work:/bin/sh
closed:x:62003:62003::$SCRATCH/home/closed:/bin/sh
notmine:x:62004:62004::$SCRATCH/home/notmine:/bin/sh
nohome:x:62005:62005::$SCRATCH/nohome:/bin/sh
notdir:x:62012:62012::/etc/passwd/x:/bin/sh
nopath:x:62013:62013:::/bin/sh
relative:x:62014:62014::home/relative:/bin/sh
nowhere:x:62009:62009::/nonexistent/x:/bin/sh
service:x:62010:62010::/run/nothing-here:/bin/sh
staff:x:62011:50::$SCRATCH/home/staff:/bin/sh
system:x:99:99::$SCRATCH/home/system:/bin/sh
Upper:x:62006:62006::$SCRATCH/home/Upper:/bin/sh
mailq:x:61002:61002::$SCRATCH/home/mailq:/bin/sh
a23456789012345678901234567890a:x:62007:62007::$SCRATCH/home/l31:/bin/sh
a234567890123456789012345678901b:x:62008:62008::$SCRATCH/home/l32:/bin/sh
EOF
}
fresh() {
  rm -f "$I"/control/[!m]* "$I"/control/min?id "$I"/users/* "$I"/alias/.qmail*
  echo host.example.org > "$I/control/me"
}
ask() { "$stub/lookup" "$I/bin/mail-lookup" $LOOKUP_USER "$@"; }
verify() { "$stub/lookup" -l "$I/bin/mail-lookup" $VERIFY_USER "$@"; }
# the same with a password file of our own
own_passwd() { # ask|verify QUESTION...
  accounts > "$SCRATCH/passwd"
  kind=$1
  shift
  case $kind in verify) set -- -l "$I/bin/mail-lookup" $VERIFY_USER "$@" ;; *) set -- "$I/bin/mail-lookup" $LOOKUP_USER "$@" ;; esac
  # shellcheck disable=SC2016
  unshare -m sh -c 'mount --make-rprivate / && mount --bind "$0/passwd" /etc/passwd || exit
    [ ! -e "$0/nsswitch" ] || mount --bind "$0/nsswitch" /etc/nsswitch.conf || exit
    exec "$@"' "$SCRATCH" "$stub/lookup" "$@"
}
# For @cmd: no worker of our mail-lookup does anything for two seconds, which are over before a next try; and, after an
# answer, whether it needed one.
workers_stop() {
  cat > "$SCRATCH/workers" <<EOF
pkill "-\$1" -P "\$(pgrep -d , -f "^$I/bin/mail-lookup")" -f "^$I/bin/mail-lookup"
:
EOF
  echo "@cmd:rm -f $SCRATCH/go; sh $SCRATCH/workers STOP; (sleep 2; touch $SCRATCH/go; sh $SCRATCH/workers CONT) > /dev/null 2>&1 &"
}
by_whom="@cmd:if [ -e $SCRATCH/go ]; then echo asked; else echo known; fi"
settled=@wait:2.5       # until then the tables have changed too lately for an answer to be kept
# An answer is kept for 5 seconds. Where the machine is so busy that the question comes again later than that, it is asked
# anew, and all is done once more.
kept() { # WHAT WANTED COMMAND...
  what=$1 wanted=$2 tries=4
  shift 2
  while got=$("$@" | xargs) && [ "$got" != "$wanted" ] && [ $tries -gt 0 ]; do tries=$((tries - 1)); done
  assertEquals "$what" "$wanted" "$got"
}
has_namespaces() {
  need_root || return 1
  unshare -m true 2>/dev/null && return 0
  why="no mount namespaces here"
  return 1
}
alias_for() { echo "Y $ALIAS alias $I/alias $1 $2 - $1"; }

test_routes() {
  need python3 python3 || return 0
  fresh
  printf '%s\n' Here.Example other.example > "$I/control/locals"
  printf '%s\n' 'v.example:virt' 'one@v.example:single' '.sub.example:sub' 'ex.sub.example:' '# none:x' \
    'here.example:never' > "$I/control/virtualdomains"
  echo here.example > "$I/control/percenthack"
  { alias_for a hERE.eXAMPLE; alias_for virt-a V.Example; alias_for single-one v.example; alias_for single-One v.example
    alias_for sub-a b.c.sub.example; echo E; echo E; echo E; alias_for a other.example; alias_for virt-a v.example
    alias_for 'a%b' other.example; echo E; alias_for a@b other.example; echo "exit 0"; } > "$SCRATCH/want"
  ask D:a@hERE.eXAMPLE D:a@V.Example D:one@v.example D:One@v.example D:a@b.c.sub.example D:a@ex.sub.example \
    D:a@sub.example D:a@elsewhere.example D:a%other.example@here.example D:a%v.example%here.example@HERE.example \
    D:a%b@other.example D:nohost D:a@b@other.example > "$SCRATCH/got"
  assertTrue "$(diff "$SCRATCH/want" "$SCRATCH/got"; cat "$LOG")" "cmp -s '$SCRATCH/want' '$SCRATCH/got'"
}

test_domain_that_is_missing() {
  need python3 python3 || return 0
  fresh
  assertEquals "$(alias_for a host.example.org)" "$(ask D:a | sed -n 1p)"
  echo v.example > "$I/control/envnoathost"
  echo ":all" > "$I/control/virtualdomains"
  assertEquals "$(alias_for all-a v.example)" "$(ask D:a | sed -n 1p)"
  assertEquals "$(alias_for all-a x.example)" "$(ask D:a@x.example | sed -n 1p)"
}

test_changes_act_at_once() {
  need python3 python3 || return 0
  fresh
  ask D:a@new.example "@cmd:echo new.example:n > $I/control/virtualdomains" D:a@new.example \
    "@cmd:echo new.example > $I/control/locals" D:a@new.example "@cmd:mkdir $I/control/percenthack" D:a@new.example \
    "@cmd:rmdir $I/control/percenthack" D:a@new.example > "$SCRATCH/got"
  { echo E; alias_for n-a new.example; alias_for a new.example; echo T; alias_for a new.example; echo "exit 0"; } > "$SCRATCH/want"
  assertTrue "$(diff "$SCRATCH/want" "$SCRATCH/got")" "cmp -s '$SCRATCH/want' '$SCRATCH/got'"
}

test_too_long_with_its_user() {
  need python3 python3 || return 0
  fresh
  echo "v.example:virtualvirtual" > "$I/control/virtualdomains"
  assertEquals N "$(ask "D:$(head -c 990 /dev/zero | tr '\0' a)@v.example" | sed -n 1p)"
}

test_users_table() {
  need python3 python3 || return 0
  fresh
  cat > "$I/users/assign" <<EOF
=joe.x:joe:164001:164002:/h/joe::x:
=joe.x:second:164009:164009:/h/second:::
+joe.:joe:164001:164002:/h/joe:-:pre-:
+joe.long.:long:164003:164003:/h/long:-::
+dom-:vp:164089:164089:/vp:-::
+:rest:164005:164005:/h/rest:-:all-:
.
what follows does not count
EOF
  "$I/bin/mail-newu" || fail "mail-newu"
  ask D:joe.x@host.example.org D:Joe.X D:JOE.Yz D:joe.long.Er D:joe.lon D:dom-A-b D:other D: > "$SCRATCH/got"
  cat > "$SCRATCH/want" <<EOF
Y 164001 164002 joe /h/joe joe.x host.example.org -none- x
Y 164001 164002 joe /h/joe Joe.X host.example.org -none- x
Y 164001 164002 joe /h/joe JOE.Yz host.example.org - pre-Yz
Y 164003 164003 long /h/long joe.long.Er host.example.org - Er
Y 164001 164002 joe /h/joe joe.lon host.example.org - pre-lon
Y 164089 164089 vp /vp dom-A-b host.example.org - A-b
Y 164005 164005 rest /h/rest other host.example.org - all-other
Y 164005 164005 rest /h/rest -none- host.example.org - all-
exit 0
EOF
  assertTrue "$(diff "$SCRATCH/want" "$SCRATCH/got"; cat "$LOG")" "cmp -s '$SCRATCH/want' '$SCRATCH/got'"
}

test_users_table_gives_nobody_forbidden() {
  need python3 python3 || return 0
  fresh
  printf '%s\n' "=low:low:99:99:/h:::" "=ours:ours:61002:61002:/h:::" "=alias2:alias2:$(echo "$ALIAS" | tr ' ' :):/h:::" . > "$I/users/assign"
  "$I/bin/mail-newu"
  [ $ROOT = yes ] || { why="needs root"; return 0; }
  assertEquals "T T Y" "$(ask D:low D:ours D:alias2 | cut -d' ' -f1 | sed -n 1,3p | xargs)"
  grep -q "may get none" "$LOG" || fail "not logged"
  printf '%s\n' "=disk:disk:62001:6:/h:::" "=users:users:62001:100:/h:::" "=low:low:99:99:/h:::" . > "$I/users/assign"
  "$I/bin/mail-newu"
  assertEquals "by group" "T Y" "$(ask D:disk D:users | cut -d' ' -f1 | sed -n 1,2p | xargs)"
  echo 98 > "$I/control/minuid"
  assertEquals Y "$(ask D:low | cut -c1 | sed -n 1p)"
  echo 100 > "$I/control/mingid"
  assertEquals T "$(ask D:low | cut -c1 | sed -n 1p)"
  echo nonsense > "$I/control/minuid"
  assertEquals T "$(ask D:low | cut -c1 | sed -n 1p)"
}

test_damaged_table_is_later() {
  need python3 python3 || return 0
  fresh
  printf '%s\n' "=joe:joe:62001:62001:/h:::" "+j-:joe:62001:62001:/h:-::" . > "$I/users/assign"
  "$I/bin/mail-newu"
  mv "$I/users/cdb" "$SCRATCH/cdb"
  for cut in 1 100 2047 2048 2060; do
    head -c "$cut" "$SCRATCH/cdb" > "$I/users/cdb"
    assertEquals "cut at $cut" "T" "$(ask D:joe | sed -n 1p)"
  done
  : > "$I/users/cdb"
  assertEquals "empty" T "$(ask D:joe | sed -n 1p)"
  head -c 4096 /dev/urandom > "$I/users/cdb"
  case $(ask D:joe D:j-x | sed -n 1p) in T|"$(alias_for joe host.example.org)") ;; *) fail "garbage" ;; esac
  rm "$I/users/cdb"; mkdir "$I/users/cdb"
  assertEquals "a directory" T "$(ask D:joe | sed -n 1p)"
  rmdir "$I/users/cdb"
}

test_accounts() {
  need python3 python3 || return 0
  has_namespaces || return 0
  fresh
  h=$SCRATCH/home
  own_passwd ask D:joe D:JOE D:joe-a-B D:joe-work D:joe-work-x D:joe-works D:joe- D:root D:system D:notmine D:nowhere \
    D:service D:Upper D:mailq D:joe:x D:a23456789012345678901234567890a D:a234567890123456789012345678901b > "$SCRATCH/got"
  cat > "$SCRATCH/want" <<EOF
Y 62001 62001 joe $h/joe joe host.example.org -none- -none-
Y 62001 62001 joe $h/joe JOE host.example.org -none- -none-
Y 62001 62001 joe $h/joe joe-a-B host.example.org - a-B
Y 62002 62002 joe-work $h/joe-work joe-work host.example.org -none- -none-
Y 62002 62002 joe-work $h/joe-work joe-work-x host.example.org - x
Y 62001 62001 joe $h/joe joe-works host.example.org - works
Y 62001 62001 joe $h/joe joe- host.example.org - -none-
$(for n in root system notmine nowhere service Upper mailq joe:x; do alias_for $n host.example.org; done)
Y 62007 62007 a23456789012345678901234567890a $h/l31 a23456789012345678901234567890a host.example.org -none- -none-
$(alias_for a234567890123456789012345678901b host.example.org)
exit 0
EOF
  assertTrue "$(diff "$SCRATCH/want" "$SCRATCH/got"; cat "$LOG")" "cmp -s '$SCRATCH/want' '$SCRATCH/got'"
}

# user+ext is user, whoever that is; LOCAL stays what the address has
test_recipient_delimiter() {
  need python3 python3 || return 0
  has_namespaces || return 0
  fresh
  h=$SCRATCH/home
  echo v.example:joe > "$I/control/virtualdomains"
  printf '%s\n' "=table:t:62001:62001:/h:::" "=table+own:own:62001:62001:/h:::" . > "$I/users/assign"
  "$I/bin/mail-newu"
  touch "$I/alias/.qmail-sales" "$h/joe/.qmail-list"
  assertEquals "without it" "N N" "$(own_passwd verify V:joe+x V:sales+x | sed -n 1,2p | xargs)"
  got=$(own_passwd verify $settled V:joe+x "@cmd:echo +_ > $I/control/recipientdelimiter" V:joe+x V:joe-list+x \
    V:joe-none+x V:sales_x V:sales V:no+x \
    "@cmd:echo +- > $I/control/recipientdelimiter" V:joe+x | xargs)
  assertEquals "$(cat "$LOG")" "N Y Y N Y Y N T exit 0" "$got"
  echo +_ > "$I/control/recipientdelimiter"
  own_passwd ask D:joe+x D:Joe+x+y-z D:joe-a+x D:sales+x D:table+x D:table+own D:+joe D:info+x@v.example > "$SCRATCH/got"
  cat > "$SCRATCH/want" <<EOF
Y 62001 62001 joe $h/joe joe+x host.example.org -none- -none-
Y 62001 62001 joe $h/joe Joe+x+y-z host.example.org -none- -none-
Y 62001 62001 joe $h/joe joe-a+x host.example.org - a
Y $ALIAS alias $I/alias sales+x host.example.org - sales
Y 62001 62001 t /h table+x host.example.org -none- -none-
Y 62001 62001 own /h table+own host.example.org -none- -none-
$(alias_for +joe host.example.org)
Y 62001 62001 joe $h/joe joe-info+x v.example - info
exit 0
EOF
  assertTrue "$(diff "$SCRATCH/want" "$SCRATCH/got"; cat "$LOG")" "cmp -s '$SCRATCH/want' '$SCRATCH/got'"
}

test_home_that_cannot_be_seen_is_later() {
  need python3 python3 || return 0
  has_namespaces || return 0
  fresh
  chmod 0700 "$SCRATCH/home"
  got=$(own_passwd ask D:joe | sed -n 1p)
  chmod 0755 "$SCRATCH/home"
  assertEquals T "$got"
}

# not mounted now, perhaps
test_absent_home_is_later() {
  need python3 python3 || return 0
  has_namespaces || return 0
  fresh
  assertEquals "a group that is too small" T "$(own_passwd ask D:staff | sed -n 1p)"
  assertEquals "T T" "$(own_passwd ask D:nohome D:nohome-x | sed -n 1,2p | xargs)"
  assertEquals "at RCPT" "T T" "$(own_passwd verify V:nohome V:nohome-x | sed -n 1,2p | xargs)"
  assertEquals "no path of a home" "T T T" "$(own_passwd verify V:notdir V:nopath V:relative | sed -n 1,3p | xargs)"
  printf '%s\n' "+v-:v:62001:62001:$SCRATCH/nohome:-::" "+w-:w:62001:62001:$SCRATCH/home/notmine:-::" \
    "+x-:x:62001:62001:/dev/null/x:-::" "+j-:j:62001:62001:$SCRATCH/home/joe:-::" . > "$I/users/assign"
  "$I/bin/mail-newu"
  assertEquals "by the table, at RCPT" "T T T N" "$(own_passwd verify V:v-x V:w-x V:x-x V:j-x | sed -n 1,4p | xargs)"
}

# one that is away may say that nobody is there
test_name_service_that_knows_nobody_is_later() {
  need python3 python3 || return 0
  has_namespaces || return 0
  fresh
  : > "$SCRATCH/empty"
  echo joe > "$I/control/probeuser"
  echo "passwd: files" > "$SCRATCH/nsswitch"
  got=$(own_passwd ask D:nobodyhere "@cmd:mount --bind $SCRATCH/empty /etc/passwd" D:nobodyhere | xargs)
  assertEquals "$(alias_for nobodyhere host.example.org) T exit 0" "$got"
  grep -q "does not know joe (control/probeuser)" "$LOG" || fail "not logged: $(cat "$LOG")"
  rm "$I/control/probeuser"
  assertEquals "$(alias_for x host.example.org)" "$(own_passwd ask D:x | sed -n 1p)"
  echo nobodyhere > "$I/control/probeuser"
  assertEquals "T" "$(own_passwd verify V:x | sed -n 1p)"
  : > "$I/control/probeuser"
  assertEquals "without a probe" N "$(own_passwd verify V:x | sed -n 1p)"
}

test_table_that_was_not_made_is_later() {
  need python3 python3 || return 0
  fresh
  printf '%s\n' "=joe:joe:62001:62001:/h:::" . > "$I/users/assign"
  assertEquals T "$(ask D:joe | sed -n 1p)"
  rm "$I/users/assign"
  ln -s /nonexistent/cdb "$I/users/cdb"
  assertEquals "a link to nothing" T "$(ask D:joe | sed -n 1p)"
  rm "$I/users/cdb"
  assertEquals "no table at all" "$(alias_for joe host.example.org)" "$(ask D:joe | sed -n 1p)"
}

test_verify() {
  need python3 python3 || return 0
  has_namespaces || return 0
  fresh
  touch "$SCRATCH/home/joe/.qmail-list" "$SCRATCH/home/joe/.qmail-all-default" "$I/alias/.qmail-postmaster"
  got=$(own_passwd verify V:joe V:joe-list V:joe-LIST V:joe-no V:joe-all-x-y V:joe-allx V:closed V:closed-x V:postmaster \
    V:nobodyhere V:joe@elsewhere.example "@cmd:mkdir $I/control/percenthack" V:joe | xargs)
  assertEquals "Y Y Y N Y N Y U Y N E T exit 0" "$got"
  rmdir "$I/control/percenthack"
  ln -s /nonexistent/x "$SCRATCH/home/joe/.qmail-gone"
  assertEquals "a link to what is missing" T "$(own_passwd verify V:joe-gone | sed -n 1p)"
  touch "$I/alias/.qmail-default"
  assertEquals "Y U" "$(own_passwd verify V:nobodyhere V:closed-x | sed -n 1,2p | xargs)"
}

test_verify_tells_no_more() {
  need python3 python3 || return 0
  fresh
  assertEquals "a question of the other kind" "eof" "$(verify D:joe | sed -n 1p)"
}

test_many_connections() {
  need python3 python3 || return 0
  fresh
  assertEquals "room for all" "N N exit 0" "$(verify V:a @idle:199 @wait:1 V:a | xargs)"
  assertEquals "the longest idle one has to go" "N eof exit 0" "$(verify V:a @idle:200 @wait:1 V:a | xargs)"
}

test_known_answers_need_no_worker() {
  need python3 python3 || return 0
  has_namespaces || return 0
  [ -e /etc/nsswitch.conf ] || { why="no /etc/nsswitch.conf"; return 0; }
  fresh
  printf '%s\n' "=table:quick:62001:62001:/h:::" . > "$I/users/assign"
  "$I/bin/mail-newu"
  touch "$SCRATCH/home/joe/.qmail-list"
  echo "passwd: files" > "$SCRATCH/nsswitch"
  set -- V:joe V:table V:joe-list V:joe-none V:nobodyhere V:joe@elsewhere.example
  kept "at RCPT" "Y Y Y N N E Y Y Y N N E known exit 0" \
    own_passwd verify $settled "$@" "$(workers_stop)" "$@" "$by_whom"
  joe="Y 62001 62001 joe $SCRATCH/home/joe joe-a host.example.org - a"
  kept "for deliveries" "$joe $joe known exit 0" own_passwd ask $settled D:joe-a "$(workers_stop)" D:joe-a "$by_whom"
  echo "passwd: files none-such" > "$SCRATCH/nsswitch"
  kept "who is not in the file may be known to another service" "Y N Y known N asked exit 0" \
    own_passwd verify $settled V:joe V:nobodyhere "$(workers_stop)" V:joe "$by_whom" V:nobodyhere "$by_whom"
  echo "passwd: none-such files" > "$SCRATCH/nsswitch"
  assertEquals "so may who is" "Y Y asked exit 0" \
    "$(own_passwd verify $settled V:joe "$(workers_stop)" V:joe "$by_whom" | xargs)"
  rm "$SCRATCH/nsswitch"
}

test_changes_act_at_once_on_known_answers() {
  need python3 python3 || return 0
  has_namespaces || return 0
  [ -e /etc/nsswitch.conf ] || { why="no /etc/nsswitch.conf"; return 0; }
  fresh
  echo host.example.org > "$I/control/locals"
  printf '%s\n' "=table:quick:62001:62001:/h:::" . > "$I/users/assign"
  "$I/bin/mail-newu"
  rm -f "$SCRATCH/home/joe/.qmail-new"
  touch "$SCRATCH/target"
  ln -sf "$SCRATCH/target" "$SCRATCH/home/joe/.qmail-link"
  : > "$SCRATCH/empty"
  echo joe > "$I/control/probeuser"
  echo "passwd: files" > "$SCRATCH/nsswitch"
  got=$(own_passwd verify $settled V:joe V:joe-new V:table V:joe@x.example V:joe-link \
    "@cmd:rm $SCRATCH/target" V:joe-link "@cmd:touch $SCRATCH/home/joe/.qmail-new" V:joe-new \
    "@cmd:mv $SCRATCH/home/joe $SCRATCH/home/away" V:joe "@cmd:mv $SCRATCH/home/away $SCRATCH/home/joe" V:joe \
    "@cmd:echo x.example >> $I/control/locals" V:joe@x.example V:table \
    $settled V:table "@cmd:echo . > $I/users/assign; $I/bin/mail-newu" V:table \
    $settled V:joe@x.example "@cmd:mount --bind $SCRATCH/empty /etc/passwd" V:joe@x.example | xargs)
  rm "$SCRATCH/nsswitch"
  rm "$SCRATCH/home/joe/.qmail-link"
  assertEquals "Y N Y E Y T Y T Y Y Y Y N Y T exit 0" "$got"
}

test_hanging_name_service() {
  need python3 python3 || return 0
  has_namespaces || return 0
  fresh
  printf '%s\n' "=quick:quick:62001:62001:/h:::" . > "$I/users/assign"
  "$I/bin/mail-newu"
  rm -f "$SCRATCH/fifo"; mkfifo "$SCRATCH/fifo"; chmod 0666 "$SCRATCH/fifo"
  accounts > "$SCRATCH/passwd"
  start=$(date +%s)
  got=$(unshare -m sh -c 'mount --make-rprivate / && mount --bind "$0" /etc/passwd && exec "$@"' "$SCRATCH/passwd" \
    "$stub/lookup" -a "$I/bin/mail-lookup" $LOOKUP_USER "@cmd:mount --bind $SCRATCH/fifo /etc/passwd" \
    D:slow1 D:slow2 D:quick D:quick | cut -d' ' -f1,2 | xargs)
  took=$(($(date +%s) - start))
  assertEquals "Y D:quick Y D:quick T D:slow1 T D:slow2 exit 0" "$got"
  assertTrue "$took seconds" "[ $took -ge 9 ] && [ $took -le 28 ]"
  grep -q "took too long" "$LOG" || fail "not logged"
}

# one question under way for each connection: a session that asks and asks waits for itself alone
test_flooding_session() {
  need python3 python3 || return 0
  has_namespaces || return 0
  fresh
  printf '%s\n' "=quick:quick:62001:62001:/h:::" . > "$I/users/assign"
  "$I/bin/mail-newu"
  rm -f "$SCRATCH/fifo"; mkfifo "$SCRATCH/fifo"; chmod 0666 "$SCRATCH/fifo"
  got=$(own_passwd verify V:quick "@cmd:mount --bind $SCRATCH/fifo /etc/passwd" @flood:300:V:slow @wait:1 \
    V:quick V:quick V:quick V:quick | xargs)
  assertEquals "Y Y Y Y Y exit 0" "$got"
  assertEquals "none of many is lost" "30 N" "$(set --; while [ $# -lt 30 ]; do set -- "$@" V:a; done
    "$stub/lookup" -a -l "$I/bin/mail-lookup" $VERIFY_USER "$@" | cut -c1 | grep -v e | sort | uniq -c | xargs)"
}

# it pauses and then goes on by itself
test_without_processes_or_descriptors_it_pauses() {
  need_root && need strace strace && need python3 python3 || return 0
  fresh
  for call in accept4:ENFILE accept4:ENOMEM $forking:EAGAIN socketpair:EMFILE; do
    printf '%s\n' '#!/bin/sh' "exec strace -qq -o $SCRATCH/failed -e trace=${call%:*} \\" \
      "-e inject=${call%:*}:error=${call#*:}:when=1..3 setpriv --reuid ${VERIFY_USER%:*} --regid ${VERIFY_USER#*:} \\" \
      "--clear-groups $I/bin/mail-lookup \"\$@\"" > "$SCRATCH/traced"
    chmod 0755 "$SCRATCH/traced"
    start=$(date +%s)
    assertEquals "$call: answered by itself" "N exit 0" "$("$stub/lookup" -l "$SCRATCH/traced" 0:0 V:a | xargs)"
    assertTrue "$call: a pause after each" "[ $(($(date +%s) - start)) -ge 2 ]"
    assertTrue "$call: three failed" "have_failed 3"
  done
}

# TERM comes while it works, just before it would wait for more
test_term_at_any_moment() {
  need_root && need strace strace || return 0
  fresh
  for call in recvmsg:1 sendmsg:1 sendmsg:2; do         # a question, to a worker, its answer
    {
      echo "strace /dev/null -e trace=${call%:*} -e inject=${call%:*}:delay_exit=1500000:when=${call#*:}"
      echo "raw 3 0100000001440000000161"
      echo 'sleep 0.7'
      echo 'signal TERM'
      echo exit
    } > "$SCRATCH/in"
    assertEquals "$call" "exit 0" "$(timeout 60 "$stub/daemon" "$LOOKUP_USER" 1 "$LOG" "$I/bin/mail-lookup" < "$SCRATCH/in")"
  done
}

test_questions_that_are_none() {
  need python3 python3 || return 0
  fresh
  for bytes in 'x' '\1\0\0\0\1D' '\2\0\0\0\1D\0\0\0\0' '\1\0\0\0\1X\0\0\0\0' '\1\0\0\0\1D\0\0\0\1\0' '\1\0\0\0\1D\0\0\0\2a'; do
    assertEquals "$bytes" eof "$("$stub/lookup" -r "$I/bin/mail-lookup" $LOOKUP_USER "$bytes")"
  done
}

test_usage() {
  "$I/bin/mail-lookup" -x < /dev/null 2> /dev/null
  assertEquals 100 $?
}

run_tests
