/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "agent/windows/service.h"

#include <shlobj.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>
#include <windows.h>
#include <wtsapi32.h>

#define NAME_W L"vdibench-agent"
/* No session has the console just now: one is on its way. */
#define NO_SESSION 0xffffffffu
/* As long as the longest command line of Windows'. */
#define COMMAND_CHARACTERS 32768

static const wchar_t service_word[] = L"--service", worker_word[] = L"--worker ";

/* The service's one thread, but for `stop`, `session_changed` and `handle`. */
static struct {
    SERVICE_STATUS_HANDLE handle;
    HANDLE stop;            /* an event that stays */
    HANDLE session_changed; /* an event */
    HANDLE job;             /* its processes end when it is closed */
    HANDLE worker;          /* NULL: none */
    ULONGLONG started_ms;
    DWORD again_ms;
} service;

static void report_state(DWORD state, DWORD error)
{
    SERVICE_STATUS status = {
        .dwServiceType = SERVICE_WIN32_OWN_PROCESS,
        .dwCurrentState = state,
        .dwControlsAccepted =
            state == SERVICE_RUNNING
                ? SERVICE_ACCEPT_STOP | SERVICE_ACCEPT_SHUTDOWN | SERVICE_ACCEPT_SESSIONCHANGE
                : 0,
        .dwWin32ExitCode = error,
    };

    SetServiceStatus(service.handle, &status);
}

/* A thread of the service manager's. */
static DWORD WINAPI on_control(DWORD control, DWORD event, void *details, void *data)
{
    switch (control) {
    case SERVICE_CONTROL_STOP:
    case SERVICE_CONTROL_SHUTDOWN:
        SetEvent(service.stop);
        return NO_ERROR;
    case SERVICE_CONTROL_SESSIONCHANGE:
        SetEvent(service.session_changed);
        return NO_ERROR;
    case SERVICE_CONTROL_INTERROGATE:
        return NO_ERROR;
    default:
        return ERROR_CALL_NOT_IMPLEMENTED;
    }
}

/* --- the worker ----------------------------------------------------------------------- */

/* The service's own token, for another session. NULL: not allowed, which LocalSystem is. */
static HANDLE token_for(DWORD session)
{
    HANDLE own = NULL, token = NULL;

    if (!OpenProcessToken(GetCurrentProcess(), TOKEN_DUPLICATE, &own))
        return NULL;
    bool made =
        DuplicateTokenEx(own, MAXIMUM_ALLOWED, NULL, SecurityImpersonation, TokenPrimary, &token) &&
        SetTokenInformation(token, TokenSessionId, &session, sizeof session);
    CloseHandle(own);
    if (made)
        return token;
    if (token)
        CloseHandle(token);
    return NULL;
}

/* Of the service, with --worker in place of the first --service. False: it is too long. */
static bool worker_command(wchar_t command[static COMMAND_CHARACTERS])
{
    const wchar_t *own = GetCommandLineW();

    if (wcslen(own) >= COMMAND_CHARACTERS)
        return false;
    wcscpy(command, own);
    wchar_t *word = wcsstr(command, service_word);
    if (word)
        memcpy(word, worker_word, wcslen(worker_word) * sizeof *word);
    return word != NULL;
}

static bool start_process(HANDLE token, PROCESS_INFORMATION *ret_process)
{
    static wchar_t command[COMMAND_CHARACTERS], desktop[] = L"winsta0\\default";
    wchar_t program[MAX_PATH];
    STARTUPINFOW startup = {.cb = sizeof startup, .lpDesktop = desktop};

    if (!worker_command(command) || !GetModuleFileNameW(NULL, program, MAX_PATH))
        return false;
    /* Suspended until it is in the job: nothing of it can be left behind. */
    return CreateProcessAsUserW(token, program, command, NULL, NULL, FALSE,
                                CREATE_SUSPENDED | CREATE_NO_WINDOW, NULL, NULL, &startup,
                                ret_process);
}

