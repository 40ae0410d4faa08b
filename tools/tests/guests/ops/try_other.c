/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Event channels, and the small hypercalls, with good and bad arguments.
 *
 * Source: public/event_channel.h, sched.h, vcpu.h, hvm/params.h, version.h.
 * Layer:  test guest, first domain.
 */
#include <public/event_channel.h>
#include <public/hvm/params.h>
#include <public/sched.h>
#include <public/vcpu.h>
#include <public/version.h>

#include "ops.h"

#define CALL(prefix_, kind_, cmd_, op_, who_, what_, on_, want_, dom_, p_,     \
             ...)                                                              \
    .op = prefix_ #op_, .what = (what_), .who = (who_), .on = (on_),           \
    .want = (want_),                                                           \
    .call = { .kind = (kind_),                                                 \
              .cmd = (cmd_),                                                   \
              .dom = (dom_),                                                   \
              .pointers = (p_),                                                \
              .w = { __VA_ARGS__ } }
#define EP(op_, who_, what_, on_, want_, dom_, ...)                            \
    CALL("event.", EVENT, EVTCHNOP_##op_, op_, who_, what_, on_, want_, dom_,  \
         0, __VA_ARGS__)
#define EV(op_, who_, what_, want_, ...)                                       \
    {                                                                          \
        EP(op_, who_, what_, 0, want_, NO_DOM, __VA_ARGS__)                    \
    }
/* About a domain, whose id comes first. */
#define ED(op_, who_, what_, on_, want_, ...)                                  \
    {                                                                          \
        EP(op_, who_, what_, on_, want_, 0, 0, __VA_ARGS__)                    \
    }
/* With the port that was saved as word @n_. */
#define PORT(n_, op_, who_, what_, want_, ...)                                 \
    {                                                                          \
        .use = (n_) + 1, EP(op_, who_, what_, 0, want_, NO_DOM, __VA_ARGS__)   \
    }
#define SD(op_, who_, what_, on_, want_, dom_, ...)                            \
    {                                                                          \
        CALL("sched.", SCHED, SCHEDOP_##op_, op_, who_, what_, on_, want_,     \
             dom_, 0, __VA_ARGS__)                                             \
    }
#define VC(op_, who_, what_, want_, vcpu_, ...)                                \
    {                                                                          \
        .op = "vcpu." #op_, .what = (what_), .who = (who_), .want = (want_),   \
        .call = {                                                              \
            .kind = VCPU,                                                      \
            .cmd = VCPUOP_##op_,                                               \
            .n = (vcpu_),                                                      \
            .dom = NO_DOM,                                                     \
            .w = { __VA_ARGS__ }                                               \
        }                                                                      \
    }
#define HV(op_, who_, what_, on_, want_, index_)                               \
    {                                                                          \
        CALL("hvm.", HVM, HVMOP_##op_, op_, who_, what_, on_, want_, 0, 0, 0,  \
             index_, 5)                                                        \
    }
#define XV(op_, what_, want_)                                                  \
    {                                                                          \
        CALL("version.", VERSION, XENVER_##op_, op_, PLAIN, what_, 0, want_,   \
             NO_DOM, 0, 0)                                                     \
    }
/* No structure, or none of its kind. */
#define BAD(op_, what_, want_, kind_, cmd_)                                    \
    {                                                                          \
        .op = (op_), .what = (what_), .who = PLAIN, .want = (want_), .call = { \
            .kind = (kind_),                                                   \
            .cmd = (cmd_),                                                     \
            .dom = NO_DOM,                                                     \
            .nowhere = true                                                    \
        }                                                                      \
    }
#define MULTI(what_, want_, op_)                                               \
    {                                                                          \
        .op = "hypercall.multicall", .what = (what_), .who = PLAIN,            \
        .want = (want_), .call = {                                             \
            .kind = MULTICALL,                                                 \
            .n = 1,                                                            \
            .dom = NO_DOM,                                                     \
            .error = 8,                                                        \
            .w = { op_ }                                                       \
        }                                                                      \
    }

#define V       ON_VICTIM
#define NO_PORT 999
#define PAGE    (AGENT_PAGE(0) >> 12)

