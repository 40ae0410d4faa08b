/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Calls about events, the scheduler, vCPUs, versions and parameters.
 *
 * Source: public/event_channel.h, public/sched.h, public/vcpu.h,
 *         public/version.h, public/hvm/params.h.
 * Layer:  test guest.
 */
#include <public/event_channel.h>
#include <public/hvm/params.h>
#include <public/sched.h>
#include <public/vcpu.h>
#include <public/version.h>

#include <xen/string.h>

#include "domain.h"
#include "fuzz.h"

#define WARM_PORTS 512

uint32_t ports[PORTS];

/* Ports that wait for us: domid in bits 31:16, port below. */
#define UNBOUND 32u
static uint32_t unbound[UNBOUND];

/* By vCPU and VIRQ. */
static uint32_t virqs[FUZZ_CPUS * NR_VIRQS];

/* One word of an operation that has nothing else. */
static int32_t event_word(struct fuzz *f, uint32_t cmd, uint32_t word)
{
    TWIST(f, word);
    return call_op(f, __HYPERVISOR_event_channel_op, cmd, &word, sizeof(word));
}

static void end_port(uint32_t port)
{
    if (port)
        event_close(port);
}

static void keep_port(struct fuzz *f, int32_t rc, uint32_t port)
{
    if (rc == 0 && f->mine[0])
        end_port(keep(ports, PORTS, f, port));
}

/* ---- events ---- */

static int32_t alloc_unbound(struct fuzz *f)
{
    bool theirs = control && one_in(f, 4);
    struct evtchn_alloc_unbound op = { .dom = DOMID_SELF };
    uint32_t owner = self, old;
    int32_t rc;

    if (theirs)
        owner = op.dom = (domid_t)draw_victim(f);
    op.remote_dom = (domid_t)(theirs || !one_in(f, 8) ? self : 0);
    TWIST(f, op.remote_dom);
    rc = call_op(f, __HYPERVISOR_event_channel_op, EVTCHNOP_alloc_unbound, &op,
                 sizeof(op));
    if (rc || !f->mine[0])
        return rc;
    if (op.remote_dom == self) {
        old = keep(unbound, UNBOUND, f, owner << 16 | op.port);
        if (old >> 16 == self)
            end_port(old & 0xffff);
    } else {
        keep_port(f, rc, op.port);
    }
    return rc;
}

/* The remote port first, when there is none to be had. */
static uint32_t one_unbound(struct fuzz *f)
{
    uint32_t found = take(unbound, UNBOUND, f);
    int port = 0;

    if (!found)
        port = event_alloc_unbound(DOMID_SELF);
    return port > 0 ? self << 16 | (uint32_t)port : found;
}

static int32_t bind_interdomain(struct fuzz *f)
{
    uint32_t theirs = one_unbound(f);
    struct evtchn_bind_interdomain op = {
        .remote_dom = (domid_t)(theirs >> 16),
        .remote_port = theirs & 0xffff,
    };
    int32_t rc;

    TWIST(f, op.remote_dom);
    TWIST(f, op.remote_port);
    rc = call_op(f, __HYPERVISOR_event_channel_op, EVTCHNOP_bind_interdomain,
                 &op, sizeof(op));
    keep_port(f, rc, op.local_port);
    if (theirs >> 16 == self)
        end_port(keep(ports, PORTS, f, theirs & 0xffff));
    return rc;
}

static int32_t bind_virq(struct fuzz *f)
{
    static const uint8_t numbers[] = {
        VIRQ_TIMER,   VIRQ_DEBUG,   VIRQ_XENOPROF, VIRQ_XENPMU, VIRQ_ARGO,
        VIRQ_CONSOLE, VIRQ_DOM_EXC, VIRQ_CON_RING, VIRQ_ENOMEM,
    };
    uint32_t which = draw_below(f, control ? ARRAY_SIZE(numbers) : 5);
    uint32_t *slot;
    struct evtchn_bind_virq op = { .virq = numbers[which] };
    int32_t rc;

    op.vcpu = which < 4 ? draw_below(f, FUZZ_CPUS) : 0;
    slot = &virqs[op.vcpu * NR_VIRQS + op.virq];
    if (!one_in(f, 8))
        end_port(__atomic_exchange_n(slot, 0, __ATOMIC_SEQ_CST));
    TWIST(f, op.virq);
    TWIST(f, op.vcpu);
    rc = call_op(f, __HYPERVISOR_event_channel_op, EVTCHNOP_bind_virq, &op,
                 sizeof(op));
    if (rc == 0 && f->mine[0])
        end_port(__atomic_exchange_n(slot, op.port, __ATOMIC_SEQ_CST));
    return rc;
}

