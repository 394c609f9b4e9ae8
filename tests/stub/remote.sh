# remote.sh - for the tests of mail-remote: an instance, a DNS server (dns.py) and mail servers (smtpsink.py)
#
# remote_setup makes an instance in $home and a DNS server that says what is in $zone; then:
#   sink ADDRESS[:PORT] KEY=ACTION...     a server in a folder of its own, $S, at $port; x.test is routed to it
#   remote [DOMAIN]                       mail-remote for x.test, with what to do (jobs.py) on standard input
#   one RCPT...                           one job for these
#   said, saw PATTERN                     is it in mail-remote's reports and log, in the last server's log?
#   count PATTERN                         lines of that log
#   two_sides NUMBER...                   two network namespaces: $far has 192.0.2.NUMBER and .53, $near, to run mail-remote in,
#                                         192.0.2.100 and .101, so that not all addresses are this host's; 1 with why
#   mx DOMAIN LOCAL-PART...               mail-remote there, with one job for these
#   far_dns FILE, near_dns                a DNS server there, that says what is in FILE, answers; the first one again

home=$SCRATCH/home
zone=$SCRATCH/zone
S=$SCRATCH/s
n=0

remote_setup() {
  instance "$home" me.test || exit 1
  uid=$(awk '$1 == "mailr" { print $2 }' "$home.users")
  echo 30 > "$home/control/timeoutremote"
  printf 'Subject: test\n\n.dot\n..\nend\n' > "$SCRATCH/m"
  mkdir "$SCRATCH/dns"
  : > "$zone"
  python3 -S "$stub/dns.py" "$SCRATCH/dns" 127.0.0.1 "$zone" & on_exit "kill $!"
  wait_for 60 test -f "$SCRATCH/dns/port"
  echo "127.0.0.1:$(cat "$SCRATCH/dns/port")" > "$home/control/dnsservers"
}

sink() { # ADDRESS KEY=ACTION...
  n=$((n + 1))
  S=$SCRATCH/s$n
  mkdir "$S"
  python3 -S "$stub/smtpsink.py" "$S" "$@" & on_exit "kill $!"
  wait_for 60 test -f "$S/port"
  port=$(cat "$S/port")
  echo "x.test:127.0.0.1:$port" > "$home/control/smtproutes"
}

remote() { timeout 60 python3 -S "$stub/jobs.py" "$uid" "$home/bin/mail-remote" "${1:-x.test}" > "$SCRATCH/out" 2>&1; }
one() { # RCPT...
  { echo "job 1 $SCRATCH/m from@a.test $*"; echo wait 1; echo nojobs; echo exit; } | remote
}
said() { grep -q -e "$1" "$SCRATCH/out" || { echo "# not said: $1"; cat "$SCRATCH/out"; return 1; }; }
saw() { grep -q -e "$1" "$S/log" || { echo "# not seen: $1"; cat "$S/log"; return 1; }; }
count() { grep -c -e "$1" "$S/log"; }

two_sides() { # NUMBER...
  need_root && need ip iproute2 || return 1
  far=bhf$$ near=bhn$$
  ip netns add $far && ip netns add $near || { why='cannot make name spaces'; return 1; }
  on_exit "ip netns del $far; ip netns del $near"
  ip -n $near link add bhnear type veth peer name bhfar netns $far
  ip -n $near addr add 192.0.2.100/24 dev bhnear
  ip -n $near addr add 192.0.2.101/24 dev bhnear
  for i in "$@" 53; do ip -n $far addr add "192.0.2.$i/24" dev bhfar; done
  for ns in $far $near; do ip -n $ns link set lo up; done
  ip -n $near link set bhnear up
  ip -n $far link set bhfar up
}
far_dns() { # FILE
  mkdir "$SCRATCH/dns2"
  ip netns exec $far python3 -S "$stub/dns.py" "$SCRATCH/dns2" 192.0.2.53:53 "$1" & on_exit "kill $!"
  wait_for 60 test -f "$SCRATCH/dns2/port"
  cp "$home/control/dnsservers" "$SCRATCH/dnsservers"
  echo 192.0.2.53 > "$home/control/dnsservers"
}
near_dns() { mv "$SCRATCH/dnsservers" "$home/control/dnsservers"; }
mx() { # DOMAIN LOCAL-PART...
  domain=$1
  shift
  { printf 'job 1 %s from@a.test' "$SCRATCH/m"; printf " %s@$domain" "$@"; printf '\nwait 1\nnojobs\nexit\n'; } |
    timeout 60 ip netns exec $near python3 -S "$stub/jobs.py" "$uid" "$home/bin/mail-remote" "$domain" > "$SCRATCH/out" 2>&1
}
