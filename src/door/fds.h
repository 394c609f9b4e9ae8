/*
 * fds.h - which descriptor is what in the programs that mail-start starts
 *
 * 0 is the lifeline everywhere: a pipe that nobody writes to, held open by mail-start. Its end means that
 * mail-start is gone: finish, then exit. 1 and 2 are the log. Sockets between daemons are SOCK_SEQPACKET
 * (lib/io/packet.h); a closed one means that the neighbour is gone: end, and mail-start starts all again.
 */

#ifndef DOOR_FDS_H
#define DOOR_FDS_H

#define FD_LIFE 0
#define FD_LOG 2

#define QUEUED_LISTEN 3         /* the socket run/queue */

#define SEND_OPEN 3             /* orders to mail-open; its own reports back */
#define SEND_LSPAWN 4           /* reports */
#define SEND_RSPAWN 5           /* reports */
#define SEND_BOUNCE 6           /* reports */
#define SEND_CLEAN 7            /* requests and answers */
#define SEND_DESK 8             /* orders from mail-desk, and answers; where there is no mail-desk it is closed */

#define OPEN_SEND 3
#define OPEN_LSPAWN 4           /* jobs */
#define OPEN_RSPAWN 5
#define OPEN_BOUNCE 6

#define CLEAN_SEND 3

#define DESK_LISTEN 3           /* mail-desk: the socket run/desk/desk */
#define DESK_SEND 4             /* orders to mail-send, and its answers */

#define AGENT_JOBS 3            /* mail-lspawn, mail-rspawn, mail-bounce: jobs from mail-open */
#define AGENT_REPORTS 4         /* the same three: reports to mail-send */
#define LSPAWN_LOOKUP 5         /* questions to mail-lookup */

#define TLSD_LISTEN 3           /* mail-tlsd: with -s the socket run/tlsin/tls, with -c run/tlsout/tls */
#define KEYD_LISTEN 3           /* run/key/key */
#define AUTHD_LISTEN 3          /* run/auth/auth */

#define LOOKUP_SOCKET 3         /* mail-lookup: mail-lspawn, or with -l the listening socket run/verify/lookup */

#endif