static int32_t bind_pirq(struct fuzz *f)
{
    struct evtchn_bind_pirq op = { .pirq = draw_below(f, 64) };

    return call_op(f, __HYPERVISOR_event_channel_op, EVTCHNOP_bind_pirq, &op,
                   sizeof(op));
}

static int32_t bind_ipi(struct fuzz *f)
{
    struct evtchn_bind_ipi op = { .vcpu = draw_below(f, FUZZ_CPUS) };
    int32_t rc;

    TWIST(f, op.vcpu);
    rc = call_op(f, __HYPERVISOR_event_channel_op, EVTCHNOP_bind_ipi, &op,
                 sizeof(op));
    keep_port(f, rc, op.port);
    return rc;
}

static int32_t bind_vcpu(struct fuzz *f)
{
    struct evtchn_bind_vcpu op = {
        .port = look(unbound, UNBOUND, f) & 0xffff,
        .vcpu = draw_below(f, FUZZ_CPUS),
    };

    if (one_in(f, 2))
        op.port = look(ports, PORTS, f);
    TWIST(f, op.port);
    TWIST(f, op.vcpu);
    return call_op(f, __HYPERVISOR_event_channel_op, EVTCHNOP_bind_vcpu, &op,
                   sizeof(op));
}

/* One in eight does not mind that the other vCPU has it too. */
static int32_t close_port(struct fuzz *f)
{
    uint32_t port = one_in(f, 8) ? look(ports, PORTS, f)
                                 : take(ports, PORTS, f);

    return event_word(f, EVTCHNOP_close, port);
}

static int32_t send(struct fuzz *f)
{
    return event_word(f, EVTCHNOP_send, look(ports, PORTS, f));
}

static int32_t unmask(struct fuzz *f)
{
    return event_word(f, EVTCHNOP_unmask, look(ports, PORTS, f));
}

static int32_t status(struct fuzz *f)
{
    struct evtchn_status op = {
        .dom = (domid_t)(control ? draw_anybody(f) : DOMID_SELF),
        .port = draw_below(f, 128),
    };

    TWIST(f, op.dom);
    TWIST(f, op.port);
    return call_op(f, __HYPERVISOR_event_channel_op, EVTCHNOP_status, &op,
                   sizeof(op));
}

void events_forget(void)
{
    for (uint32_t i = 0; i < PORTS; i++)
        WRITE_ONCE(ports[i], 0);
    for (uint32_t i = 0; i < ARRAY_SIZE(virqs); i++)
        WRITE_ONCE(virqs[i], 0);
    for (uint32_t i = 0; i < UNBOUND; i++)
        WRITE_ONCE(unbound[i], 0);
}

/* Ours seldom: it is the end of all ports. Victims' while they are paused. */
static int32_t reset(struct fuzz *f)
{
    bool ours = !control || one_in(f, 8);
    struct evtchn_reset op = { .dom = DOMID_SELF };
    int32_t rc;

    if (!ours) {
        op.dom = (domid_t)draw_victim(f);
        if (!one_in(f, 4))
            domain_pause(op.dom);
    }
    rc = call_op(f, __HYPERVISOR_event_channel_op, EVTCHNOP_reset, &op,
                 sizeof(op));
    if (ours && rc == 0)
        events_forget();
    if (!ours)
        domain_unpause(op.dom);
    return rc;
}

static int32_t fifo(struct fuzz *f)
{
    uint64_t words[4] = { draw(f), draw(f) };

    return call_op(f, __HYPERVISOR_event_channel_op,
                   EVTCHNOP_init_control + draw_below(f, 3), words,
                   sizeof(words));
}

void events_warm(void)
{
    int port = 0;

    for (uint32_t i = 0; i < WARM_PORTS && port >= 0; i++)
        port = event_alloc_unbound(DOMID_SELF);
    events_end();
}

void events_end(void)
{
    struct evtchn_reset op = { .dom = DOMID_SELF };

    plain_op(__HYPERVISOR_event_channel_op, EVTCHNOP_reset, &op);
    events_forget();
}

