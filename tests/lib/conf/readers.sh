# readers.sh - the readers that settings.c names are the programs that open the file, and no others
. "$(dirname "$0")/../../lib.sh"

home=$SCRATCH/home
unset RELAYCLIENT QMAILQUEUE DATABYTES GREETDELAY EHLOHIDE      # some go before a setting
unset QMAILDEFAULTHOST QMAILDEFAULTDOMAIN QMAILPLUSDOMAIN QMAILIDHOST

trace() { # NAME COMMAND... - with all that it starts; the lines say which program each process is
  name=$1
  shift
  strace -f -qq --decode-pids=comm -e trace=execve,open,openat -e signal=none -o "$SCRATCH/trace.$name" "$@" \
    2>> "$SCRATCH/log"
}

# What makes programs look at further settings. No file stands where the default is the name in me.
settings() {
  echo 1 > "$home/control/mfcheck"
  echo 127.0.0.1:9 > "$home/control/dnsservers"
  echo 127.0.0.1:9 > "$home/control/qmqpservers"
  echo 't.example:program:/bin/true' > "$home/control/transports"
}

start_queue() {
  trace queue "$home/bin/mail-start" queue &
  queue=$!
  on_exit end_queue
  wait_for 60 test -S "$home/run/queue" || fail "no queue service"
}
end_queue() {
  [ -n "$queue" ] || return
  end_traced queue $queue
  queue=
}
end_traced() { # NAME PID-OF-STRACE
  kill "$(sed -n '1s/[^0-9].*//p' "$SCRATCH/trace.$1")"
  wait "$2"
}

# the servers, each by itself and as their own porters
the_servers() {
  for server in mail-smtpd mail-qmtpd mail-qmqpd; do
    trace $server timeout 20 "$home/bin/$server" < /dev/null > /dev/null
  done
  trace submission timeout 20 "$home/bin/mail-smtpd" submission < /dev/null > /dev/null
  p=$(free_port 2600)
  printf "127.0.0.1:%s:%s\n" "$p" smtp $((p + 1)) qmtp $((p + 2)) qmqp > "$home/control/listen"
  trace listen "$home/bin/mail-start" listen &
  for server in mail-smtpd mail-qmtpd mail-qmqpd; do
    wait_for 60 grep -q "^$server: ready" "$SCRATCH/log" || fail "$server -l is not ready"
  done
  end_traced listen $!
}

# those of TLS and logins, where this build has them
the_tls() {
  has_tls || return
  trace newcert "$home/bin/mail-newcert" -s default > /dev/null
  echo secret | trace newpw "$home/bin/mail-newpw" joe
  trace tls "$home/bin/mail-start" tls &
  for words in 'mail-tlsd: ready for clients' 'mail-tlsd: ready for servers' 'mail-authd: ready'; do
    wait_for 60 grep -q "^$words" "$SCRATCH/log" || fail "not seen: $words"
  done
  end_traced tls $!
}
# mail-showctl, which says who reads what, and mail-check look at all settings and have no part in it
programs() {
  awk -v tls="$(has_tls && echo yes)" '$1 == "program" && $2 !~ /^mail-(showctl|check)$/ && (tls || $7 != "openssl") { print $2 }' \
    src/rooms
}

# One message in which every daemon and agent has a part: to an account of the system, to nobody, to short names of
# hosts, to a host and to a transport.
one_message() {
  printf 'Subject: x\n\nx\n' |
    trace inject "$home/bin/mail-inject" -fa@b.example root unknown.person x@short x@plus+ x@far.example x@t.example
  assertEquals "mail-inject" 0 $?
  trace send timeout 60 "$home/bin/mail-start" -1 -v
  assertEquals "a pass" 0 $?
}

# A program that lists control/ opens those that are there alone: each has its file, with what counts anyway.
settings_of() { # PROGRAM
  "$home/bin/mail-showctl" | sed -n "s/^\([a-z]*\): \(.*\)  \[default; .*$1.*/\1 \2/p" |
    while read -r name value; do
      [ "$value" != "(none)" ] || value=
      echo "$value" > "$home/control/$name"
    done
}

# those that need nothing to do for it
the_others() {
  for p in mail-qmqpc mail-queue mail-qread mail-qstat mail-qhosts mail-newu mail-newmrh
  do
    trace $p timeout 20 "$home/bin/$p" < /dev/null > /dev/null
  done
  trace desk timeout 20 "$home/bin/mail-q" list > /dev/null
  trace metrics timeout 20 "$home/bin/mail-metrics" - < /dev/null
  trace sendmail timeout 20 "$home/bin/sendmail" -bs < /dev/null > /dev/null
}

column() { # as an administrator sees it: "PROGRAM SETTING" a line
  "$home/bin/mail-showctl" | sed -n 's/^\([a-z]*\): .*  \[[a-z]*; \([a-z -]*\)\] .*/\1 \2/p' |
    awk '{ for (i = 2; i <= NF; i++) print $i, $1 }' | sort
}
# A process is what it became last; one that became nothing has the name of the process that made it.
opened() {
  awk -F '"' -v home="$home/" '
    FNR == 1 { split("", became) }
    { split($1, process, /[<>]/); file = $2; sub(/.*\//, "", file) }
    $1 ~ /> execve\(/ && index($2, home "bin/") == 1 { became[process[1]] = file }
    index($2, home "control/") == 1 && file ~ /^[a-z]+$/ {
      print (process[1] in became ? became[process[1]] : process[2]), file
    }' "$SCRATCH"/trace.* | sort -u
}

test_readers_are_those_of_the_table() {
  need_root && need strace strace || return 0
  instance "$home" mx.example.org || { fail "no instance"; return; }
  settings
  start_queue
  one_message
  the_others
  settings_of mail-smtpd
  settings_of mail-remote
  trace remote "$home/bin/mail-remote" far.example 3< /dev/null
  the_servers
  the_tls
  end_queue
  for p in $(programs); do
    assertTrue "$p was not started" "grep -q 'execve(\"$home/bin/$p\"' $SCRATCH/trace.*"
  done
  programs > "$SCRATCH/programs"
  column | awk 'NR == FNR { there[$1]; next } $1 in there' "$SCRATCH/programs" - > "$SCRATCH/column"
  opened > "$SCRATCH/opened"
  [ -s "$SCRATCH/column" ] || fail "no readers in what mail-showctl says"
  assertEquals "opened, and not in the table" "" "$(comm -13 "$SCRATCH/column" "$SCRATCH/opened")"
  assertEquals "in the table, and not opened" "" "$(comm -23 "$SCRATCH/column" "$SCRATCH/opened")"
}

run_tests
