/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The table of commands: see commands.h.
 *
 * Source: xl(1) of Xen 4.17, for the words. Layer: tool.
 */
#include <string.h>

#include "commands.h"

/* clang-format off */
static const struct command_option create_options[] = {
    { 'c', NULL, NULL, "Connect to the console." },
    { 'p', NULL, NULL, "Leave the domain paused." },
    { 'q', "quiet", NULL, "Say nothing when all is well." },
    { 'n', "dryrun", NULL, "Only show what the configuration is, as JSON." },
    { 'e', NULL, NULL, "Do not wait in the background for its end." },
    { 'F', NULL, NULL, "Wait for its end in the foreground." },
    { 'f', "defconfig", "FILE", "The configuration." },
    { 0 } };
static const struct command_option list_options[] = {
    { 'l', "long", NULL, "Show the configurations, as JSON." },
    { 'v', "verbose", NULL, "With UUID and reason of the end." },
    { 0 } };
static const struct command_option shutdown_options[] = {
    { 'w', "wait", NULL, "Wait until they have ended." },
    { 'a', "all", NULL, "All guests." },
    { 'F', NULL, NULL, "Accepted, without effect." },
    { 0 } };
static const struct command_option destroy_options[] = {
    { 'f', NULL, NULL, "Accepted, without effect." },
    { 0 } };
static const struct command_option console_options[] = {
    { 't', NULL, "TYPE", "pv, or vuart for the emulated UART." },
    { 'n', NULL, "NUM", "Accepted: there is one of each type." },
    { 0 } };
static const struct command_option vcpu_set_options[] = {
    { OPT_IGNORE, "ignore-host", NULL, "Also more than the host has CPUs." },
    { 0 } };
static const struct command_option sched_options[] = {
    { 'd', "domain", "DOMAIN", "The domain to show or to change." },
    { 'w', "weight", "WEIGHT", "1 to 65535; 256 is the default." },
    { 'c', "cap", "CAP", "Percent of one CPU; 0: no limit." },
    { 's', "schedparam", NULL, "The scheduler itself, with -t, -r and -m." },
    { 't', "tslice_ms", "MS", "Time slice, 1 to 1000 ms." },
    { 'r', "ratelimit_us", "US", "Least time that a vCPU runs, in us." },
    { 'm', "migration_delay_us", "US", "Time that it stays on a CPU, in us." },
    { 'p', "cpupool", "POOL", "Of this pool." },
    { 0 } };
static const struct command_option pool_options[] = {
    { 'c', "cpus", NULL, "Show the CPUs." },
    { 0 } };
static const struct command_option info_options[] = {
    { 'n', "numa", NULL, "With the topology." },
    { 0 } };
static const struct command_option dmesg_options[] = {
    { 'c', "clear", NULL, "Clear the log." },
    { 0 } };
static const struct command_option help_options[] = {
    { 'l', "long", NULL, "With the options." },
    { 0 } };