/* ---- the scheduler ---- */

/* The timer ends every wait: IRQs are masked, so nobody takes it but us. */
static void alarm_set(void)
{
    timer_arm(timer_now() + us_to_ticks(50));
}

static void alarm_end(void)
{
    uint32_t irq;

    timer_stop();
    irq = read32(machine.gicc + GICC_IAR) & 0x3ff;
    if (irq != GIC_SPURIOUS)
        write32(machine.gicc + GICC_EOIR, irq);
}

static int32_t yield(struct fuzz *f)
{
    return hypercall(__HYPERVISOR_sched_op, SCHEDOP_yield, draw(f), 0, 0, 0);
}

static int32_t block(struct fuzz *f)
{
    int32_t rc;

    alarm_set();
    rc = hypercall(__HYPERVISOR_sched_op, SCHEDOP_block, draw(f), 0, 0, 0);
    alarm_end();
    return rc;
}

static int32_t poll(struct fuzz *f)
{
    evtchn_port_t list[4];
    struct sched_poll op = { .nr_ports = draw_below(f, 5), .timeout = 1 };
    int32_t rc;

    for (uint32_t i = 0; i < 4; i++)
        list[i] = look(ports, PORTS, f);
    op.ports.q = put(f, 1, list, sizeof(list));
    TWIST(f, op.nr_ports);
    TWIST(f, op.timeout);
    alarm_set();
    rc = call_op(f, __HYPERVISOR_sched_op, SCHEDOP_poll, &op, sizeof(op));
    alarm_end();
    return rc;
}

/*
 * A domain that somebody lets go on afterwards may suspend itself, else the
 * reason is none that there is.
 */
static int32_t shutdown(struct fuzz *f)
{
    static int resumed = -1;
    struct sched_shutdown op = { .reason = SHUTDOWN_suspend };

    if (resumed < 0)
        resumed = bootarg_set("resumed");
    if (!resumed)
        op.reason = SHUTDOWN_MAX + 1 + draw_below(f, 1000);
    return call_op(f, __HYPERVISOR_sched_op, SCHEDOP_shutdown, &op, sizeof(op));
}

/* Only the code that the end of the run has anyway. */
static int32_t shutdown_code(struct fuzz *f)
{
    struct sched_shutdown op = { .reason = SHUTDOWN_poweroff };

    if (f->twist)
        op.reason = SHUTDOWN_MAX + 1;
    return call_op(f, __HYPERVISOR_sched_op, SCHEDOP_shutdown_code, &op,
                   sizeof(op));
}

static int32_t remote_shutdown(struct fuzz *f)
{
    struct sched_remote_shutdown op = {
        .domain_id = (domid_t)draw_victim(f),
        .reason = draw_below(f, SHUTDOWN_MAX + 1),
    };
    int32_t rc;

    TWIST(f, op.reason);
    rc = call_op(f, __HYPERVISOR_sched_op, SCHEDOP_remote_shutdown, &op,
                 sizeof(op));
    return rc;
}

/* One that would bite in a day, then it is stopped again. */
static int32_t watchdog(struct fuzz *f)
{
    static uint32_t dogs[2];
    uint32_t id = take(dogs, 2, f);
    struct sched_watchdog op = { .id = id, .timeout = id ? 0 : 86400 };
    int32_t rc;

    if (f->twist) {
        op.id = 3 + draw_below(f, 8);
        op.timeout = 0xffffffff;
    }
    rc = call_op(f, __HYPERVISOR_sched_op, SCHEDOP_watchdog, &op, sizeof(op));
    if (rc > 0)
        dogs[(rc - 1) & 1] = (uint32_t)rc;
    else if (rc < 0 && id)
        dogs[(id - 1) & 1] = id;
    return rc;
}

/* To one pCPU, and at once to all of them again. */
static int32_t pin_override(struct fuzz *f)
{
    struct sched_pin_override op = { .pcpu = (int32_t)draw_below(f, 2) };
    struct sched_pin_override back = { .pcpu = -1 };
    int32_t rc;

    TWIST(f, op.pcpu);
    rc = call_op(f, __HYPERVISOR_sched_op, SCHEDOP_pin_override, &op,
                 sizeof(op));
    plain_op(__HYPERVISOR_sched_op, SCHEDOP_pin_override, &back);
    return rc;
}

