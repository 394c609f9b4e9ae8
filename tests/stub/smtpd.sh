# smtpd.sh - for the tests of mail-smtpd: an instance whose queue service and look-up are fakes (mail-services)
#
# smtpd_setup makes it in $home; then, with what is in $mode (see smtp-client) and the environment:
#   talk LINE...      sends the lines with CRLF; what came back is in $out
#   talk_raw FORMAT   sends printf's output of FORMAT
#   codes             the codes of $out's replies, in one line
#   reply N           the last line of the Nth reply
#   stored            how many messages the queue has;  mess N, env N: their bytes (NUL shown as |)

smtpd_setup() {
  home=$SCRATCH/home store=$SCRATCH/store mode=
  instance "$home" mx.example.org || exit 1
  smtpd=$home/bin/mail-smtpd
  mkdir "$store"
  services_start
}

services_start() {
  python3 -S "$stub/mail-services" "$home" "$store" &
  services=$!
  on_exit "kill $services 2>/dev/null"
  wait_for 60 test -S "$home/run/queue" && wait_for 60 test -S "$home/run/verify/lookup"
}

services_stop() {
  kill $services
  wait $services 2>/dev/null
  rm -f "$home/run/queue" "$home/run/verify/lookup"
}

talk() {
  printf '%s\r\n' "$@" > "$SCRATCH/in"
  run_client
}

# shellcheck disable=SC2059
talk_raw() {
  printf "$1" > "$SCRATCH/in"
  run_client
}

run_client() {
  # shellcheck disable=SC2086
  python3 -I -S "$stub/smtp-client" $mode "$smtpd" < "$SCRATCH/in" > "$SCRATCH/out" 2> "$SCRATCH/log"
  out=$(cat "$SCRATCH/out")
}

codes() { whole | sed -n 's/^\([0-9][0-9][0-9]\)\([ ].*\)*$/\1/p; /^exit/p' | tr '\n' ' ' | sed 's/ $//'; }
whole() { echo "$out" | sed '/^[0-9][0-9][0-9]-/d'; }
reply() { whole | sed -n "$1p"; }
stored() { find "$store" -name '*.env' | wc -l; }
has_stored() { [ "$(stored)" -ge "$1" ]; }
mess() { cat "$store/$1.mess"; }
env_of() { tr '\0' '|' < "$store/$1.env"; }
forget() { # what the test before left: messages and settings
  rm -f "$store"/*.mess "$store"/*.env "$store/answer" "$store/asked" "$home"/control/[!m]* "$home"/control/maxrcpt
}

replies_of() { # SOURCE: those that stand in it whole
  sed -n 's/^[^/]*"\([245][0-9][0-9] [245][^"\\]*\)[\\"].*/\1/p' "$1"
}
never_drawn() { # SOURCE: those of them that no line of $SCRATCH/all has
  replies_of "$1" | while read -r r; do grep -qF "$r" "$SCRATCH/all" || echo "$r"; done
}
