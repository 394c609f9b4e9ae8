/* settings.c - see settings.h */

#include <string.h>

#include "lib/conf/settings.h"

#define V SETTING_VALUE
#define N SETTING_NUMBER
#define L SETTING_LIST
#define M SETTING_MAP

struct setting const settings[] = {
  { "acceptunknown", N, "1", "mail-smtpd mail-qmtpd",
    "Take recipients that only their own home knows; 0: refuse them" },
  { "badmailfrom", L, 0, "mail-smtpd mail-qmtpd", "Senders (address or @domain) whose mail is refused" },
  { "badmailto", L, 0, "mail-smtpd mail-qmtpd",
    "Recipients (address or @domain) to whom no mail from the network is taken" },
  { "bouncebytes", N, "262144", "mail-bounce", "Largest message that goes back whole to a sender who asked for it" },
  { "bouncefrom", V, "MAILER-DAEMON", "mail-bounce", "User part of the From of bounces" },
  { "bouncehost", V, "=me", "mail-bounce", "Domain of the From of bounces" },
  { "brtlimit", N, "20", "mail-smtpd mail-qmtpd", "Refused recipients after which a session ends; 0: no limit" },
  { "chunkbytes", N, "32768", "mail-remote",
    "Largest message sent with BDAT, where CHUNKING and PIPELINING are offered; 0: none" },
  { "concurrencylocal", N, "10", "mail-send", "Simultaneous local deliveries; 0 holds them" },
  { "concurrencyperhost", N, "10", "mail-send", "Simultaneous remote deliveries to one domain" },
  { "concurrencyremote", N, "20", "mail-send", "Simultaneous remote deliveries; 0 holds them" },
  { "databytes", N, "0", "mail-smtpd mail-qmtpd mail-qmqpd",
    "Largest message taken from the network, in bytes; 0: no limit of this kind" },
  { "defaultdelivery", V, "./Maildir/", "mail-lspawn", "Delivery for users without a .qmail file, as a line of one" },
  { "defaultdomain", V, "=me", "mail-inject", "Added to host names without a dot" },
  { "defaulthost", V, "=me", "mail-inject", "Added to addresses without a host" },
  { "delaynotice", N, "14400", "mail-send",
    "Seconds after which senders who asked for it are told of a delay; 0: never" },
  { "delaynoticeall", N, "0", "mail-send",
    "1: senders who did not say what they want to be told are told of a delay, too" },
  { "dnsbllist", M, 0, "mail-smtpd mail-qmtpd",
    "zone[:answers[:text]], block lists asked about each client's address" },
  { "dnsservers", L, 0, "mail-remote mail-smtpd mail-qmtpd",
    "Addresses (or address:port) of name servers; none: those of /etc/resolv.conf" },
  { "doublebouncehost", V, "=me", "mail-bounce", "Domain of the mailbox for bounces that bounce" },
  { "doublebounceto", V, "postmaster", "mail-bounce", "User part of the mailbox for bounces that bounce" },
  { "ehlohide", L, 0, "mail-smtpd",
    "Keywords (SMTPUTF8, DSN, ...) that EHLO does not offer; who uses them is refused" },
  { "ehloignore", M, 0, "mail-remote",
    "domain:KEYWORD[,KEYWORD], what is not used of the answer to EHLO" },
  { "envnoathost", V, "=me", "mail-send mail-lookup mail-smtpd mail-qmtpd mail-rspawn mail-remote mail-transport",
    "Domain of recipients without one" },
  { "greetdelay", N, "0", "mail-smtpd", "Seconds before the greeting; who talks in them is refused" },
  { "helohost", V, "=me", "mail-rspawn mail-remote", "Name given in EHLO" },
  { "idhost", V, "=me", "mail-inject", "Domain of Message-IDs" },
  { "localiphost", V, "=me", "mail-smtpd mail-qmtpd", "Domain put for [own address] in recipients" },
  { "locals", L, "=me", "mail-send mail-lookup mail-smtpd mail-qmtpd", "Domains whose mail is delivered on this host" },
  { "lookuppath", V, 0, "mail-lookup",
    "Further files and directories that the name service's modules read, colons between" },
  { "maxrcpt", N, "1000", "mail-smtpd mail-qmtpd", "Recipients of one message from the network" },
  { "maxrecipients", N, "100000", "mail-queued", "Recipients of one message, whoever sends it" },
  { "me", V, 0, "all", "Name of this host" },
  { "mfcheck", N, "0", "mail-smtpd mail-qmtpd", "1: refuse senders whose domain does not exist or takes no mail" },
  { "mingid", N, "100", "mail-lspawn mail-lookup", "Users whose group has a smaller number get no mail" },
  { "minuid", N, "100", "mail-lspawn mail-lookup", "Users with a smaller number get no mail" },
  { "morercpthosts", L, 0, "mail-newmrh", "Domains taken beside rcpthosts, by way of the table made of them" },
  { "outgoingip", M, 0, "mail-remote", "domain:address[,address], where connections to its hosts come from" },
  { "percenthack", L, 0, "mail-send mail-lookup mail-smtpd mail-qmtpd mail-rspawn mail-remote mail-transport",
    "Domains where user%host@domain is rewritten" },
  { "plusdomain", V, "=me", "mail-inject", "Added to host names that end in +" },
  { "probeuser", V, "root", "mail-lookup",
    "Account that the name service knows: while it does not, nobody is taken for unknown" },
  { "proxyhosts", L, 0, "mail-smtpd mail-qmtpd mail-qmqpd",
    "Front ends (addresses, networks) whose connections begin with a PROXY header" },
  { "qmqpservers", L, 0, "mail-qmqpc", "Addresses (or address:port) of QMQP servers, in the order to try them" },
  { "qmtproutes", M, 0, "mail-remote", "domain:host[:port] that mail is sent to over QMTP" },
  { "queuebytes", N, "0", "mail-queued", "Largest message taken into the queue, in bytes; 0: no limit of this kind" },
  { "queueconnections", N, "256", "mail-queued", "Simultaneous connections to the queue service" },
  { "queueidle", N, "1500", "mail-queued", "Seconds that a caller of the queue service may be silent" },
  { "queuelifetime", N, "604800", "mail-send", "Seconds after which temporary failures become final" },
  { "queuenetwork", N, "0", "mail-queued", "1: start even when the queue is on a network filesystem" },
  { "queueperuser", N, "20", "mail-queued", "Simultaneous connections of one user to the queue service" },
  { "queueprogram", V, 0, "mail-inject sendmail", "Program in the place of the queue where QMAILQUEUE is not set" },
  { "queuereserve", N, "5", "mail-queued", "Percent of the queue's disk that new mail leaves free" },
  { "queuetimeout", N, "3600", "mail-queued", "Seconds that one message may take to come in" },
  { "ratelimits", M, 0, "mail-send", "domain:messages[/connections], at most so many in a minute" },
  { "rcpthosts", L, 0, "mail-smtpd mail-qmtpd", "Domains taken from the network; none: locals and virtualdomains" },
  { "remoterecipients", M, 0, "mail-remote mail-transport",
    "domain:recipients that one transaction with its hosts may have" },
  { "sessionbytes", N, "1000000000", "mail-smtpd",
    "Bytes of messages that a session may send, and one whole at least; 0: no limit" },
  { "sessiontime", N, "14400", "mail-smtpd mail-qmtpd mail-qmqpd",
    "Seconds that a whole session may last; 0: no limit" },
  { "smtpgreeting", V, "=me", "mail-smtpd", "Text of the greeting" },
  { "smtproutes", M, 0, "mail-remote", "domain:relay[:port] instead of MX look-ups" },
  { "strictpipelining", N, "0", "mail-smtpd", "1: refuse clients that do not wait after EHLO and DATA" },
  { "tarpitcount", N, "5", "mail-smtpd mail-qmtpd",
    "Refused recipients after which each further one has to wait; 0: never" },
  { "tarpitdelay", N, "1", "mail-smtpd mail-qmtpd", "Seconds of the first such wait; each one is longer, up to 10" },
  { "timeoutconnect", N, "60", "mail-remote", "Seconds to wait for a connection" },
  { "timeoutlocal", N, "90000", "mail-lspawn", "Seconds for one local delivery, its programs included" },
  { "timeoutqmqpc", N, "300", "mail-qmqpc", "Seconds to wait for a QMQP server" },
  { "timeoutremote", N, "1200", "mail-remote mail-rspawn mail-transport", "Seconds to wait for a reply" },
  { "timeoutreport", N, "604800", "mail-send",
    "Seconds after which a delivery of which nothing was heard is given up and tried again" },
  { "timeoutsmtpd", N, "1200", "mail-smtpd mail-qmtpd mail-qmqpd", "Seconds to wait for a client" },
  { "transports", M, 0, "mail-rspawn mail-remote mail-transport",
    "domain:lmtp:host[:port], lmtp:/socket, program:/path or smtp, instead of SMTP" },
  { "virtualdomains", M, 0, "mail-send mail-lookup mail-smtpd mail-qmtpd",
    "domain:user, mail for domain is local to user-..." },
};

unsigned int const settings_count = sizeof settings / sizeof settings[0];

struct setting const *setting_find(char const *name)
{
  unsigned int i;

  for (i = 0; i < settings_count; i++)
    if (!strcmp(settings[i].name, name)) return settings + i;
  return 0;
}
