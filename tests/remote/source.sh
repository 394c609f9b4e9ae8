# source.c: the addresses that mail-remote's connections come from (control/outgoingip)

. "$(dirname "$0")/../lib.sh"
. "$stub/remote.sh"

oneTimeSetUp() {
  remote_setup
  printf '%s\n' 'two.test A 127.83.0.1' 'two.test AAAA ::1' > "$zone"
}

# LINES (separated by blanks) DOMAIN: sends one message
from() {
  echo "$1" | tr ' ' '\n' > "$home/control/outgoingip"
  { echo "job 1 $SCRATCH/m from@a.test b@$2"; echo wait 1; echo "job 2 $SCRATCH/m from@a.test b@$2"; echo wait 2
    echo nojobs; echo exit; } | remote "$2"
}
# the same, and where the last connection came from
came() { # LINES DOMAIN ADDRESS
  from "$1" "$2"
  assertTrue "$1: $2" "said '^rcpt 1 0 K'"
  assertEquals "$1: $2" "$3" "$(sed -n 's/^connect [0-9]* from //p' "$S/log" | tail -n 1)"
}

test_by_domain() {
  sink 127.0.0.1
  echo ":127.0.0.1:$port" > "$home/control/smtproutes"
  came 'x.test:127.0.0.5 :127.0.0.6' x.test 127.0.0.5
  came 'x.test:127.0.0.5 :127.0.0.6' y.test 127.0.0.6
  came '.test:127.0.0.7' y.x.test 127.0.0.7
  came 'x.test:127.0.0.5' y.test 127.0.0.1
  came 'x.test: :127.0.0.6' x.test 127.0.0.1
  came '127.0.0.8 x.test:127.0.0.5' y.test 127.0.0.8
  came '127.0.0.8 :127.0.0.9' y.test 127.0.0.9
  came '' x.test 127.0.0.1
}

test_each_family_has_its_own() {
  sink ::1
  echo ":two.test:$port" > "$home/control/smtproutes"
  came ':127.0.0.5,::1' x.test ::1
  came ':::1' x.test ::1
  came ':127.0.0.5' x.test ::1          # chosen by the system
  came ':192.0.2.77' x.test ::1
  sink 127.83.0.1
  echo ":two.test:$port" > "$home/control/smtproutes"
  came ':::1,127.0.0.5' x.test 127.0.0.5
}

test_an_address_that_this_host_does_not_have() {
  sink 127.0.0.1
  from ':192.0.2.77' x.test
  assertTrue 'later' "said '^rcpt 1 0 Z 4.4.1 127.0.0.1\[127.0.0.1\]:$port cannot be connected to: 192.0.2.77, which control/outgoingip names, is not an address of this host$'"
  assertTrue 'the target is not to blame' "said '^rcpt 2 0 Z 4.4.1 .* 192.0.2.77'"
  assertEquals 'nothing else is used instead' 0 "$(count '^connect')"
}

test_what_is_no_address() {
  sink 127.0.0.1
  for line in x.test:nonsense x.test:127.0.0.1:25 :127.0.0.1,127.0.0.2 :127.0.0.1,::1,::2 :127.0.0.1, 2001:db8::1 :,; do
    echo "$line" > "$home/control/outgoingip"
    echo exit | remote
    assertTrue "$line" "said '^exit 111$'"
    assertTrue "$line: said" "said 'mail-remote: cannot read control/outgoingip'"
  done
  rm "$home/control/outgoingip"
}

run_tests
