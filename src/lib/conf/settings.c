/* settings.c - see settings.h */

#include <stdio.h>
#include <string.h>

#include "lib/conf/settings.h"

#define V SETTING_VALUE
#define N SETTING_NUMBER
#define L SETTING_LIST
#define M SETTING_MAP

#define FORM(form) FORM_ ## form, 0, 0
#define NUMBER(least, most) FORM_NUMBER, least, most
#define SWITCH FORM_SWITCH, 0, 1
#define MOST 0xffffffffU
#define SAFE 1
#define STRICT 0

struct setting const settings[] = {
  { "acceptunknown", N, "1", "mail-smtpd mail-qmtpd",
    "Take recipients that only their own home knows; 0: refuse them", SWITCH, STRICT },
  { "authbackend", V, "file", "mail-smtpd mail-authd",
    "Who knows the passwords of logins: file, checkpassword /program word... or dovecot /socket",
    FORM(BACKEND), STRICT },
  { "authclear", L, 0, "mail-smtpd",
    "Clients (addresses, networks) that may log in without TLS", FORM(NETWORK), STRICT },
  { "authconnections", N, "300", "mail-authd",
    "Simultaneous logins, the sessions that go on after one included", NUMBER(1, 4000), SAFE },
  { "authmechanisms", L, 0, "mail-smtpd mail-authd",
    "Ways to log in (PLAIN, LOGIN, SCRAM-SHA-256, SCRAM-SHA-256-PLUS); none: all that authbackend can do",
    FORM(MECHANISM), STRICT },
  { "authtimeout", N, "30", "mail-authd",
    "Seconds that a password program or Dovecot may take", NUMBER(1, 60), SAFE },
  { "authtries", N, "10", "mail-authd",
    "Failed logins of one address, and of one login, after which more have to wait; 0: never", NUMBER(0, MOST), SAFE },
  { "authwait", N, "30", "mail-authd",
    "Seconds of the first such wait; each further failure doubles it, up to an hour", NUMBER(1, 3600), SAFE },
  { "badmailfrom", L, 0, "mail-smtpd mail-qmtpd",
    "Senders (address or @domain) whose mail is refused", FORM(ADDRESS), STRICT },
  { "badmailto", L, 0, "mail-smtpd mail-qmtpd",
    "Recipients (address or @domain) to whom no mail from the network is taken", FORM(ADDRESS), STRICT },
  { "bouncebytes", N, "262144", "mail-bounce",
    "Largest message that goes back whole to a sender who asked for it", NUMBER(0, 16777216), SAFE },
  { "bouncefrom", V, "MAILER-DAEMON", "mail-bounce", "User part of the From of bounces", FORM(USER), SAFE },
  { "bouncehost", V, "=me", "mail-bounce", "Domain of the From of bounces", FORM(HOST), SAFE },
  { "brtlimit", N, "20", "mail-smtpd mail-qmtpd",
    "Refused recipients after which a session ends; 0: no limit", NUMBER(0, MOST), SAFE },
  { "chunkbytes", N, "32768", "mail-remote",
    "Largest message sent with BDAT, where CHUNKING and PIPELINING are offered; 0: none", NUMBER(0, MOST), SAFE },
  { "concurrencylocal", N, "10", "mail-send mail-lspawn",
    "Simultaneous local deliveries; 0 holds them", NUMBER(0, 250), SAFE },
  { "concurrencyperhost", N, "10", "mail-send", "Simultaneous remote deliveries to one domain", NUMBER(1, 1000), SAFE },
  { "concurrencyperuser", N, "4", "mail-send mail-lspawn",
    "Simultaneous deliveries to one local user; never more than half of concurrencylocal", NUMBER(1, 250), SAFE },
  { "concurrencyremote", N, "20", "mail-send", "Simultaneous remote deliveries; 0 holds them", NUMBER(0, 1000), SAFE },
  { "databytes", N, "0", "mail-smtpd mail-qmtpd mail-qmqpd",
    "Largest message taken from the network, in bytes; 0: no limit of this kind", NUMBER(0, MOST), STRICT },
  { "defaultdelivery", V, "./Maildir/", "mail-lspawn",
    "Delivery for users without a .qmail file, as a line of one", FORM(DELIVERY), STRICT },
  { "defaultdomain", V, "=me", "mail-inject", "Added to host names without a dot", FORM(HOST), SAFE },
  { "defaulthost", V, "=me", "mail-inject", "Added to addresses without a host", FORM(HOST), SAFE },
  { "delaynotice", N, "14400", "mail-send",
    "Seconds after which senders who asked for it are told of a delay; 0: never", NUMBER(0, 2147483647), SAFE },
  { "delaynoticeall", N, "0", "mail-send",
    "1: senders who did not say what they want to be told are told of a delay, too", SWITCH, SAFE },
  { "dnsbllist", M, 0, "mail-smtpd mail-qmtpd",
    "zone[:answers[:text]], block lists asked about each client's address", FORM(ZONE), STRICT },
  { "dnsservers", L, 0, "mail-remote mail-smtpd mail-qmtpd",
    "Addresses (or address:port) of name servers; none: those of /etc/resolv.conf", FORM(SERVER), STRICT },
  { "doublebouncehost", V, "=me", "mail-bounce", "Domain of the mailbox for bounces that bounce", FORM(HOST), SAFE },
  { "doublebounceto", V, "postmaster", "mail-bounce",
    "User part of the mailbox for bounces that bounce", FORM(USER), SAFE },
  { "ehlohide", L, 0, "mail-smtpd",
    "Keywords (SMTPUTF8, DSN, ...) that EHLO does not offer; who uses them is refused", FORM(KEYWORD), STRICT },
  { "ehloignore", M, 0, "mail-remote",
    "domain:KEYWORD[,KEYWORD], what is not used of the answer to EHLO", FORM(IGNORE), STRICT },
  { "envnoathost", V, "=me",
    "mail-send mail-lookup mail-smtpd mail-qmtpd mail-rspawn mail-remote mail-transport mail-qread",
    "Domain of recipients without one", FORM(HOST), SAFE },
  { "greetdelay", N, "0", "mail-smtpd",
    "Seconds before the greeting; who talks in them is refused", NUMBER(0, 300), STRICT },
  { "helohost", V, "=me", "mail-rspawn mail-remote", "Name given in EHLO", FORM(HOST), SAFE },
  { "idhost", V, "=me", "mail-inject mail-smtpd", "Domain of Message-IDs", FORM(HOST), SAFE },
  { "ipversion", M, 0, "mail-remote",
    "domain:4 or domain:6, hosts that are connected to by IPv4 or IPv6 alone", FORM(VERSION), STRICT },
  { "listen", L, ":25", "mail-start",
    "address:port[:service], where mail-start listen has the network servers listen", FORM(LISTEN), STRICT },
  { "listenconnections", N, "300", "mail-smtpd mail-qmtpd mail-qmqpd",
    "Simultaneous connections of one server under mail-start listen", NUMBER(1, 4000), SAFE },
  { "listenloopback", N, "0", "mail-smtpd mail-qmtpd mail-qmqpd",
    "1: the listener's sessions stay for clients of this host itself, too; for tests", SWITCH, SAFE },
  { "listenperip", N, "50", "mail-smtpd mail-qmtpd mail-qmqpd",
    "Simultaneous connections there from one address", NUMBER(1, 4000), SAFE },
  { "listenpernet", N, "100", "mail-smtpd mail-qmtpd mail-qmqpd",
    "Simultaneous connections there from one network, /24 or /64", NUMBER(1, 4000), SAFE },
  { "listenrate", N, "600", "mail-smtpd mail-qmtpd mail-qmqpd",
    "New connections there from one address in a minute; 0: no limit", NUMBER(0, MOST), SAFE },
  { "listenratenet", N, "1200", "mail-smtpd mail-qmtpd mail-qmqpd",
    "New connections there from one network in a minute; 0: no limit", NUMBER(0, MOST), SAFE },
  { "localiphost", V, "=me", "mail-smtpd mail-qmtpd", "Domain put for [own address] in recipients", FORM(HOST), SAFE },
  { "locals", L, "=me", "mail-send mail-lookup mail-smtpd mail-qmtpd mail-qread",
    "Domains whose mail is delivered on this host", FORM(DOMAIN), STRICT },
  { "loginmessages", N, "500", "mail-authd",
    "Messages that one login may send in an hour; 0: no limit", NUMBER(0, MOST), SAFE },
  { "loginrecipients", N, "2000", "mail-authd",
    "Recipients that those may have; 0: no limit", NUMBER(0, MOST), SAFE },
  { "loginsenders", M, 0, "mail-authd",
    "login:sender[,sender], what it may send as in the place of its own address and its extensions",
    FORM(SENDERS), STRICT },
  { "lookuppath", V, 0, "mail-lookup",
    "Further files and directories that the name service's modules read, colons between", FORM(PATHS), SAFE },
  { "maxrcpt", N, "1000", "mail-smtpd mail-qmtpd",
    "Recipients of one message from the network", NUMBER(1, MOST), SAFE },
  { "maxrecipients", N, "100000", "mail-queued",
    "Recipients of one message, whoever sends it", NUMBER(1, MOST), SAFE },
  { "me", V, 0, "mail-send mail-lookup mail-bounce mail-smtpd mail-qmtpd mail-qmqpd mail-rspawn mail-remote "
    "mail-transport mail-inject mail-qread", "Name of this host", FORM(HOST), STRICT },
  { "mfcheck", N, "0", "mail-smtpd mail-qmtpd",
    "1: refuse senders whose domain does not exist or takes no mail", SWITCH, STRICT },
  { "mingid", N, "100", "mail-lspawn mail-lookup",
    "Users whose group has a smaller number get no mail", NUMBER(1, MOST), STRICT },
  { "minuid", N, "100", "mail-lspawn mail-lookup", "Users with a smaller number get no mail", NUMBER(1, MOST), STRICT },
  { "morercpthosts", L, 0, "mail-newmrh",
    "Domains taken beside rcpthosts, by way of the table made of them", FORM(SUFFIX), STRICT },
  { "outgoingip", M, 0, "mail-remote",
    "domain:address[,address], where connections to its hosts come from", FORM(SOURCE), STRICT },
  { "percenthack", L, 0,
    "mail-send mail-lookup mail-smtpd mail-qmtpd mail-rspawn mail-remote mail-transport mail-qread",
    "Domains where user%host@domain is rewritten", FORM(DOMAIN), STRICT },
  { "plusdomain", V, "=me", "mail-inject", "Added to host names that end in +", FORM(HOST), SAFE },
  { "probeuser", V, "root", "mail-lookup",
    "Account that the name service knows: while it does not, nobody is taken for unknown", FORM(ACCOUNT), SAFE },
  { "proxyhosts", L, 0, "mail-smtpd mail-qmtpd mail-qmqpd",
    "Front ends (addresses, networks) whose connections begin with a PROXY header", FORM(NETWORK), STRICT },
  { "qmqpservers", L, 0, "mail-qmqpc",
    "Addresses (or address:port) of QMQP servers, in the order to try them", FORM(SERVER), STRICT },
  { "qmtproutes", M, 0, "mail-remote", "domain:host[:port] that mail is sent to over QMTP", FORM(QMTP), SAFE },
  { "queuebytes", N, "0", "mail-queued",
    "Largest message taken into the queue, in bytes; 0: no limit of this kind", NUMBER(0, MOST), SAFE },
  { "queueconnections", N, "256", "mail-queued",
    "Simultaneous connections to the queue service", NUMBER(8, 4000), SAFE },
  { "queueidle", N, "1500", "mail-queued",
    "Seconds that a caller of the queue service may be silent", NUMBER(1, 1000000), SAFE },
  { "queuelifetime", N, "604800", "mail-send",
    "Seconds after which temporary failures become final", NUMBER(0, 2147483647), SAFE },
  { "queuenetwork", N, "0", "mail-queued", "1: start even when the queue is on a network filesystem", SWITCH, SAFE },
  { "queueperuser", N, "20", "mail-queued",
    "Simultaneous connections of one user to the queue service", NUMBER(1, 4000), SAFE },
  { "queueprogram", V, 0, "mail-inject sendmail",
    "Program in the place of the queue where QMAILQUEUE is not set", FORM(PROGRAM), STRICT },
  { "queuereserve", N, "5", "mail-queued",
    "Percent of the queue's disk that new mail leaves free", NUMBER(0, 90), SAFE },
  { "queuetimeout", N, "3600", "mail-queued",
    "Seconds that one message may take to come in", NUMBER(1, 1000000), SAFE },
  { "ratelimits", M, 0, "mail-send", "domain:messages[/connections], at most so many in a minute", FORM(RATE), SAFE },
  { "rcpthosts", L, 0, "mail-smtpd mail-qmtpd",
    "Domains taken from the network; none: locals and virtualdomains", FORM(SUFFIX), STRICT },
  { "relayclients", L, 0, "mail-smtpd mail-qmtpd mail-qmqpd",
    "Clients (addresses, networks) that may send to everybody, where no rule is for them", FORM(NETWORK), STRICT },
  { "remoterecipients", M, 0, "mail-remote mail-transport",
    "domain:recipients that one transaction with its hosts may have", FORM(COUNT), SAFE },
  { "sessionbytes", N, "1000000000", "mail-smtpd mail-qmtpd",
    "Bytes of messages that a session may send, and one whole at least; 0: no limit", NUMBER(0, MOST), SAFE },
  { "sessiontime", N, "14400", "mail-smtpd mail-qmtpd mail-qmqpd",
    "Seconds that a whole session may last; 0: no limit", NUMBER(0, MOST), SAFE },
  { "smtpgreeting", V, "=me", "mail-smtpd", "Text of the greeting", FORM(GREETING), SAFE },
  { "smtproutes", M, 0, "mail-remote", "domain:relay[:port] instead of MX look-ups", FORM(RELAY), SAFE },
  { "starttls", N, "1", "mail-smtpd", "0: STARTTLS is not offered on port 25, though mail-tlsd is there", SWITCH, SAFE },
  { "strictpipelining", N, "0", "mail-smtpd",
    "1: refuse clients that do not wait after EHLO and DATA", SWITCH, STRICT },
  { "tarpitcount", N, "5", "mail-smtpd mail-qmtpd",
    "Refused recipients after which each further one has to wait; 0: never", NUMBER(0, MOST), SAFE },
  { "tarpitdelay", N, "1", "mail-smtpd mail-qmtpd",
    "Seconds of the first such wait; each one is longer, up to 10", NUMBER(0, 10), SAFE },
  { "timeoutconnect", N, "60", "mail-remote", "Seconds to wait for a connection", NUMBER(1, 1000000), SAFE },
  { "timeoutlocal", N, "3600", "mail-lspawn",
    "Seconds for one local delivery, its programs included", NUMBER(1, 1000000), SAFE },
  { "timeoutqmqpc", N, "300", "mail-qmqpc", "Seconds to wait for a QMQP server", NUMBER(1, 1000000), STRICT },
  { "timeoutremote", N, "1200", "mail-remote mail-rspawn mail-transport",
    "Seconds to wait for a reply", NUMBER(1, 1000000), SAFE },
  { "timeoutreport", N, "604800", "mail-send",
    "Seconds after which a delivery of which nothing was heard is given up and tried again",
    NUMBER(1, 2147483647), SAFE },
  { "timeoutsmtpd", N, "1200", "mail-smtpd mail-qmtpd mail-qmqpd",
    "Seconds to wait for a client", NUMBER(1, 1000000), SAFE },
  { "tlspolicy", M, 0, "mail-remote",
    "domain:none, may, encrypt, secure or fingerprint, how its mail is encrypted", FORM(TLS), SAFE },
  { "transports", M, 0, "mail-rspawn mail-remote mail-transport",
    "domain:lmtp:host[:port], lmtp:/socket, program:/path or smtp, instead of SMTP", FORM(TRANSPORT), SAFE },
  { "virtualdomains", M, 0, "mail-send mail-lookup mail-smtpd mail-qmtpd mail-qread",
    "domain:user, mail for domain is local to user-...", FORM(VIRTUAL), STRICT },
};

unsigned int const settings_count = sizeof settings / sizeof settings[0];

struct setting const *setting_find(char const *name)
{
  unsigned int i;

  for (i = 0; i < settings_count; i++)
    if (!strcmp(settings[i].name, name)) return settings + i;
  return 0;
}

char const *setting_expects(struct setting const *row, char const *key, char const *value)
{
  static char words[80];
  char const *expected = form_expects(row->form, key, value);
  unsigned int n;

  if (row->form != FORM_NUMBER || (form_number(key, &n) && n >= row->least)) return expected;
  snprintf(words, sizeof words, "a number from %u to %u, of decimal digits alone", row->least, row->most);
  return words;
}
