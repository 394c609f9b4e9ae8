/*
 * mail-qmqpc.c - hand one message to another host's queue over QMQP, in the place of mail-queue
 *
 * Runs as    whoever calls, without any right of its own
 * Reads      fd 0: the message, LF line ends; then fd 1: the envelope, F sender NUL, T recipient NUL ..., NUL;
 *            control/; the servers' answers, bounded in bytes and time
 * Writes     the network; a large message first to a nameless file in TMPDIR; fd 2: why not; fd 4 and 6, when both are
 *            one pipe, the same for who started it (door/queueprog.h)
 * Trusts     its caller; the servers in control/qmqpservers for "taken"
 * If broken  a server reads and loses what it is handed anyway; nothing of the caller's is in reach
 * Exits      qmail-qmqpc's codes, in mail-qmqpc(8); 0 only when a server has taken the message
 */

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "door/queueprog.h"
#include "door/submit.h"
#include "lib/conf/control.h"
#include "lib/io/io.h"
#include "lib/io/large.h"
#include "lib/io/log.h"
#include "lib/priv/priv.h"
#include "user/contract.h"
#include "user/qmqp.h"

#define QMQP_PORT 628
#define SERVERS_MAX 32
#define MESSAGE_MAX 200000000   /* bytes; as mail-qmqpd and qmail's server */
#define CUSTOM 82               /* the reason is in words on fd 4 and 6 */

static LARGE struct {
  struct net_address address;
  struct qmqp_outcome outcome;
} server[SERVERS_MAX];
static size_t servers;

static LARGE struct spool body;
static unsigned int seconds;
static int words = -1;

/* Descriptors 4 and 6 are for words only if they are what door/queueprog.h makes: one pipe under both numbers, which
   is nothing that a caller has there by chance. */
static void find_words(void)
{
  struct stat a, b;
  int flags = fcntl(4, F_GETFL);

  if (flags == -1 || (flags & O_ACCMODE) != O_WRONLY || fstat(4, &a) == -1 || fstat(6, &b) == -1) return;
  if (S_ISFIFO(a.st_mode) && a.st_dev == b.st_dev && a.st_ino == b.st_ino) words = 4;
}

/* The words are for strangers, too, when mail-smtpd is the caller: nothing about this site's hosts is in ours. */
static _Noreturn void end(int code, char letter, char const *text)
{
  char s[QUEUEPROG_TEXT_MAX + 2];
  int len;

  if (words == -1 || !*text) contract_end(code);
  len = snprintf(s, sizeof s, "%c%s", letter, text);
  if (len > QUEUEPROG_TEXT_MAX + 1) len = QUEUEPROG_TEXT_MAX + 1;
  contract_end(io_write(words, s, (size_t)len) == -1 ? code : CUSTOM);
}

static _Noreturn void die_config(char const *what, char const *line)
{
  log_line("fatal: ", what, line);
  end(SUBMIT_CONFIG, 'Z', "4.3.5 the settings of mail-qmqpc are not in order");
}

static void read_servers(void)
{
  struct control_table t = { 0, 0, 0 };

  if (control_table("qmqpservers", &t, 0) == -1) die_config("cannot read control/qmqpservers", "");
  control_in_order(&t);
  if (!t.n) die_config("control/qmqpservers names no server", "");
  if (t.n > SERVERS_MAX) die_config("control/qmqpservers has more than 32 servers", "");
  for (; servers < t.n; servers++)
    if (!net_parse_port(&server[servers].address, t.entries[servers].key, QMQP_PORT))
      die_config("in control/qmqpservers this is no address[:port] (names are not looked up): ",
                 t.entries[servers].key);
  control_table_free(&t);
  if (control_number("timeoutqmqpc", &seconds) == -1) die_config("control/timeoutqmqpc is not a number", "");
}

static void read_message(void)
{
  static LARGE char buf[65536];
  size_t n;

  while ((n = contract_message(buf, sizeof buf))) {
    if (body.bytes + n > MESSAGE_MAX) end(SUBMIT_REFUSED, 'D', "5.3.4 the message is too large");
    if (spool_put(&body, buf, n) == -1) end(SUBMIT_WRITE, 'Z', "4.3.1 cannot keep the message in a temporary file");
  }
}

/* the servers from the first on, and why not */
static void log_reasons(size_t n)
{
  char ip[NET_TEXT_MAX];
  size_t i;

  for (i = 0; i < n; i++) {
    net_format(ip, &server[i].address);
    log_start();
    log_text(ip);
    log_count(" port ", server[i].address.port);
    log_text(": ");
    log_string(server[i].outcome.why);
    log_end();
  }
}

/* One server after another, until one has taken it, or may have: another copy could only do harm then. */
static _Noreturn void send_message(struct qmqp_message const *m)
{
  struct qmqp_outcome *o = 0;
  size_t i = 0;

  do {
    o = &server[i].outcome;
    qmqp_send(&server[i].address, m, seconds, o);
    i++;
  } while (i < servers && (o->result == QMQP_LATER || o->result == QMQP_UNSENT));
  if (o->result == QMQP_TAKEN) contract_end(SUBMIT_OK);
  log_reasons(i);
  switch (o->result) {
    case QMQP_NEVER: end(o->code, 'D', o->why);
    case QMQP_LATER: end(o->code, 'Z', o->why);
    case QMQP_UNKNOWN: end(o->code, 'Z', "4.4.2 the server gave no answer, but may have taken the message");
    default: end(o->code, 'Z', "4.4.1 no server can take the message now");
  }
}

int main(void)
{
  struct contract_envelope e;

  log_name("mail-qmqpc");
  contract_start();
  find_words();
  signal(SIGPIPE, SIG_IGN);
  if (io_standard() == -1) contract_end(SUBMIT_CONFIG);
  read_servers();
  body.fd = -1;
  spool_open(&body);            /* a failure counts when the file is needed */
  if (priv_lock(PRIV_INET, 0, 0) == -1) contract_end(SUBMIT_CONFIG);
  read_message();
  contract_envelope(&e);
  send_message(&(struct qmqp_message){ &body, e.s, e.len });
}