static bool start_worker(DWORD session)
{
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits = {.BasicLimitInformation.LimitFlags =
                                                       JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE};
    PROCESS_INFORMATION process = {0};
    HANDLE token = token_for(session);

    service.started_ms = GetTickCount64();
    service.job = token ? CreateJobObjectW(NULL, NULL) : NULL;
    bool started = service.job &&
                   SetInformationJobObject(service.job, JobObjectExtendedLimitInformation, &limits,
                                           sizeof limits) &&
                   start_process(token, &process);
    if (token)
        CloseHandle(token);
    if (!started)
        return false;
    service.worker = process.hProcess;
    bool kept = AssignProcessToJobObject(service.job, process.hProcess);
    if (kept)
        ResumeThread(process.hThread);
    else
        TerminateProcess(process.hProcess, 1);
    CloseHandle(process.hThread);
    return kept;
}

static void end_worker(void)
{
    if (service.job)
        CloseHandle(service.job);
    if (service.worker) {
        WaitForSingleObject(service.worker, INFINITE); /* then its port is closed */
        CloseHandle(service.worker);
    }
    service.job = service.worker = NULL;
}

/* For how long to wait before the next one is started. */
static DWORD pause_ms(void)
{
    if (GetTickCount64() - service.started_ms >= SERVICE_AGAIN_MAX_MS)
        service.again_ms = SERVICE_AGAIN_FIRST_MS;
    DWORD ms = service.again_ms;
    service.again_ms = ms * 2 < SERVICE_AGAIN_MAX_MS ? ms * 2 : SERVICE_AGAIN_MAX_MS;
    return ms;
}

/* Until the service is to stop. */
static void supervise(void)
{
    service.again_ms = SERVICE_AGAIN_FIRST_MS;
    for (;;) {
        DWORD session = WTSGetActiveConsoleSessionId();
        HANDLE events[] = {service.stop, service.session_changed, NULL};
        bool runs = session != NO_SESSION && start_worker(session);

        events[2] = service.worker;
        DWORD got;
        do
            got = WaitForMultipleObjects(runs ? 3 : 2, events, FALSE, runs ? INFINITE : pause_ms());
        while (got == WAIT_OBJECT_0 + 1 && runs && WTSGetActiveConsoleSessionId() == session);
        end_worker();
        if (got == WAIT_OBJECT_0)
            return;
        if (got == WAIT_OBJECT_0 + 2 &&
            WaitForSingleObject(service.stop, pause_ms()) == WAIT_OBJECT_0)
            return;
    }
}

/* --- the service ------------------------------------------------------------------------ */

static void WINAPI serve(DWORD argc, wchar_t **argv)
{
    service.handle = RegisterServiceCtrlHandlerExW(NAME_W, on_control, NULL);
    if (!service.handle)
        return;
    service.stop = CreateEventW(NULL, TRUE, FALSE, NULL);
    service.session_changed = CreateEventW(NULL, FALSE, FALSE, NULL);
    if (!service.stop || !service.session_changed) {
        report_state(SERVICE_STOPPED, ERROR_NOT_ENOUGH_MEMORY);
        return;
    }
    report_state(SERVICE_RUNNING, NO_ERROR);
    supervise();
    report_state(SERVICE_STOPPED, NO_ERROR);
}

int service_run(void)
{
    static wchar_t name[] = NAME_W;
    const SERVICE_TABLE_ENTRYW table[] = {{name, serve}, {NULL, NULL}};

    if (StartServiceCtrlDispatcherW(table))
        return EXIT_SUCCESS;
    fprintf(stderr,
            SERVICE_NAME ": --service is for Windows' service manager (error %lu): install the "
                         "MSI, or leave --service out\n",
            GetLastError());
    return EXIT_FAILURE;
}

void service_log_to_file(void)
{
    wchar_t path[MAX_PATH], data[MAX_PATH];
    WIN32_FILE_ATTRIBUTE_DATA file = {0};

    if (FAILED(SHGetFolderPathW(NULL, CSIDL_COMMON_APPDATA, NULL, SHGFP_TYPE_CURRENT, data)) ||
        swprintf(path, MAX_PATH, L"%ls\\vdibench", data) < 0)
        return;
    CreateDirectoryW(path, NULL);
    if (swprintf(path, MAX_PATH, L"%ls\\%hs", data, SERVICE_LOG) < 0)
        return;
    GetFileAttributesExW(path, GetFileExInfoStandard, &file);
    if (_wfreopen(path, file.nFileSizeLow > SERVICE_LOG_MAX_BYTES ? L"w" : L"a", stderr))
        setvbuf(stderr, NULL, _IONBF, 0);
}