/* The same of both positions. */
#define PORTS_OF(who_)                                                         \
    { .save = 4, EP(alloc_unbound, who_, "its own", DOMID_SELF, 0, 0, 0) },    \
        { .use = 2, EP(status, who_, "unbound", DOMID_SELF, 0, 0, 0) },        \
        ED(status, who_, "no such port", DOMID_SELF, -EINVAL, NO_PORT),        \
        PORT(0, unmask, who_, "unbound", 0),                                   \
        EV(unmask, who_, "no such port", -EINVAL, NO_PORT),                    \
        PORT(0, bind_vcpu, who_, "vCPU 0", 0, 0, 0),                           \
        PORT(0, bind_vcpu, who_, "no such vCPU", -ENOENT, 0, 77),              \
        EV(bind_vcpu, who_, "no such port", -EINVAL, NO_PORT, 0),              \
        PORT(0, send, who_, "unbound", 0), PORT(0, close, who_, "unbound", 0), \
        PORT(0, close, who_, "twice", -EINVAL),                                \
        PORT(0, send, who_, "closed", -EINVAL),                                \
        EV(close, who_, "port 0", -EINVAL, 0),                                 \
        EV(close, who_, "no such port", -EINVAL, NO_PORT),                     \
        { .save = 4, EP(bind_ipi, who_, "vCPU 0", 0, 0, NO_DOM, 0) },          \
        PORT(0, bind_vcpu, who_, "an IPI", -EINVAL, 0, 0),                     \
        PORT(0, send, who_, "an IPI", 0), PORT(0, close, who_, "an IPI", 0),   \
        EV(bind_ipi, who_, "no such vCPU", -ENOENT, 77),                       \
        { .save = 8, EP(bind_virq, who_, "timer", 0, 0, NO_DOM, VIRQ_TIMER) }, \
        EV(bind_virq, who_, "timer twice", -EEXIST, VIRQ_TIMER),               \
        PORT(0, send, who_, "a VIRQ", -EINVAL),                                \
        PORT(0, bind_vcpu, who_, "VIRQ of a vCPU", -EINVAL, 0, 0),             \
        PORT(0, close, who_, "a VIRQ", 0),                                     \
        EV(bind_virq, who_, "no VIRQ", -EINVAL, 24),                           \
        EV(bind_virq, who_, "global, on vCPU 1", -EINVAL, VIRQ_CON_RING, 1),   \
        EV(bind_virq, who_, "no such vCPU", -ENOENT, VIRQ_TIMER, 77),          \
        EV(bind_pirq, who_, "any", -EINVAL, 34),                               \
        ED(bind_interdomain, who_, "nobody", NOBODY, -ESRCH, 1),               \
        ED(bind_interdomain, who_, "no such port", DOMID_SELF, -EINVAL,        \
           NO_PORT)

