/* ska.h - the parts of skalibs whose headers moved between 2.13 and 2.15 */

#ifndef LIB_SKA_H
#define LIB_SKA_H

#include <skalibs/djbunix.h>
#if __has_include(<skalibs/cspawn.h>)
#include <skalibs/cspawn.h>     /* child_spawn*, since 2.14 */
#endif

#endif
