# rooms.sh - the live instance is what src/rooms says: users, groups, capabilities, locks, owners and modes
#
# Each program is stopped in its work and made to try what it must not do (tests/stub/poke.c).

. "$(dirname "$0")/../lib.sh"

home=$SCRATCH/home
ann=61390               # a recipient
caller=61391            # who runs the programs of users
poke=$SCRATCH/poke
canary=$home/canary     # a file that any user may read and write, outside of what any program needs
neighbour=$SCRATCH/neighbour

role() { awk -v r="$1" '$1 == r { print $2 }' "$home.users"; }
group() { awk -v r="$1" '$1 == r { print $3 }' "$home.users"; }
row() { awk -v p="$1" -v n="$2" '$1 == "program" && $2 == p { print $n }' src/rooms; } # PROGRAM COLUMN
# What the kernel says of a process: users, groups, what it has of other groups, no_new_privs and seccomp, and the five sets
# of capabilities, without zeroes in front.
facts() { # PID
  awk '/^[UG]id:/ { $1 = $1; printf "%s ", $0; group = $2 }
    /^Groups:/ { $1 = $1; printf "%s ", NF == 1 || NF == 2 && $2 == group ? "none" : $0 }
    /^(NoNewPrivs|Seccomp):/ { locks = locks " " $2 }
    /^Cap/ { sub(/^0+/, "", $2); caps = caps " " ($2 == "" ? 0 : $2) }
    END { print "locks" locks " caps" caps }' "/proc/$1/status" 2>/dev/null
}
status() { sed -n "s/^$2:[[:space:]]*\([0-9]*\).*/\1/p" "/proc/$1/status" 2>/dev/null; } # PID FIELD: its first number
as() { # UID COMMAND...
  u=$1
  shift
  setpriv --reuid "$u" --regid "$u" --clear-groups "$@"
}

