# flow.sh - tests/whole/flow.sh with 5,000 messages each way

FLOW_MESSAGES=5000
export FLOW_MESSAGES
exec sh "$(dirname "$0")/../whole/flow.sh"