/* clang-format off */
const struct op_try other_tries[] = {
    { .fresh = true, EP(status, DOM0, "of one without ports", V, -EINVAL, 0,
                        0, 1) },
    PORTS_OF(DOM0),
    PORTS_OF(PLAIN),
    { .save = 4, EP(alloc_unbound, DOM0, "for dom0, of another", V, 0, 0,
                    0) },
    { .use = 2, EP(status, DOM0, "of another", V, 0, 0, 0) },
    { .save = 4, EP(alloc_unbound, DOM0, "to itself", DOMID_SELF, 0, 0, 0) },
    { .use = 2, EP(bind_interdomain, DOM0, "itself", 0, 0, 0, 0) },
    { .use = 2, EP(bind_interdomain, DOM0, "itself twice", 0, -EINVAL, 0,
                   0) },
    PORT(0, send, DOM0, "joined", 0),
    { .use = 1, .op = "domctl.subscribe", .what = "a port", .on = V,
      .want = 0, .call = { .kind = DOMCTL, .cmd = XEN_DOMCTL_subscribe,
                           .dom = NO_DOM } },
    { .op = "domctl.subscribe", .what = "no such port", .on = V,
      .want = -EINVAL, .call = { .kind = DOMCTL, .dom = NO_DOM,
                                 .cmd = XEN_DOMCTL_subscribe,
                                 .w = { NO_PORT } } },
    PORT(0, close, DOM0, "joined", 0),
    ED(alloc_unbound, DOM0, "of nobody", NOBODY, -ESRCH, 0),
    ED(alloc_unbound, PLAIN, "of nobody", NOBODY, -EPERM, 0),
    { EP(alloc_unbound, PLAIN, "for nobody", NOBODY, -ESRCH, 2, DOMID_SELF) },
    { EP(alloc_unbound, PLAIN, "for another guest", V, -EPERM, 2,
         DOMID_SELF) },
    ED(bind_interdomain, PLAIN, "another guest", V, -EPERM, 1),
    ED(status, DOM0, "of nobody", NOBODY, -ESRCH, 1),
    ED(status, PLAIN, "of nobody", NOBODY, -EPERM, 1),
    EV(bind_virq, PLAIN, "another's", -EBUSY, VIRQ_DOM_EXC),
    ED(reset, DOM0, "one that waits", V, 0, 0),
    ED(reset, DOM0, "one that runs", ON_PLAIN, -EINVAL, 0),
    ED(reset, DOM0, "nobody", NOBODY, -ESRCH, 0),
    ED(reset, PLAIN, "nobody", NOBODY, -EPERM, 0),
    ED(reset, PLAIN, "itself", DOMID_SELF, 0, 0),
    EV(init_control, PLAIN, "any", -ENOSYS, 0),
    EV(expand_array, PLAIN, "any", -ENOSYS, 0),
    EV(set_priority, PLAIN, "any", -ENOSYS, 0),
    BAD("event", "no such operation", -ENOSYS, EVENT, 99),
    BAD("event.alloc_unbound", "no structure", -EFAULT, EVENT,
        EVTCHNOP_alloc_unbound),
    BAD("event.bind_interdomain", "no structure", -EFAULT, EVENT,
        EVTCHNOP_bind_interdomain),
    BAD("event.send", "no structure", -EFAULT, EVENT, EVTCHNOP_send),

    SD(yield, DOM0, "now", 0, 0, NO_DOM, 0),
    SD(yield, PLAIN, "now", 0, 0, NO_DOM, 0),
    SD(shutdown, PLAIN, "no such reason", 0, -EINVAL, NO_DOM, 99),
    BAD("sched.shutdown", "no structure", -EFAULT, SCHED, SCHEDOP_shutdown),
    SD(poll, PLAIN, "a time that has been", 0, 0, NO_DOM, 0, 0, 0, 0, 1),
    SD(poll, PLAIN, "129 ports", 0, -EINVAL, NO_DOM, 8, 0, 129),
    SD(poll, PLAIN, "ports nowhere", 0, -EFAULT, NO_DOM, 8, 0, 1),
    { CALL("sched.", SCHED, SCHEDOP_poll, poll, PLAIN, "no such port", 0,
           -EINVAL, NO_DOM, 1, 40, 0, 1, 0, 0, 0, [10] = 5000) },
    SD(watchdog, PLAIN, "one", 0, 1, NO_DOM, 0, 1000),
    SD(watchdog, PLAIN, "two", 0, 2, NO_DOM, 0, 1000),
    SD(watchdog, PLAIN, "three", 0, -ENOSPC, NO_DOM, 0, 1000),
    SD(watchdog, PLAIN, "fed", 0, 0, NO_DOM, 1, 1000),
    SD(watchdog, PLAIN, "no such", 0, -EINVAL, NO_DOM, 3, 1000),
    SD(watchdog, PLAIN, "one less", 0, 0, NO_DOM, 1),
    SD(watchdog, PLAIN, "two less", 0, 0, NO_DOM, 2),
    SD(watchdog, PLAIN, "one that is not", 0, -EINVAL, NO_DOM, 1),
    SD(remote_shutdown, DOM0, "nobody", NOBODY, -ESRCH, 0, 0, 1),
    SD(remote_shutdown, DOM0, "DOMID_SELF", DOMID_SELF, -ESRCH, 0, 0, 1),
    SD(remote_shutdown, DOM0, "no such reason", V, -EINVAL, 0, 0, 6),
    SD(remote_shutdown, DOM0, "another", V, 0, 0, 0, 1),
    SD(remote_shutdown, PLAIN, "itself", DOMID_SELF, -EPERM, 0, 0, 1),
    SD(remote_shutdown, PLAIN, "nobody", NOBODY, -EPERM, 0, 0, 1),
    { .op = "domctl.resumedomain", .what = "one that has stopped", .on = V,
      .want = 0, .call = { .kind = DOMCTL, .cmd = XEN_DOMCTL_resumedomain,
                           .dom = NO_DOM } },
    SD(shutdown_code, PLAIN, "no such reason", 0, -EINVAL, NO_DOM, 6),
    SD(shutdown_code, PLAIN, "reboot", 0, 0, NO_DOM, 1),
    BAD("sched.shutdown_code", "no structure", -EFAULT, SCHED,
        SCHEDOP_shutdown_code),
    SD(pin_override, DOM0, "not pinned", 0, -EINVAL, NO_DOM, ~0u),
    SD(pin_override, DOM0, "no such pCPU", 0, -EINVAL, NO_DOM, 8),
    SD(pin_override, DOM0, "pCPU that is not there", 0, -EINVAL, NO_DOM, 7),
    SD(pin_override, DOM0, "pCPU 0", 0, 0, NO_DOM, 0),
    SD(pin_override, DOM0, "twice", 0, -EBUSY, NO_DOM, 0),
    { .op = "domctl.setvcpuaffinity", .what = "pinned by itself", .on = 0,
      .want = -EBUSY,
      .call = { .kind = DOMCTL, .cmd = XEN_DOMCTL_setvcpuaffinity,
                .dom = NO_DOM, .pointers = 1u << 2,
                .w = { 0, 1, 96, 0, 8, [20] = 1 } } },
    SD(pin_override, DOM0, "not any more", 0, 0, NO_DOM, ~0u),
    SD(pin_override, PLAIN, "not dom0", 0, -EPERM, NO_DOM, 0),
    BAD("sched", "no such operation", -ENOSYS, SCHED, 99),

    VC(register_vcpu_info, PLAIN, "not aligned", -ENXIO, 0, PAGE + 13, 0, 4),
    VC(register_vcpu_info, PLAIN, "beyond the page", -ENXIO, 0,
       PAGE + 13, 0, 4056),
    VC(register_vcpu_info, PLAIN, "no page", -EINVAL, 0, 0x70000, 0, 0),
    VC(register_vcpu_info, PLAIN, "no such vCPU", -ENOENT, 77, PAGE + 13),
    VC(register_vcpu_info, PLAIN, "its own", 0, 0, PAGE + 13, 0, 4048),
    VC(register_vcpu_info, PLAIN, "twice", -EINVAL, 0, PAGE + 13, 0, 0),
    BAD("vcpu.register_vcpu_info", "no structure", -EFAULT, VCPU,
        VCPUOP_register_vcpu_info),
    VC(register_runstate_memory_area, PLAIN, "nowhere", -EFAULT, 0, 8),
    VC(register_runstate_memory_area, PLAIN, "its own", 0, 0,
       AGENT_PAGE(12) + 8),
    VC(register_runstate_memory_area, PLAIN, "none", 0, 0, 0),
    VC(register_runstate_memory_area, PLAIN, "no such vCPU", -ENOENT, 77, 0),
    BAD("vcpu", "no such operation", -EINVAL, VCPU, 0),

    HV(set_param, DOM0, "of another", V, 0, HVM_PARAM_STORE_PFN),
    HV(set_param, DOM0, "no such index", V, -EINVAL, 3),
    HV(set_param, DOM0, "beyond all", V, -EINVAL, 99),
    HV(set_param, DOM0, "its own", DOMID_SELF, -EPERM, HVM_PARAM_STORE_PFN),
    HV(set_param, DOM0, "of nobody", NOBODY, -ESRCH, HVM_PARAM_STORE_PFN),
    HV(set_param, PLAIN, "its own", DOMID_SELF, -EPERM, HVM_PARAM_STORE_PFN),
    HV(get_param, PLAIN, "its own", DOMID_SELF, 0, HVM_PARAM_STORE_PFN),
    HV(get_param, PLAIN, "no such index", DOMID_SELF, -EINVAL, 3),
    HV(get_param, PLAIN, "of nobody", NOBODY, -EPERM, HVM_PARAM_STORE_PFN),
    BAD("hvm.get_param", "no structure", -EFAULT, HVM, HVMOP_get_param),
    { .op = "hvm.guest_request_vm_event", .what = "heard by nobody",
      .who = PLAIN, .want = 0,
      .call = { .kind = HVM_NULL, .cmd = HVMOP_guest_request_vm_event,
                .dom = NO_DOM } },
    BAD("hvm.guest_request_vm_event", "with a structure", -EINVAL, HVM,
        HVMOP_guest_request_vm_event),
    BAD("hvm", "no such operation", -ENOSYS, HVM, 77),

    { .op = "console.write", .what = "nothing", .want = 0,
      .call = { .kind = CONSOLE, .cmd = CONSOLEIO_write, .dom = NO_DOM } },
    { .op = "console.write", .what = "text nowhere", .want = -EFAULT,
      .call = { .kind = CONSOLE, .cmd = CONSOLEIO_write, .dom = NO_DOM,
                .n = 10, .nowhere = true } },
    { .op = "console.read", .what = "nothing was typed", .want = 0,
      .call = { .kind = CONSOLE, .cmd = CONSOLEIO_read, .dom = NO_DOM,
                .n = 10 } },
    { .op = "console", .what = "no such operation", .want = -ENOSYS,
      .call = { .kind = CONSOLE, .cmd = 9, .dom = NO_DOM } },
    { .op = "assist.enable", .what = "runstate", .who = PLAIN, .want = 0,
      .call = { .kind = ASSIST, .cmd = VMASST_CMD_enable,
                .n = VMASST_TYPE_runstate_update_flag } },
    { .op = "assist.enable", .what = "another", .who = PLAIN,
      .want = -EINVAL,
      .call = { .kind = ASSIST, .cmd = VMASST_CMD_enable, .n = 4 } },
    { .op = "assist.disable", .what = "runstate", .who = PLAIN, .want = 0,
      .call = { .kind = ASSIST, .cmd = VMASST_CMD_disable,
                .n = VMASST_TYPE_runstate_update_flag } },
    { .op = "assist.disable", .what = "another", .who = PLAIN,
      .want = -EINVAL,
      .call = { .kind = ASSIST, .cmd = VMASST_CMD_disable, .n = 4 } },
    { .op = "assist", .what = "no such command", .who = PLAIN,
      .want = -ENOSYS, .call = { .kind = ASSIST, .cmd = 7, .n = 5 } },

    XV(version, "4.17", 0x40011), XV(extraversion, "told", 0),
    XV(compile_info, "told", 0), XV(capabilities, "told", 0),
    XV(changeset, "told", 0), XV(platform_parameters, "told", 0),
    XV(get_features, "told", 0), XV(guest_handle, "told", 0),
    XV(commandline, "denied in words", 0), XV(build_id, "denied", -EPERM),
    { CALL("version.", VERSION, XENVER_get_features, get_features, PLAIN,
           "no such word", 0, -EINVAL, NO_DOM, 0, 1) },
    { CALL("version.", VERSION_0, XENVER_pagesize, pagesize, PLAIN, "4096",
           0, 4096, NO_DOM, 0, 0) },
    XV(pagesize, "with a structure", -EINVAL),
    { CALL("version.", VERSION, XENVER_build_id, build_id, DOM0, "none", 0,
           -ENODATA, NO_DOM, 0, 0) },
    BAD("version.extraversion", "nowhere", -EFAULT, VERSION,
        XENVER_extraversion),
    BAD("version.compile_info", "nowhere", -EFAULT, VERSION,
        XENVER_compile_info),
    BAD("version.capabilities", "nowhere", -EFAULT, VERSION,
        XENVER_capabilities),
    BAD("version.changeset", "nowhere", -EFAULT, VERSION, XENVER_changeset),
    BAD("version.platform_parameters", "nowhere", -EFAULT, VERSION,
        XENVER_platform_parameters),
    BAD("version.get_features", "nowhere", -EFAULT, VERSION,
        XENVER_get_features),
    BAD("version.guest_handle", "nowhere", -EFAULT, VERSION,
        XENVER_guest_handle),
    BAD("version.commandline", "nowhere", -EFAULT, VERSION,
        XENVER_commandline),
    BAD("version", "no such operation", -ENOSYS, VERSION, 99),

    MULTI("the version", 0x40011, __HYPERVISOR_xen_version),
    MULTI("no such hypercall", -ENOSYS, 63),
    MULTI("a list in a list", -EINVAL, __HYPERVISOR_multicall),
    { .op = "hypercall.multicall", .what = "a list nowhere", .who = PLAIN,
      .want = -EFAULT, .call = { .kind = MULTICALL, .n = 1, .dom = NO_DOM,
                                 .nowhere = true } },
    { .what = NULL },
};
/* clang-format on */