# attempts of a process, each with what became of it: "open /etc/passwd: EACCES"
attempts() { # PID ATTEMPT...
  "$poke" "$@" > "$SCRATCH/poked"
  shift
  while [ $# -gt 0 ]; do
    read -r got || got='not tried'
    echo "$1 $2: $got"
    shift 2
  done < "$SCRATCH/poked"
}
named() { echo "$(basename "$(readlink "/proc/$1/exe")")($1)"; } # PID
allowed() { assertEquals "$(named "$1")" "" "$(attempts "$@" | grep -v ': done$')"; }
refused() { assertEquals "$(named "$1")" "" "$(attempts "$@" | grep -v ': E\(ACCES\|PERM\)$')"; }

is_of() { [ "$(status "$1" Uid)" = "$2" ]; }

# the processes of a program, of one user when it is given
pids() { # PROGRAM [UID]
  for p in $(ls -l /proc/[0-9]*/exe 2>/dev/null | sed -n "s|.*/proc/\([0-9]*\)/exe -> $home/bin/$1\$|\1|p"); do
    [ -n "${2:-}" ] && ! grep -q "^Uid:[[:space:]]$2[[:space:]]" "/proc/$p/status" 2>/dev/null || echo "$p"
  done
}
is_there() { [ -n "$(pids "$@")" ]; }
are_there() { [ "$(pids "$1" | wc -l)" -ge "$2" ]; }

oneTimeSetUp() {
  [ $ROOT = yes ] || return 0
  cc -O2 -D_GNU_SOURCE -o "$poke" "$stub/poke.c" || exit 1
  instance "$home" rooms.example || exit 1
  echo canary > "$canary"
  chmod 666 "$canary"
  mailbox "$home" ann $ann
  printf '%s\n' '|exec sleep 600' > "$home/people/ann/.qmail-slow"
  echo ./Maildir/ > "$home/people/ann/.qmail"
  chown $ann:$ann "$home/people/ann/.qmail-slow" "$home/people/ann/.qmail"
  "$home/bin/mail-newu" || exit 1
  # two neighbours that listen and never say a word: a mail server and a Unix socket; the port is in a file
  /usr/bin/python3 -S - "$neighbour" <<'EOF' &
import os, signal, socket, sys
t, u = socket.socket(), socket.socket(socket.AF_UNIX)
t.bind(("127.0.0.1", 0))
u.bind(sys.argv[1])
os.chmod(sys.argv[1], 0o666)
t.listen(50), u.listen(50)
with open(sys.argv[1] + ".new", "w") as f:
    f.write(f"{t.getsockname()[1]}\n")
os.rename(sys.argv[1] + ".new", sys.argv[1] + ".port")
signal.pause()
EOF
  neighbour_pid=$!
  on_exit "kill $neighbour_pid 2>/dev/null"
  wait_for 60 test -s "$neighbour.port" || exit 1
  port=$(cat "$neighbour.port")
  echo "slow.example:127.0.0.1:$port" > "$home/control/smtproutes"
  : > "$home/control/transports"        # with a mail-transport
  # nobody gives up before the last test
  for setting in timeoutsmtpd timeoutremote timeoutlocal queueidle authtimeout; do echo 3600 > "$home/control/$setting"; done
  for group in queue send; do
    "$home/bin/mail-start" $group > "$SCRATCH/$group.log" 2>&1 < /dev/null &
    on_exit "kill $! 2>/dev/null; wait $! 2>/dev/null"
  done
  serve mail-qmtpd && serve mail-qmqpd RELAYCLIENT= && serve mail-smtpd && smtpport=$served
  for p in mail-queued mail-send mail-open mail-clean mail-bounce mail-lspawn mail-rspawn; do
    wait_for 60 is_there $p || { echo "$p does not start"; cat "$SCRATCH"/*.log; exit 1; }
  done
  wait_for 60 are_there mail-lookup 2
  has_tls && start_tls
  "$home/bin/mail-metrics" > "$SCRATCH/metrics.log" 2>&1 < /dev/null &
  on_exit "kill $! 2>/dev/null; wait $! 2>/dev/null"
  occupy
}

# each side of TLS with a handshake that comes to nothing, and a process of it waits
start_tls() {
  mkdir "$home/tls/default"
  openssl req -x509 -newkey rsa:2048 -nodes -keyout "$home/tls/default/key" -out "$home/tls/default/cert" -days 9 -subj /CN=x \
    2> "$SCRATCH/openssl.log" || exit 1
  chown "0:$(group mailk)" "$home/tls/default/key"
  chmod 0640 "$home/tls/default/key"
  "$home/bin/mail-start" tls > "$SCRATCH/tls.log" 2>&1 < /dev/null &
  on_exit "kill $! 2>/dev/null; wait $! 2>/dev/null"
  wait_for 60 grep -q 'ready for clients' "$SCRATCH/tls.log" && wait_for 60 grep -q 'ready for servers' "$SCRATCH/tls.log" ||
    { cat "$SCRATCH/tls.log"; exit 1; }
  mkdir "$SCRATCH/tlsport"
  chown "$(role maild)" "$SCRATCH/tlsport"
  as "$(role maild)" python3 -S "$stub/tlsdoor.py" in "$home" "$SCRATCH/tlsport/port" seconds=600 > /dev/null 2>&1 &
  on_exit "kill $! 2>/dev/null"
  wait_for 60 test -s "$SCRATCH/tlsport/port"
  tcpclient -RHl0 127.0.0.1 "$(cat "$SCRATCH/tlsport/port")" sleep 600 &
  on_exit "kill $! 2>/dev/null"
  as "$(role mailr)" python3 -S "$stub/tlsdoor.py" out "$home" "$port" seconds=600 > /dev/null 2>&1 < /dev/null &
  on_exit "kill $! 2>/dev/null"
  wait_for 60 are_there mail-tlsd 4
  wait_for 60 is_there mail-authd
  python3 -S "$stub/authd.py" ask "$home" "$(role maild):$(group maild)" start LOGIN sleep 600 > /dev/null 2>&1 &
  on_exit "kill $! 2>/dev/null"
  wait_for 60 are_there mail-authd 2
}
tlsd() { for p in $(pids mail-tlsd); do tr '\0' ' ' < "/proc/$p/cmdline" | grep -q -e " $1" && echo "$p"; done; } # -s|-c
parent_of_all() { for p; do case " $* " in *" $(status "$p" PPid) "*) ;; *) echo "$p" ;; esac; done; }

# a network program under tcpserver, its port in $served, with a client that says nothing
serve() { # PROGRAM [VARIABLE=VALUE]
  served=$(free_port $((${served:-2700} + 1)))
  env ${2:-} tcpserver -HR -l0 -u "$(role maild)" -g "$(group maild)" 127.0.0.1 "$served" "$home/bin/$1" 2>>"$SCRATCH/in.log" &
  on_exit "kill $! 2>/dev/null"
  wait_for 60 grep -qi ":$(printf '%04X' "$served") 00000000:0000 0A" /proc/net/tcp
  tcpclient -RHl0 127.0.0.1 "$served" sleep 600 &
  on_exit "kill $! 2>/dev/null"
}

# one process of every kind in the middle of its work
occupy() {
  mkfifo "$SCRATCH/silent"
  sleep 600 3> "$SCRATCH/silent" &              # its other end: nobody writes
  on_exit "kill $! 2>/dev/null"
  for p in mail-queue mail-inject sendmail; do  # sendmail becomes mail-inject
    as $caller "$home/bin/$p" x@slow.example < "$SCRATCH/silent" > /dev/null 2>&1 &
    on_exit "kill $! 2>/dev/null"
  done
  printf 'Subject: x\n\nx\n' | as $caller "$home/bin/mail-inject" -fjoe@rooms.example x@slow.example ann-slow@rooms.example
  "$stub/submit" "$home/run/queue" @v @m @c:x @sleep:600 > /dev/null 2>&1 &
  on_exit "kill $! 2>/dev/null"
  PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$stub python3 -S -c 'import desk, signal, sys
call = desk.waiting(sys.argv[1])
print("waits", flush=True)
signal.pause()' "$home/run/desk/desk" > "$SCRATCH/desk.waits" &
  on_exit "kill $! 2>/dev/null"
  for p in mail-queue mail-inject mail-smtpd mail-qmtpd mail-qmqpd mail-remote mail-transport mail-local; do
    wait_for 60 is_there $p || echo "$p is not there"
  done
  wait_for 60 test -s "$SCRATCH/desk.waits" || echo "nobody calls mail-desk"
  wait_for 60 test -s "$home/run/metrics/bulkhead.prom" || cat "$SCRATCH/metrics.log"
  wait_for 60 are_there mail-queued 2
  # what mail-start would wait for at the end
  on_exit "kill $neighbour_pid \$(pgrep -P \$(echo \$(pids mail-local) | tr ' ' ,)) 2>/dev/null"
}

# users, groups, capabilities and locks of one process
check_process() { # PROGRAM PID UID GID
  locks="0 0"
  if [ "$(row "$1" 8)" = yes ]; then
    locks="1 2"
    assertEquals "$1($2) is not dumpable" 0 "$(stat -c %u "/proc/$2/environ")"
  fi
  ours=$(facts $$)
  ours=${ours##*caps }
  case $1 in
    mail-start|mail-lspawn) want="0 e0 e0 e0 0" ;;      # to change group, to change user, to kill
    mail-smtpd|mail-qmtpd|mail-qmqpd|mail-queue|mail-qmqpc|mail-inject|sendmail|mail-qread|mail-qstat|mail-qhosts|\
    mail-q|mail-check|mail-metrics|mail-showctl|mail-newu|mail-newmrh)    # others start them
      want="0 0 0 $(echo "$ours" | cut -d' ' -f4) 0"
      [ "$3" = 0 ] && want=$ours ;;
    *) want="0 0 0 e0 0" ;;
  esac
  assertEquals "$1($2)" "Uid: $3 $3 $3 $3 Gid: $4 $4 $4 $4 none locks $locks caps $want" "$(facts "$2")"
}

# another process of the same user: $brother
brother_of() { # UID
  eval "brother=\${brother_$1:-}"
  [ -z "$brother" ] || return 0
  setpriv --reuid "$1" --regid "$1" --clear-groups sleep 1200 &
  brother=$!
  eval "brother_$1=$brother"
  on_exit "kill $brother 2>/dev/null"
  wait_for 60 is_of $brother "$1"
}

# what one process may not do, when it is locked in; may is what it may all the same
check_refused() { # PROGRAM PID UID MAY
  brother_of "$3"
  want=
  for what in open write connect-inet bind connect-unix kill trace; do
    case " $4 " in *" $what "*) want="$want $what=done" ;; *) want="$want $what=refused" ;; esac
  done
  assertEquals "$1($2)" "$want" "$(attempts "$2" open "$canary" write "$canary" connect-inet "$port" bind 0 \
    connect-unix "$neighbour" kill "$brother" trace "$brother" |
    sed 's/ .*: \(.*\)/=\1/; s/=EPERM$\|=EACCES$/=refused/; s/^/ /' | tr -d '\n')"
  case " $4 " in *" proc "*) return ;; esac
  assertEquals "$1($2): of its brother" "" "$(attempts "$2" open "/proc/$brother/mem" open "/proc/$brother/environ" \
    open "/proc/$brother/fd/0" | grep -v ': E')"
}

everything="open write connect-inet bind connect-unix kill trace proc"

check() { # PROGRAM UID GID MAY [PIDS]
  found=${5:-$(pids "$1" "$2")}
  assertNotNull "$1 as $2 is there" "$found"
  [ -z "$found" ] && return
  for pid in $found; do
    check_process "$1" "$pid" "$2" "$3"
    check_refused "$1" "$pid" "$2" "$4"
  done
  return 0
}

ready() {
  need_root || return 1
  [ "$(uname -m)" = x86_64 ] && return 0
  why="poke is for x86-64 only"
  return 1
}

# the daemons; of mail-queued and mail-lookup, whose workers come and go, their parents
queued_parent() { parent_of_all $(pids mail-queued); }
lookup_parents() { parent_of_all $(pids mail-lookup "$@"); }
alive() {
  queued_parent
  lookup_parents
  for p in mail-send mail-open mail-clean mail-bounce mail-lspawn mail-rspawn mail-desk mail-metrics; do
    pids $p
  done
}

# Both mail-lookups have processes that look up only while they are asked, and then for some seconds. They stay while
# their parents are stopped: until let_lookups_go.
look_up() {
  printf 'Subject: x\n\nx\n' | as $caller "$home/bin/mail-inject" -fjoe@rooms.example "nobody$1@rooms.example"
  # shellcheck disable=SC2016
  timeout 60 tcpclient -RHl0 127.0.0.1 "$smtpport" sh -c 'printf "HELO x\r\nMAIL FROM:<>\r\nRCPT TO:<nobody$0@rooms.example>\r\nQUIT\r\n" >&7
    cat <&6' "$1" > "$SCRATCH/look_up" 2>&1
}
look_up_now() { for p in $(lookup_parents); do pgrep -P "$p" || return 1; done; }
hold_lookups() {
  asked=0
  while [ $asked -lt 20 ]; do
    asked=$((asked + 1))
    look_up $asked
    wait_for 3 look_up_now
    # shellcheck disable=SC2046
    kill -STOP $(lookup_parents)
    look_up_now > /dev/null && return
    let_lookups_go
  done
  fail "nobody looks up: $(cat "$SCRATCH/look_up")"
}
let_lookups_go() { kill -CONT $(lookup_parents); }

# the name service's files and the suite's tables, nothing else that everybody may read
reads() { # PID
  allowed "$1" open /etc/passwd open "$home/control/me" open "$home/users/cdb"
  refused "$1" open /proc/version open /proc/self/status open "$home/people/ann/public" open "$home/people/ann/.qmail" \
    open "$home/bin/mail-send" open "$SCRATCH/send.log"
}

# before test_daemons, which waits for what it has set going
test_mail_lookup() {
  ready || return 0
  echo x > "$home/people/ann/public"
  chmod 0644 "$home/people/ann/public"
  hold_lookups
  for side in mailp mailv; do
    parent=$(lookup_parents "$(role $side)")
    check mail-lookup "$(role $side)" "$(group $side)" connect-unix "$(pgrep -P "$parent")"
    for pid in $(pgrep -P "$parent"); do reads "$pid"; done
  done
  let_lookups_go
  for side in mailp mailv; do
    parent=$(lookup_parents "$(role $side)")
    check mail-lookup "$(role $side)" "$(group $side)" connect-unix "$parent"
    reads "$parent"
  done
}

# mail-queued, the workers of the two callers that stay (submit, mail-bounce) and the spare one: those that rest end while
# they are looked at
have_rested() { [ "$(pids mail-queued | wc -l)" = 4 ]; }

test_daemons() {
  ready || return 0
  wait_for 60 have_rested || fail "mail-queued has $(pids mail-queued | wc -l) processes"
  before=$(alive)
  check mail-queued "$(role mailq)" "$(role mails)" ""
  check mail-open "$(role mailq)" "$(role mails)" ""
  check mail-clean "$(role mailq)" "$(role mails)" ""
  check mail-send "$(role mails)" "$(group mails)" ""
  check mail-desk "$(role mailo)" "$(group mails)" ""
  check mail-metrics "$(role maill)" "$(group maill)" ""
  check mail-bounce "$(role mailb)" "$(group mailb)" connect-unix
  check mail-rspawn "$(role mailr)" "$(group mailr)" "connect-inet bind"     # for a mail-remote with control/outgoingip
  check mail-remote "$(role mailr)" "$(group mailr)" connect-inet
  check mail-transport "$(role mailr)" "$(group mailr)" "$everything"        # what it starts is the site's
  for p in mail-smtpd mail-qmtpd mail-qmqpd; do check $p "$(role maild)" "$(group maild)" connect-unix; done
  check mail-local $ann $ann "$everything"
  if has_tls; then
    # shellcheck disable=SC2046
    server=$(parent_of_all $(tlsd -s)) client=$(parent_of_all $(tlsd -c))
    check mail-tlsd "$(role mailt)" "$(group mailt)" connect-unix "$server"          # to mail-keyd
    check mail-tlsd "$(role mailt)" "$(group mailt)" "" "$client"
    for p in "$server" "$client"; do
      check mail-tlsd "$(role mailt)" "$(group mailt)" "" "$(pids mail-tlsd | grep -vx -e "$server" -e "$client" | grep -x "$(pgrep -P "$p")")"
    done
    check mail-keyd "$(role mailk)" "$(group mailk)" ""
    check mail-authd "$(role mailc)" "$(group mailc)" ""         # the parent, and a login under way
  fi
  # root's two are not locked in, but may do no more than change users and kill; their brother here has all rights
  check mail-lspawn 0 0 "open write connect-inet bind connect-unix kill"
  check mail-start 0 0 "open write connect-inet bind connect-unix kill"
  assertEquals "all live on" "$before" "$(alive)"
}

test_keys_and_the_library_of_tls() {
  ready && need_tls || return 0
  for pid in $(pids mail-tlsd); do refused "$pid" open "$home/tls/default/key"; done
  allowed "$(pids mail-keyd)" open "$home/tls/default/key"
  # shellcheck disable=SC2046
  for pid in $(parent_of_all $(pids mail-tlsd)); do       # what the parents may read their processes may not
    allowed "$pid" open "$home/control/me"
    for child in $(pgrep -P "$pid"); do refused "$child" open "$home/control/me" open "$home/tls/default/cert"; done
  done
  may=$(awk '$1 == "program" && $7 == "openssl" { print $2 }' src/rooms)
  seen=
  for map in $(grep -lE '/lib(ssl|crypto)\.so' /proc/[0-9]*/maps 2>/dev/null); do
    p=$(readlink "${map%/maps}/exe")
    case $p in "$home/bin/"*) ;; *) continue ;; esac
    seen="$seen ${p##*/}"
    assertTrue "$p maps the library" "echo '$may' | grep -qx ${p##*/}"
  done
  for p in mail-tlsd mail-keyd mail-authd; do assertTrue "$p maps it" "echo '$seen ' | grep -q ' $p '"; done
}