/* ---- vCPUs ---- */

static uint8_t infos[FUZZ_CPUS][64] aligned(64);
/*
 * Written to at any time: so not where arguments are. A list of frames there
 * would become that of others, which nobody unmaps in the end.
 */
static uint8_t runstates[FUZZ_CPUS][2 * 4096] aligned(4096);

static int32_t vcpu_call(struct fuzz *f, uint32_t cmd, uint32_t vcpu, void *op,
                         size_t len)
{
    uint32_t at = put(f, 0, op, len);

    return hypercall(__HYPERVISOR_vcpu_op, cmd, vcpu, at, 0, 0);
}

static int32_t register_vcpu_info(struct fuzz *f)
{
    uintptr_t area = (uintptr_t)infos[f->cpu];
    struct vcpu_register_vcpu_info op = {
        .mfn = area >> 12,
        .offset = area & 4095,
    };

    if (f->twist)
        op.offset = draw_below(f, 2) ? 4092 : 4;
    return vcpu_call(f, VCPUOP_register_vcpu_info, f->cpu, &op, sizeof(op));
}

/* Aligned, not aligned, across two pages, and where it cannot be. */
static int32_t register_runstate(struct fuzz *f)
{
    struct vcpu_register_runstate_memory_area op = { .addr.p = 0 };
    struct vcpu_runstate_info nothing = { 0 };
    uint32_t vcpu = f->cpu;

    if (one_in(f, 2))
        op.addr.p = (uintptr_t)runstates[f->cpu] + draw_below(f, 64);
    else if (f->place[1] >= PLACE_OVER)
        op.addr.p = put(f, 1, &nothing, sizeof(nothing));
    else if (!one_in(f, 4))
        op.addr.p = (uintptr_t)runstates[f->cpu] + 4096 - draw_below(f, 64);
    TWIST(f, vcpu);
    return vcpu_call(f, VCPUOP_register_runstate_memory_area, vcpu, &op,
                     sizeof(op));
}

/* ---- versions ---- */

static int32_t version(struct fuzz *f, uint32_t cmd, size_t len)
{
    static const uint8_t zeros[1024];
    uint32_t at = put(f, 0, zeros, len);

    return hypercall(__HYPERVISOR_xen_version, cmd, at, 0, 0, 0);
}

