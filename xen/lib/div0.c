/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where the compiler's division helpers go when the divisor is 0: a bug of
 * ours. libgcc's own versions raise a signal, or return 0 in silence.
 *
 * Source: ARM IHI 0043 "Run-time ABI", 4.3.2 "Division by zero".
 * Layer:  1 (lib).
 */
#include <xen/bug.h>

int __aeabi_idiv0(int result);
long long __aeabi_ldiv0(long long result);

int __aeabi_idiv0(int result)
{
    (void)result;
    BUG();
}

long long __aeabi_ldiv0(long long result)
{
    (void)result;
    BUG();
}
