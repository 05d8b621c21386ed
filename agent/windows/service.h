/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * service: the agent as a Windows service, which is there before anybody logs in.
 *
 * A service (LocalSystem, session 0) sees no display. So it keeps a worker running in the
 * session that has the console: the same program with the same arguments, --worker in place
 * of --service, with the service's own rights, so that it may see the secure desktop, too.
 * The worker follows the console to another session, is started again when it has ended, and
 * ends with the service however that ends.
 *
 * Run under Wine, where services and programs share one session; not run on Windows.
 */
#ifndef AGENT_WINDOWS_SERVICE_H
#define AGENT_WINDOWS_SERVICE_H

/* As in vdibench-agent.wxs. */
#define SERVICE_NAME "vdibench-agent"

/* A worker that has ended is started again after this time; twice as long each further time,
 * until one has run for as long as the longest pause. */
#define SERVICE_AGAIN_FIRST_MS 1000
#define SERVICE_AGAIN_MAX_MS 30000

/* Of the program that Windows' service manager has started; returns when the service has been
 * stopped. The exit status; 1, with a line on standard error: somebody else has started it. */
int service_run(void);

/* Of a worker: standard error goes to SERVICE_LOG below the folder for all programs' data. A log
 * of more than SERVICE_LOG_MAX_BYTES is begun anew. */
void service_log_to_file(void);
#define SERVICE_LOG "vdibench\\agent.log"
#define SERVICE_LOG_MAX_BYTES (1024 * 1024)

#endif
