/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copying between guest memory and ours: the only way in and out.
 *
 * Each page is translated once by hardware (ATS12NSOPR / ATS12NSOPW: stage 1
 * of the current vCPU, its permissions, stage 2), and must be RAM owned by
 * the calling domain (interface.md 1.1).
 * Layer: 6 (guest).
 */
#ifndef XEN_COPY_H
#define XEN_COPY_H

#include <xen/domain.h>

/* 0 or -EFAULT; on -EFAULT a part may have been copied. Current vCPU. */
int must_check copy_from_guest(void *dst, guest_ptr_t src, size_t len);
int must_check copy_to_guest(guest_ptr_t dst, const void *src, size_t len);
int must_check clear_guest(guest_ptr_t dst, size_t len);

/*
 * The word at @src, or -EFAULT: for an argument of one word, which needs no
 * place in memory then.
 */
int64_t must_check word_from_guest(guest_ptr_t src);

/* One object, its size from its type. */
#define copy_from(dst_, src_) copy_from_guest((dst_), (src_), sizeof(*(dst_)))
#define copy_to(dst_, src_)   copy_to_guest((dst_), (src_), sizeof(*(src_)))

/*
 * An argument that is read, worked on, and answered in part: one translation,
 * for writing, and one reference serve both ways. Sizes are multiples of 4.
 */
struct guest_element {
    struct page *page; /* referenced while open; NULL: in two pages        */
    uint8_t *frame;
    guest_ptr_t va;
};

/* Copy @len bytes in. 0 (and open), or -EFAULT: also when the guest may
 * not write there, which an answer needs. Current vCPU. */
int must_check guest_element_open(struct guest_element *e, void *buf,
                                  guest_ptr_t va, size_t len);
/* Copy bytes [@from, @end) of @buf to their place, and close. 0 or -EFAULT,
 * which only an element in two pages can give. */
int must_check guest_element_close(struct guest_element *e, const void *buf,
                                   size_t from, size_t end);

#ifdef __arm__
/* index < nr sets the borrow: all ones, else 0; known before it is used. */
static inline uint32_t nospec_mask(uint32_t index, uint32_t nr)
{
    uint32_t mask;

    __asm__ volatile("cmp %1, %2\n\tsbc %0, %1, %1\n\t"
                     ".inst 0xe320f014" /* CSDB, a hint (NOP) on A15 */
                     : "=r"(mask)
                     : "r"(index), "r"(nr)
                     : "cc");
    return mask;
}
#else
static inline uint32_t nospec_mask(uint32_t index, uint32_t nr)
{
    return index < nr ? ~0u : 0;
}
#endif

/*
 * @index, which the caller has found to be < @nr; under speculation, where
 * it may not be, some other number < @nr.
 */
static inline __attribute__((always_inline)) uint32_t
index_nospec(uint32_t index, uint32_t nr)
{
    if (!__builtin_constant_p(nr) || (nr & (nr - 1)) != 0)
        return index & nospec_mask(index, nr);
    /* The compiler knows the bound too, and would leave the mask out. */
    __asm__("" : "+r"(index));
    return index & (nr - 1);
}

/*
 * Copy by guest physical address of any domain (dom0's builder, emulated
 * devices). @d's own RAM only. 0 or -EFAULT.
 */
int must_check copy_to_gpa(struct domain *d, gpaddr_t gpa, const void *src,
                           size_t len);
int must_check copy_from_gpa(struct domain *d, void *dst, gpaddr_t gpa,
                             size_t len);

/*
 * The frame behind @va in the current vCPU, RAM of its own domain, with a
 * reference (page_put); INVALID_MFN where the guest may not read or write.
 */
mfn_t must_check guest_frame_get(guest_ptr_t va, bool write);

/*
 * Fetch the instruction at v->regs.pc (2 or 4 bytes, Thumb rules applied):
 * 0 and its size, or -EFAULT.
 */
int must_check guest_insn_fetch(struct vcpu *v, uint32_t *insn,
                                unsigned int *size);

#endif /* XEN_COPY_H */