#define D   (C_STORE | C_DOMAIN)
#define DM  (C_MUST | C_DOMAIN)
#define ALL C_STORE | C_LISTS
const struct command commands[] = {
    { "create", cmd_create, "FILE [KEY=VALUE...]",
      "Make a domain and start it. Then a process waits in the background "
      "for its end, and does what on_poweroff= and the like tell.",
      create_options, C_MUST, 0, 99 },
    { "list", cmd_list, "[DOMAIN...]",
      "Show domains: memory in MiB, state (r running, b blocked, p paused, s "
      "shut down, c crashed, d dying) and the time that they have run.",
      list_options, ALL, 0, 99 },
    { "destroy", cmd_destroy, "DOMAIN",
      "End a domain at once, with its devices.", destroy_options, D, 1, 1 },
    { "shutdown", cmd_shutdown, "DOMAIN | -a",
      "Ask a guest to shut down.", shutdown_options, C_MUST, 0, 1 },
    { "reboot", cmd_reboot, "DOMAIN | -a",
      "Ask a guest to start again.", shutdown_options, C_MUST, 0, 1 },
    { "pause", cmd_pause, "DOMAIN",
      "Stop all vCPUs of a domain.", NULL, D, 1, 1 },
    { "unpause", cmd_unpause, "DOMAIN",
      "Let a paused domain run.", NULL, D, 1, 1 },
    { "console", cmd_console, "DOMAIN",
      "Connect to a guest's console; Ctrl-] leaves it.", console_options, D,
      1, 1 },
    { "rename", cmd_rename, "DOMAIN NAME",
      "Give a domain another name.", NULL, DM, 2, 2 },
    { "domid", cmd_domid, "NAME",
      "Tell the id of a domain.", NULL, C_STORE, 1, 1 },
    { "domname", cmd_domname, "ID",
      "Tell the name of a domain.", NULL, C_STORE, 1, 1 },
    { "uptime", cmd_uptime, "[DOMAIN...]",
      "Show for how long domains have been there.", NULL, ALL, 0, 99 },
    { "vm-list", cmd_vm_list, "",
      "Show ids, names and UUIDs.", NULL, ALL, 0, 0 },
    { "sysrq", cmd_sysrq, "DOMAIN LETTER",
      "Send a magic key to a Linux guest.", NULL, DM, 2, 2 },
    { "mem-set", cmd_mem_set, "DOMAIN MIB[k|m|g]",
      "Ask a guest for memory, or give it back some: the target of its "
      "balloon driver.", NULL, DM, 2, 2 },
    { "mem-max", cmd_mem_max, "DOMAIN MIB[k|m|g]",
      "Set the most that a domain may have.", NULL, D, 2, 2 },
    { "vcpu-list", cmd_vcpu_list, "[DOMAIN...]",
      "Show vCPUs, where they run and where they may.", NULL, ALL, 0, 99 },
    { "vcpu-pin", cmd_vcpu_pin, "DOMAIN VCPU|all HARD [SOFT]",
      "Choose the CPUs where vCPUs may run (HARD) and had better run (SOFT): "
      "\"0-1,3\", \"all\", or - to leave them.", NULL, D, 3, 4 },
    { "vcpu-set", cmd_vcpu_set, "DOMAIN NUMBER",
      "Ask a guest to use so many vCPUs.", vcpu_set_options, DM, 2, 2 },
    { "sched-credit", cmd_sched_credit, "",
      "Show or change weights and caps.", sched_options, ALL, 0, 0 },
    { "cpupool-list", cmd_cpupool_list, "[POOL]",
      "Show the pools of CPUs.", pool_options, ALL, 0, 1 },
    { "info", cmd_info, "",
      "Tell about the host and the hypervisor.", info_options, C_LISTS, 0, 0 },
    { "dmesg", cmd_dmesg, "",
      "Show the hypervisor's log.", dmesg_options, 0, 0, 0 },
    { "debug-keys", cmd_debug_keys, "KEYS",
      "As if typed on the hypervisor's console; h shows what there is.",
      NULL, 0, 1, 1 },
    { "virq-list", cmd_virq_list, "",
      "Show which domain handles which global VIRQ.", NULL, C_LISTS, 0, 0 },
    { "virq-set", cmd_virq_set, "VIRQ DOMAIN",
      "Let a domain handle a global VIRQ, by its name or number.", NULL,
      C_STORE, 2, 2 },
    { "help", cmd_help, "[COMMAND]",
      "Show the commands, or all of one.", help_options, C_NO_XEN, 0, 1 },
};
/* clang-format on */

const unsigned int nr_commands = sizeof(commands) / sizeof(commands[0]);

