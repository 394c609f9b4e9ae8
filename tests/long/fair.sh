# fair.sh - tests/whole/fair.sh with its full numbers: 70 messages of the most recipients, 1,600 of a thousand, 10,000
# for a slow domain, and 20 of 20 honest messages within five seconds beside each

FAIR_FULL=yes
export FAIR_FULL
exec sh "$(dirname "$0")/../whole/fair.sh"
