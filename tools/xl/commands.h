/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The table of commands: what runs, what helps, what completes, and what the
 * manual says, all come from one row.
 *
 * Source: xl(1) of Xen 4.17, for the words. Layer: tool.
 */
#ifndef XL_COMMANDS_H
#define XL_COMMANDS_H

#include "xl.h"

/* What a command needs, and what it gives. */
#define C_STORE  1u  /* the store, if it is there */
#define C_MUST   2u  /* the store must be there */
#define C_DOMAIN 4u  /* its first word is a domain */
#define C_ANY    8u  /* ... which need not be there */
#define C_LISTS  16u /* has --json */
#define C_NO_XEN 32u /* runs anywhere */

/* Letters of options without a short form. */
#define OPT_JSON   1
#define OPT_IGNORE 2

struct command_option {
    char letter;      /* 0: the end of the list */
    const char *name; /* long form, or NULL */
    const char *arg;  /* name of its value, or NULL */
    const char *help;
};

struct command {
    const char *name;
    int (*run)(struct xl *x, struct args *a);
    const char *usage;                    /* of the words */
    const char *help;                     /* sentences */
    const struct command_option *options; /* NULL: none */
    unsigned int needs;
    int least, most; /* words */
};

extern const struct command commands[];
extern const unsigned int nr_commands;

const struct command *command_find(const char *name);

/* To @to: "Usage: ..." and the options. */
void command_usage(const struct command *c, FILE *to);

/* The whole manual as roff; the completion as bash. */
void commands_manual(void);
void commands_completion(void);

/* create.c and others: one function for each row. */
int cmd_create(struct xl *x, struct args *a);
int cmd_list(struct xl *x, struct args *a);
int cmd_vcpu_list(struct xl *x, struct args *a);
int cmd_vm_list(struct xl *x, struct args *a);
int cmd_uptime(struct xl *x, struct args *a);
int cmd_domid(struct xl *x, struct args *a);
int cmd_domname(struct xl *x, struct args *a);
int cmd_destroy(struct xl *x, struct args *a);
int cmd_shutdown(struct xl *x, struct args *a);
int cmd_reboot(struct xl *x, struct args *a);
int cmd_pause(struct xl *x, struct args *a);
int cmd_unpause(struct xl *x, struct args *a);
int cmd_rename(struct xl *x, struct args *a);
int cmd_console(struct xl *x, struct args *a);
int cmd_sysrq(struct xl *x, struct args *a);
int cmd_mem_set(struct xl *x, struct args *a);
int cmd_mem_max(struct xl *x, struct args *a);
int cmd_vcpu_pin(struct xl *x, struct args *a);
int cmd_vcpu_set(struct xl *x, struct args *a);
int cmd_sched_credit(struct xl *x, struct args *a);
int cmd_cpupool_list(struct xl *x, struct args *a);
int cmd_info(struct xl *x, struct args *a);
int cmd_dmesg(struct xl *x, struct args *a);
int cmd_debug_keys(struct xl *x, struct args *a);
int cmd_virq_list(struct xl *x, struct args *a);
int cmd_virq_set(struct xl *x, struct args *a);
int cmd_help(struct xl *x, struct args *a);

#endif /* XL_COMMANDS_H */