# root's two read nothing that is a user's or a room's alone
test_what_root_does_not_reach() {
  ready || return 0
  for f in "$home/people/ann/Maildir/new/private" "$home/queue/mess/11/private" "$home/queue/state/11/private"; do
    echo x > "$f"
    chmod 0600 "$f"
    chown "$(stat -c %u "$(dirname "$f")")" "$f"
    mode=$(stat -c %a "$(dirname "$f")")
    chmod 0700 "$(dirname "$f")"
    for pid in $(pids mail-start) $(pids mail-lspawn); do refused "$pid" open "$f" write "$f" remove "$f" create "$f"; done
    rm "$f"
    chmod "$mode" "$(dirname "$f")"
  done
}

# what each program of the queue's files reaches
reaches() { # PID "WANT ATTEMPT PATH-BELOW-QUEUE"...
  who=$1
  shift
  want=$(printf '%s\n' "$@")
  # shellcheck disable=SC2046
  set -- $(echo "$want" | sed "s|^[^ ]* \([^ ]*\) |\1 $home/queue/|")
  assertEquals "$(named "$who")" "$want" "$(attempts "$who" "$@" | sed "s|^\([^ ]*\) $home/queue/\(.*\): \(.*\)|\3 \1 \2|")"
}

# files of the queue's owners, as they have them
probes() {
  for path in tmp/probe mess/11/probe todo/11/probe state/11/probe bounce/11/probe mess/11/gone todo/11/gone tmp/gone; do
    echo x > "$home/queue/$path"
    owner=mailq
    case $path in state/*|bounce/*) owner=mails ;; esac
    chown "$(role $owner):$(role mails)" "$home/queue/$path"
    chmod 0640 "$home/queue/$path"
  done
}
test_what_the_programs_of_the_queue_reach() {
  ready || return 0
  probes
  for pid in $(pids mail-queued); do      # names are enough: it reads no message, and changes no envelope
    reaches "$pid" "EACCES open mess/11/probe" "EACCES open todo/11/probe" "EACCES open tmp/probe" "EACCES list tmp" \
      "EACCES write todo/11/probe" "done list mess/11" "done list todo/11" "done write mess/11/probe" \
      "done remove mess/11/gone" "done remove todo/11/gone"
    for f in mess/11/gone todo/11/gone; do install -m 0640 -o "$(role mailq)" -g "$(role mails)" /dev/null "$home/queue/$f"; done
    if [ "$pid" = "$(queued_parent)" ]; then allowed "$pid" open "$home/control/me"; else refused "$pid" open "$home/control/me"; fi
  done
  reaches "$(pids mail-clean)" "EACCES create mess/11/new" "EACCES create todo/11/new" "EACCES create tmp/new" \
    "EACCES write mess/11/probe" "EACCES write todo/11/probe" "EACCES open todo/11/probe" "EACCES open tmp/probe" \
    "done list mess/11" "done list todo/11" "done list tmp" "done remove mess/11/gone" "done remove todo/11/gone" \
    "done remove tmp/gone"
  reaches "$(pids mail-open)" "done open mess/11/probe" "done open todo/11/probe" "EACCES list mess/11" \
    "EACCES list todo/11" "EACCES list tmp" "EPERM write mess/11/probe" "EPERM write todo/11/probe" \
    "EPERM create mess/11/new" "EPERM create todo/11/new" "EPERM remove mess/11/probe" "EPERM remove todo/11/probe"
  for pid in $(pids mail-queued) $(pids mail-clean) $(pids mail-open); do       # schedules and reports are mail-send's
    for d in "$home/queue/state/11" "$home/queue/bounce/11"; do
      refused "$pid" open "$d/probe" write "$d/probe" remove "$d/probe" list "$d" create "$d/new"
    done
  done
  pid=$("$poke" start "$home/bin/mail-qstat")
  reaches "$pid" "done list todo/11" "done list state/11" "EACCES open todo/11/probe" "EACCES open state/11/probe" \
    "EACCES open mess/11/probe" "EPERM write state/11/probe" "EPERM remove state/11/probe" "EPERM create state/11/new"
  kill -9 "$pid"
  for p in mail-qread mail-qhosts; do
    pid=$("$poke" start "$home/bin/$p")
    reaches "$pid" "done open todo/11/probe" "done open state/11/probe" "EACCES list todo/11" "EACCES list state/11" \
      "EACCES open mess/11/probe" "EPERM write state/11/probe" "EPERM remove state/11/probe" "EPERM create state/11/new"
    kill -9 "$pid"
  done
  find "$home/queue" -name probe -delete
}

# envelopes and what was done of them, to read; a process of the desk, which hears an operator, nothing beside them
test_what_the_desk_reaches() {
  ready || return 0
  probes
  # shellcheck disable=SC2046
  parent=$(parent_of_all $(pids mail-desk))
  assertEquals "a process for a caller" 1 "$(pgrep -P "$parent" | wc -l)"
  for pid in $(pids mail-desk); do
    reaches "$pid" "done open todo/11/probe" "done open state/11/probe" "done list todo/11" "done list state/11" \
      "EACCES open mess/11/probe" "EACCES list mess/11" "EACCES open bounce/11/probe" "EPERM write todo/11/probe" \
      "EPERM write state/11/probe" "EPERM create state/11/new" "EPERM remove todo/11/probe" "EPERM remove state/11/probe"
    if [ "$pid" = "$parent" ]; then may=allowed; else may=refused; fi
    $may "$pid" open /etc/passwd open "$home/control/me"
    refused "$pid" open /proc/version open /proc/self/status open "$home/bin/mail-q" open "$home/users/cdb" \
      open "$SCRATCH/send.log" list /etc
  done
  find "$home/queue" -name probe -delete
}

# logs to read, and the folder of its file
test_what_the_numbers_reach() {
  ready || return 0
  probes
  pid=$(pids mail-metrics) run=$home/run/metrics
  install -m 0640 -o "$(role maill)" -g "$(group maill)" /dev/null "$home/log/send/current"
  allowed "$pid" open "$home/log/send/current" list "$home/log/send" create "$run/probe" remove "$run/probe"
  refused "$pid" write "$home/log/send/current" remove "$home/log/send/current" create "$home/log/send/probe" open /etc/passwd \
    open "$home/control/me" list "$home/queue/todo/11" open "$home/queue/todo/11/probe" open "$home/queue/mess/11/probe" \
    open "$home/bin/mail-send" create "$home/run/probe"
  pid=$(as $caller "$poke" start "$home/bin/mail-check")
  allowed "$pid" open "$home/control/me" open /proc/version     # its file is open already
  chmod 0755 "$home/queue/todo/11"
  chmod 0644 "$home/queue/todo/11/probe"
  refused "$pid" open "$home/queue/todo/11/probe" list "$home/queue/todo/11" open "$run/bulkhead.prom" \
    write "$run/bulkhead.prom" create /tmp/probe open /etc/passwd open "$home/users/cdb"
  kill -9 "$pid"
  chmod 0750 "$home/queue/todo/11"
  find "$home/queue" -name probe -delete
}


# messages, envelopes, schedules, users' files and logs, to the rooms that have no business with them, though the
# files' own modes let all read and write
test_what_the_other_rooms_do_not_reach() {
  ready || return 0
  mess=$home/queue/mess/11/secret todo=$home/queue/todo/11/secret log=$home/log/send/secret own=$home/people/ann/secret
  state=$home/queue/state/11/secret bounce=$home/queue/bounce/11/secret
  for path in "$mess" "$todo" "$state" "$bounce" "$log" "$own"; do
    echo x > "$path"
    chmod 0666 "$path"
  done
  for row in "mail-smtpd maild" "mail-bounce mailb" "mail-send mails" "mail-rspawn mailr" \
    "mail-remote mailr" "mail-qmtpd maild" "mail-qmqpd maild" "mail-queue $caller" "mail-queued mailq" "mail-open mailq" \
    "mail-clean mailq" "mail-desk mailo" "mail-metrics maill"; do
    p=${row% *} u=$(role "${row#* }")
    for pid in $(pids "$p" "${u:-$caller}"); do
      for f in "$own" "$mess" "$todo" "$state" "$bounce" "$log"; do
        case $u:$f in
          "$(role mailq):$home/queue"*) continue ;;         # in a test of their own
          "$(role mails):$state"|"$(role mails):$bounce") continue ;;
        esac
        set -- write "$f" remove "$f" create "$f.new"
        case "$p $f" in    # what they read
          "mail-send $todo"|"mail-desk $todo"|"mail-desk $state"|"mail-metrics $log") ;;
          *) set -- "$@" open "$f" ;;
        esac
        refused "$pid" "$@"
      done
      [ "$u" = "$(role mailq)" ] || refused "$pid" list "$home/queue/mess/11"
    done
    assertTrue "$p is there" "is_there $p ${u:-$caller}"
  done
  assertEquals 'nothing has changed' 'x x x x x x' "$(cat "$mess" "$todo" "$state" "$bounce" "$log" "$own" | xargs)"
  rm -f "$mess" "$todo" "$state" "$bounce" "$log" "$own"
}

test_programs_of_callers() {
  ready || return 0
  check mail-queue $caller $caller connect-unix
  check mail-inject $caller $caller "$everything"
}

test_programs_of_the_administrator() {
  ready || return 0
  for p in mail-qread mail-qstat mail-qhosts mail-newu mail-newmrh; do
    pid=$("$poke" start "$home/bin/$p")
    u=$(status "$pid" Uid | cut -d' ' -f1)
    case $u in 0|$(role mails)) ;; *) fail "$p runs as $u" ;; esac        # root, or what it made of itself
    check $p "$u" "$(status "$pid" Gid | cut -d' ' -f1)" "" "$pid"
    kill -9 "$pid"
  done
  for p in mail-showctl mail-check; do
    pid=$(as $caller "$poke" start "$home/bin/$p")
    check $p $caller $caller "" "$pid"
    kill -9 "$pid"
  done
  pid=$("$poke" start "$home/bin/mail-q")       # with its connection
  check mail-q 0 0 connect-unix "$pid"
  kill -9 "$pid"
}

test_root_has_two_programs() {
  ready || return 0
  services="mail-start mail-start"      # queue, send, and where there is TLS tls
  has_tls && services="$services mail-start"
  assertEquals "mail-lspawn $services" "$(for p in $(cd "$home/bin" && echo *); do
    for pid in $(pids "$p" 0); do echo "$p"; done
  done | sort | tr '\n' ' ' | sed 's/ $//')"
}

test_the_suite_still_works() {
  ready || return 0
  printf 'Subject: after\n\nx\n' | as $caller "$home/bin/mail-inject" -fjoe@rooms.example ann@rooms.example
  wait_for 60 sh -c "grep -q '^Subject: after' $home/people/ann/Maildir/new/*" || fail "no delivery: $(cat "$SCRATCH"/send.log)"
  smtp "$smtpport" "MAIL FROM:<a@b.example>" "RCPT TO:<ann@rooms.example>" QUIT > "$SCRATCH/smtp"
  assertTrue "mail-smtpd: $(cat "$SCRATCH/smtp")" "[ $(grep -c '^S: 2' "$SCRATCH/smtp") = 4 ]"
}

test_no_file_is_set_uid() {
  need_root || return 0
  assertEquals "" "$(find "$home" -perm /6000)"
}

test_owners_and_modes() {
  need_root || return 0
  none=$(awk '$1 == "program" { print $2, $6 }' src/rooms | while read -r p mode; do
    echo "0:0:${mode#0} $(stat -c '%u:%g:%a' "$home/bin/$p") $p"
  done | awk '$1 != $2')
  assertEquals "programs" "" "$none"
  none=$(awk '$1 == "dir" || $1 == "hashed" || $1 == "fifo"' src/rooms | while read -r kind path owner group mode; do
    u=$(role "$owner") g=$(group "$group")
    for f in "$home/$path" $([ "$kind" = hashed ] && echo "$home/$path/00" "$home/$path/ff"); do
      echo "${u:-0}:${g:-0}:${mode#0} $(stat -c '%u:%g:%a' "$f") $f"
    done
  done | awk '$1 != $2')
  assertEquals "directories" "" "$none"
}

run_tests