const struct command *command_find(const char *name)
{
    for (unsigned int i = 0; i < nr_commands; i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

/* ---- help ---- */

/* "-c, --cpus=ARG", or what there is of it. */
static void option_text(const struct command_option *o, char *out, size_t size)
{
    char name[48] = "";

    if (o->name)
        snprintf(name, sizeof(name), "--%s%s%s", o->name, o->arg ? "=" : "",
                 o->arg ? o->arg : "");
    if (o->letter <= OPT_IGNORE)
        snprintf(out, size, "%s", name);
    else
        snprintf(out, size, "-%c%s%s", o->letter,
                 o->name  ? ", "
                 : o->arg ? " "
                          : "",
                 o->name  ? name
                 : o->arg ? o->arg
                          : "");
}

static const struct command_option json_option = { OPT_JSON, "json", NULL,
                                                   "For programs: JSON." };

/* The @i'th option of @c, with those that several have; NULL: no more. */
static const struct command_option *option_at(const struct command *c,
                                              unsigned int i)
{
    unsigned int own = 0;

    while (c->options && c->options[own].letter)
        own++;
    if (i < own)
        return &c->options[i];
    return i == own && (c->needs & C_LISTS) ? &json_option : NULL;
}

void command_usage(const struct command *c, FILE *to)
{
    const struct command_option *o;
    char text[64];

    fprintf(to, "Usage: xl [-v] %s%s%s%s\n\n%s\n", c->name,
            option_at(c, 0) ? " [options]" : "", *c->usage ? " " : "", c->usage,
            c->help);
    for (unsigned int i = 0; (o = option_at(c, i)); i++) {
        option_text(o, text, sizeof(text));
        fprintf(to, "%s  %-26s %s\n", i ? "" : "\nOptions:\n\n", text, o->help);
    }
}

int cmd_help(struct xl *x, struct args *a)
{
    const struct command *c;

    if (a->nr) {
        c = command_find(a->word[0]);
        if (!c)
            return refuse(x, "there is no command '%s': 'xl help' has all",
                          a->word[0]),
                   FAILED;
        command_usage(c, stdout);
        return OK;
    }
    printf("Usage: xl [-v] COMMAND [options] [words]\n\n");
    for (unsigned int i = 0; i < nr_commands; i++) {
        if (a->opt['l'])
            command_usage(&commands[i], stdout), putchar('\n');
        else
            printf(" %-14s %.*s\n", commands[i].name,
                   (int)strcspn(commands[i].help, ".:"), commands[i].help);
    }
    printf("\n'xl help COMMAND' tells all of one; 'xl --man' is the manual.\n");
    return OK;
}

/* ---- the manual ---- */

/* roff: a leading '.' or '-' would mean something else. */
static void roff(const char *text)
{
    for (; *text; text++) {
        if (*text == '-' || *text == '\\')
            putchar('\\');
        putchar(*text);
    }
}

static void manual_command(const struct command *c)
{
    const struct command_option *o;
    char text[64];

    printf(".TP\n.B ");
    roff(c->name);
    printf("%s ", option_at(c, 0) ? " [options]" : "");
    roff(c->usage);
    printf("\n");
    roff(c->help);
    printf("\n");
    for (unsigned int i = 0; (o = option_at(c, i)); i++) {
        option_text(o, text, sizeof(text));
        printf("%s.TP\n.B ", i ? "" : ".RS\n");
        roff(text);
        printf("\n");
        roff(o->help);
        printf("\n%s", option_at(c, i + 1) ? "" : ".RE\n");
    }
}

void commands_manual(void)
{
    printf(".\\\" Made by 'xl --man' from the table of commands.\n"
           ".TH XL 1\n.SH NAME\nxl \\- manage domains\n"
           ".SH SYNOPSIS\n.B xl\n[\\-v] COMMAND [options] [words]\n"
           ".SH DESCRIPTION\nStarts, shows and ends domains, from domain 0. "
           "A DOMAIN is a name or an id. \\-v tells each step.\n"
           ".SH COMMANDS\n");
    for (unsigned int i = 0; i < nr_commands; i++)
        manual_command(&commands[i]);
    printf(".SH EXIT STATUS\n0: done. 1: failed, with a line that says what, "
           "and what to do. 2: called with the wrong words. 3: create has "
           "made no domain.\n"
           ".SH FILES\n.I /var/log/xen/xl\\-NAME.log\nof the process that "
           "waits for the end of a domain.\n.br\n.I /etc/xen/scripts\n"
           "join devices with what they stand for.\n"
           ".SH SEE ALSO\nxl.cfg(5)\n");
}

/* ---- completion ---- */

void commands_completion(void)
{
    const struct command_option *o;

    printf("# bash completion for xl, made by 'xl --completion'.\n"
           "_xl()\n{\n    local word=${COMP_WORDS[COMP_CWORD]} words=\n"
           "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n        words='");
    for (unsigned int i = 0; i < nr_commands; i++)
        printf("%s%s", i ? " " : "", commands[i].name);
    printf("'\n    else\n        case ${COMP_WORDS[1]} in\n");
    for (unsigned int i = 0; i < nr_commands; i++) {
        printf("        %s) words='", commands[i].name);
        for (unsigned int j = 0; (o = option_at(&commands[i], j)); j++) {
            if (o->letter > OPT_IGNORE)
                printf("-%c ", o->letter);
            if (o->name)
                printf("--%s ", o->name);
        }
        printf("%s' ;;\n", strstr(commands[i].usage, "DOMAIN")
                               ? "'\"$(xl list 2>/dev/null | "
                                 "awk 'NR > 1 { print $1 }')\"'"
                               : "");
    }
    printf("        esac\n    fi\n"
           "    COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
           "    case ${COMP_WORDS[1]} in\n"
           "    create) COMPREPLY+=($(compgen -f -- \"$word\")) ;;\n"
           "    esac\n}\ncomplete -F _xl xl\n");
}