#define VERSION(name_, len_)                                                   \
    static int32_t name_(struct fuzz *f)                                       \
    {                                                                          \
        return version(f, XENVER_##name_, len_);                               \
    }

VERSION(extraversion, 16)
VERSION(compile_info, sizeof(struct xen_compile_info))
VERSION(capabilities, 1024)
VERSION(changeset, 64)
VERSION(platform_parameters, 8)
VERSION(guest_handle, 16)
VERSION(commandline, 1024)
VERSION(build_id, 4)

/* The first ignores its argument, the other wants none. */
static int32_t version_number(struct fuzz *f)
{
    int32_t rc = version(f, XENVER_version, 8);

    return rc > 0 ? 0 : rc;
}

static int32_t pagesize(struct fuzz *f)
{
    int32_t rc = hypercall(__HYPERVISOR_xen_version, XENVER_pagesize,
                           f->twist ? draw_boundary(f) : 0, 0, 0, 0);

    return rc > 0 ? 0 : rc;
}

static int32_t get_features(struct fuzz *f)
{
    struct xen_feature_info op = { 0 };

    TWIST(f, op.submap_idx);
    return call_op(f, __HYPERVISOR_xen_version, XENVER_get_features, &op,
                   sizeof(op));
}

static int32_t no_version(struct fuzz *f)
{
    return version(f, 11 + (f->twist ? draw(f) >> 1 : draw_below(f, 8)), 16);
}

/* ---- parameters ---- */

static int32_t vm_assist(struct fuzz *f)
{
    uint32_t type = VMASST_TYPE_runstate_update_flag;

    TWIST(f, type);
    return hypercall(__HYPERVISOR_vm_assist, draw_below(f, 2), type, 0, 0, 0);
}

static const uint8_t param_list[] = {
    HVM_PARAM_CALLBACK_IRQ,   HVM_PARAM_STORE_PFN,   HVM_PARAM_STORE_EVTCHN,
    HVM_PARAM_CONSOLE_EVTCHN, HVM_PARAM_CONSOLE_PFN,
};

static int32_t param_get(struct fuzz *f)
{
    struct xen_hvm_param op = {
        .domid = (domid_t)(control ? draw_anybody(f) : DOMID_SELF),
        .index = param_list[draw_below(f, ARRAY_SIZE(param_list))],
    };

    TWIST(f, op.domid);
    TWIST(f, op.index);
    return call_op(f, __HYPERVISOR_hvm_op, HVMOP_get_param, &op, sizeof(op));
}

static int32_t param_set(struct fuzz *f)
{
    struct xen_hvm_param op = {
        .domid = (domid_t)(control ? draw_victim(f) : DOMID_SELF),
        .index = param_list[draw_below(f, ARRAY_SIZE(param_list))],
        .value = draw(f),
    };

    if (control)
        TWIST(f, op.index);
    return call_op(f, __HYPERVISOR_hvm_op, HVMOP_set_param, &op, sizeof(op));
}

static int32_t request_vm_event(struct fuzz *f)
{
    return hypercall(__HYPERVISOR_hvm_op, HVMOP_guest_request_vm_event,
                     f->twist ? draw_boundary(f) : 0, 0, 0, 0);
}

const struct op event_ops[] = {
    OP(EVTCHNOP_bind_interdomain, bind_interdomain, 24, 0, 0),
    OP(EVTCHNOP_bind_virq, bind_virq, 16, 0, 0),
    OP(EVTCHNOP_bind_pirq, bind_pirq, 2, -EINVAL, -EINVAL),
    OP(EVTCHNOP_close, close_port, 16, 0, 0),
    OP(EVTCHNOP_send, send, 16, 0, 0),
    OP(EVTCHNOP_status, status, 12, 0, 0),
    OP(EVTCHNOP_alloc_unbound, alloc_unbound, 24, 0, 0),
    OP(EVTCHNOP_bind_ipi, bind_ipi, 12, 0, 0),
    OP(EVTCHNOP_bind_vcpu, bind_vcpu, 12, 0, 0),
    OP(EVTCHNOP_unmask, unmask, 12, 0, 0),
    OP(EVTCHNOP_reset, reset, 2, 0, 0),
    OP(EVTCHNOP_init_control, fifo, 2, -ENOSYS, -ENOSYS),
    OP(SCHEDOP_yield, yield, 8, 0, 0),
    OP(SCHEDOP_block, block, 4, 0, 0),
    OP(SCHEDOP_poll, poll, 8, 0, 0),
    OP(SCHEDOP_shutdown, shutdown, 2, -EINVAL, 0),
    OP(SCHEDOP_shutdown_code, shutdown_code, 4, 0, 0),
    OP(SCHEDOP_remote_shutdown, remote_shutdown, 4, 0, -EPERM),
    OP(SCHEDOP_watchdog, watchdog, 4, 0, 0),
    OP(SCHEDOP_pin_override, pin_override, 2, 0, -EPERM),
    OP(VCPUOP_register_vcpu_info, register_vcpu_info, 4, -EINVAL, -EINVAL),
    OP(VCPUOP_register_runstate_memory_area, register_runstate, 16, 0, 0),
    OP(XENVER_version, version_number, 4, 0, 0),
    OP(XENVER_extraversion, extraversion, 4, 0, 0),
    OP(XENVER_compile_info, compile_info, 4, 0, 0),
    OP(XENVER_capabilities, capabilities, 4, 0, 0),
    OP(XENVER_changeset, changeset, 4, 0, 0),
    OP(XENVER_platform_parameters, platform_parameters, 4, 0, 0),
    OP(XENVER_get_features, get_features, 4, 0, 0),
    OP(XENVER_pagesize, pagesize, 4, 0, 0),
    OP(XENVER_guest_handle, guest_handle, 4, 0, 0),
    OP(XENVER_commandline, commandline, 4, 0, 0),
    OP(XENVER_build_id, build_id, 2, -ENODATA, -EPERM),
    OP(XENVER_none, no_version, 2, -ENOSYS, -ENOSYS),
    OP(VMASST_CMD_enable, vm_assist, 8, 0, 0),
    OP(HVMOP_get_param, param_get, 8, 0, 0),
    OP(HVMOP_set_param, param_set, 8, 0, -EPERM),
    OP(HVMOP_guest_request_vm_event, request_vm_event, 2, 0, 0),
    { .name = NULL },
};
