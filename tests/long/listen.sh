# listen.sh - tests/in/listen.sh with the 10,000 connections after which another dispatcher takes over

LISTEN_CONNECTIONS=10000
export LISTEN_CONNECTIONS
exec sh "$(dirname "$0")/../in/listen.sh"
