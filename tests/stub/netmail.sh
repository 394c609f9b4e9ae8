# netmail.sh - for the tests of mail-qmtpd and mail-qmqpd, after stub/smtpd.sh. $protocol is qmtp or qmqp.
#
#   request MESSAGE SENDER RECIPIENT...     prints one (escapes as in Python's strings)
#   ask MESSAGE SENDER RECIPIENT...         sends it: answers in $out (reply N), log in $SCRATCH/log
#   converse [-MODE]                        sends what is in $SCRATCH/in
#   each                                    sends a line's request each on a connection of its own: a line of answers
#   letters                                 the first letters of $out's answers and the exit status

netmail() { python3 -I -S "$stub/netmail.py" "$@"; }
request() { netmail "$protocol" "$@"; }
converse() { out=$(netmail ask "$smtpd" "$@" < "$SCRATCH/in" 2> "$SCRATCH/log"); }
ask() {
  request "$@" > "$SCRATCH/in"
  converse
}
each() { netmail each "$smtpd" 2> "$SCRATCH/log"; }
letters() { echo "$out" | sed 's/^\([KZD]\).*/\1/' | xargs; }
# the Nth message there is
nth() { ls "$store"/*."$2" | sort -V | sed -n "$1p"; }
mess() { cat "$(nth "$1" mess)"; }
env_of() { tr '\0' '|' < "$(nth "$1" env)"; }
