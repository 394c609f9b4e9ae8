/* limits.h - bounds that several doors share */

#ifndef DOOR_LIMITS_H
#define DOOR_LIMITS_H

#define ADDRESS_MAX 1002                /* bytes of an envelope address, as in qmail; RFC 5321 asks for 256 */
#define ENVELOPE_BYTES_MAX 16777216     /* bytes of a whole envelope: 50,000 recipients of ordinary length have room */
#define LOCAL_JOBS_MAX 250              /* local deliveries at once: more would wait in mail-open's way to the others */
/* of the local deliveries at once, those to one user: control/concurrencyperuser, but never more than half */
#define local_share(places, peruser) ((peruser) < (places) / 2 ? (peruser) : (places) > 1 ? (places) / 2 : 1)
#define TEXT_MAX 500                    /* bytes of a result's text in a job or report */

#endif
