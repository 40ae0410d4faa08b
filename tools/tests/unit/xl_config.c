/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What xl makes of a configuration: each value where it belongs, and for
 * each mistake a line that tells where it is and what to do.
 *
 * Sources: tools/xl/config.c tools/xl/parse.c tools/xl/devices_config.c
 * Sources: tools/xl/text.c
 *
 * Source: tools/xl/config.h. Layer: test, of tools.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../xl/config.h"
#include "../../xl/parse.h"

#define FINE "name='one'\nkernel=\"/k\"\nmemory=96\n"

static char warned[512];

static void warn(const char *line)
{
    snprintf(warned, sizeof(warned), "%s", line);
}

/* Reads and checks @text, which must be fine. */
static void read_fine(struct config *c, const char *text)
{
    struct config_error error = { "" };

    warned[0] = '\0';
    config_init(c);
    if (config_parse(c, "f", text, warn, &error) ||
        config_check(c, "f", &error))
        fail_msg("%s", error.text);
}

static void values(void **state)
{
    struct config c;

    (void)state;
    read_fine(&c, "# a guest\n  name = \"one\" ; memory = 0x60\n"
                  "kernel='/boot/a \"b\"' # with quotes\n"
                  "vcpus=2\nmaxvcpus = 4\nroot=\"/dev/xvda\"\nextra='ro'\n"
                  "on_crash = 'preserve'\non_reboot=\"rename-restart\"\n"
                  "cpus = \"0-2,^1\"\nvuart=\"sbsa_uart\"\n"
                  "uuid=\"00112233-4455-6677-8899-aabbccddeeff\"\n"
                  "irqs = [ 34,\n  35, ]\niomem = ['1000,2', \"a,1@39\"]");
    assert_string_equal(c.name, "one");
    assert_int_equal(c.memory, 96);
    assert_int_equal(c.maxmem, 96);
    assert_string_equal(c.kernel, "/boot/a \"b\"");
    assert_int_equal(c.vcpus, 2);
    assert_int_equal(c.maxvcpus, 4);
    assert_string_equal(c.cmdline, "root=/dev/xvda ro");
    assert_int_equal(c.on_crash, ACTION_PRESERVE);
    assert_int_equal(c.on_reboot, ACTION_RENAME_RESTART);
    assert_int_equal(c.on_poweroff, ACTION_DESTROY);
    assert_false(c.cpus.any);
    assert_int_equal(c.cpus.map[0], 5);
    assert_true(c.cpus_soft.any);
    assert_true(c.vuart);
    assert_true(c.has_uuid);
    assert_int_equal(c.uuid[15], 0xff);
    assert_int_equal(c.nr_irqs, 2);
    assert_int_equal(c.irqs[1], 35);
    assert_int_equal(c.nr_iomem, 2);
    assert_int_equal(c.iomem[0].mfn, 0x1000);
    assert_int_equal(c.iomem[0].gfn, 0x1000);
    assert_int_equal(c.iomem[0].pages, 2);
    assert_int_equal(c.iomem[1].gfn, 0x39);
    config_free(&c);
}

static void devices(void **state)
{
    struct config c;

    (void)state;
    read_fine(&c, FINE
              "disk = [ 'phy:/dev/vg/a,xvda,w', '/tmp/i,raw,xvdb1,ro',\n"
              "  \"vdev=xvdc, target=/x=y, access=rw, script=block-x\" ]\n"
              "vif = [ '', 'mac=00:16:3E:00:00:01, bridge=br0,ip=10.0.0.1' ]");
    assert_int_equal(c.nr_disks, 3);
    assert_string_equal(c.disks[0].target, "/dev/vg/a");
    assert_string_equal(c.disks[0].vdev, "xvda");
    assert_false(c.disks[0].readonly);
    assert_true(c.disks[1].readonly);
    assert_string_equal(c.disks[1].vdev, "xvdb1");
    assert_string_equal(c.disks[2].target, "/x=y");
    assert_string_equal(c.disks[2].script, "block-x");
    assert_int_equal(c.nr_vifs, 2);
    assert_false(c.vifs[0].has_mac);
    assert_int_equal(c.vifs[1].mac[2], 0x3e);
    assert_string_equal(c.vifs[1].bridge, "br0");
    assert_string_equal(c.vifs[1].ip, "10.0.0.1");
    config_free(&c);
}

/* The command line's words come behind the file, and win. */
static void again(void **state)
{
    struct config_error error;
    struct config c;

    (void)state;
    read_fine(&c, FINE "vif=['bridge=a']\nlocaltime=1\n");
    assert_string_equal(
        warned, "f:5: localtime: this key is not known and has no effect");
    assert_int_equal(config_parse(&c, "w", "memory=128", warn, &error), 0);
    assert_int_equal(config_parse(&c, "w", "vif=[]", warn, &error), 0);
    assert_int_equal(c.memory, 128);
    assert_int_equal(c.nr_vifs, 0);
    config_free(&c);
}

static const struct {
    const char *text, *error; /* the error: a part of the line */
} mistakes[] = {
    { "name='one'", "f: kernel = \"FILE\" is missing" },
    { "memory=96", "f: name = \"...\" is missing" },
    { "name='one'\nkernel='k'", "memory = MIB is missing" },
    { "name='12'", "digits alone are an id" },
    { "name='a/b'", "letters, digits" },
    { "name=one", "f:1: text wants quotes" },
    { "name='one", "f:1: a string has no end" },
    { "\n\nname 'one'", "f:3: there is no = after the key" },
    { "=3", "f:1: a line begins with no key" },
    { "memory=", "f:1: a value is missing" },
    { "memory=0", "f:1: memory: a number from 1 to" },
    { "memory=96MB", "f:1: memory: a number from 1 to" },
    { "memory=[96]", "f:1: memory: a number" },
    { "memory=96 vcpus=2", "f:1: there is more behind the value" },
    { "vcpus=0", "f:1: vcpus: a number from 1 to 128" },
    { "vif+=['']", "+= is not offered" },
    { "irqs=[34\n\n", "f:3: a list has no end" },
    { "irqs=[34 35]", "separated by commas" },
    { "irqs=[31]", "f:1: irqs: a list of SPIs" },
    { "irqs=34", "f:1: irqs: a list of SPIs" },
    { "iomem=['1000']", "f:1: iomem: a list of \"FRAME,PAGES\"" },
    { "iomem=['10,0']", "the number of pages is missing" },
    { "iomem=['10,1x']", "only @FRAME is expected" },
    { "iomem=['fffffff,2']", "above 40 bits" },
    { "cpus='4-2'", "f:1: cpus: CPUs are expected" },
    { "cpus='0,'", "f:1: cpus: CPUs are expected" },
    { "cpus='200'", "f:1: cpus: CPUs are expected" },
    { "uuid='12'", "f:1: uuid: 32 hexadecimal digits" },
    { "on_crash='coredump-restart'", "there are no core dumps" },
    { "on_reboot='maybe'", "destroy, restart, rename-restart or preserve" },
    { "vuart='16550'", "\"sbsa_uart\" is the one" },
    { "type='hvm'", "guests of ARM are \"pvh\"" },
    { "dtdev=['/soc/mmc']", "f:1: dtdev: there is no IOMMU" },
    { "pci=['00:01.0']", "no IOMMU" },
    { "disk='phy:/dev/a,xvda,w'", "a list is expected" },
    { "disk=['phy:/dev/a']", "the virtual device is missing" },
    { "disk=['phy:a,xvda,w']", "with its whole path" },
    { "disk=['phy:/dev/a,hda,w']", "xvda to xvdp" },
    { "disk=['phy:/dev/a,xvda16,w']", "xvda to xvdp" },
    { "disk=['/a,qcow2,xvda']", "only disks of format raw" },
    { "disk=['/a,raw,xvda,x']", "access is r or w" },
    { "disk=['/a,raw,xvda','/b,raw,xvda']", "the same virtual device" },
    { "disk=['tap:aio:/a,xvda,w']", "no device model" },
    { "vif=['mac=00:16']", "mac= is six bytes" },
    { "vif=['mac=01:16:3e:00:00:01']", "address of a group" },
    { "vif=['bride=a']", "this word is not known" },
    { FINE "cmdline='a'\nextra='b'", "use one" },
    { FINE "maxmem=95", "maxmem (95) is less than memory (96)" },
    { FINE "vcpus=2\nmaxvcpus=1", "maxvcpus (1) is less than vcpus (2)" },
};

static void refusals(void **state)
{
    struct config_error error;
    struct config c;

    (void)state;
    for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
        error.text[0] = '\0';
        config_init(&c);
        if (!config_parse(&c, "f", mistakes[i].text, NULL, &error) &&
            !config_check(&c, "f", &error))
            fail_msg("accepted: %s", mistakes[i].text);
        if (!strstr(error.text, mistakes[i].error))
            fail_msg("%s\n: '%s' instead of '%s'", mistakes[i].text, error.text,
                     mistakes[i].error);
        config_free(&c);
    }
}

/* Nothing that is cut off, or is noise, is read beyond its end. */
static void noise(void **state)
{
    static const char text[] = FINE "disk=['phy:/d,xvda,w']\nvif=['mac=00:16:"
                                    "3e:00:00:01,bridge=b']\niomem=['1,1@2']\n"
                                    "irqs=[33]\ncpus='0-3,^1'\n";
    static const char odd[] = "=[]'\",#\n;\\^-@09azA:/ ";
    struct config_error error;
    struct config c;
    char *copy;

    (void)state;
    srandom(1);
    for (int i = 0; i < 20000; i++) {
        size_t len = (size_t)random() % sizeof(text);

        copy = malloc(len + 1); /* of that size: the checkers see the end */
        memcpy(copy, text, len);
        copy[len] = '\0';
        for (int j = 0; len && j < i % 4; j++)
            copy[(size_t)random() % len] = odd[random() % (sizeof(odd) - 1)];
        config_init(&c);
        if (!config_parse(&c, "f", copy, NULL, &error))
            (void)config_check(&c, "f", &error);
        config_free(&c);
        free(copy);
    }
}

static void long_values(void **state)
{
    struct config_error error;
    char text[3 * VALUE_SIZE];
    struct config c;

    (void)state;
    memset(text, 'x', sizeof(text) - 1);
    memcpy(text, "extra='", 7);
    text[sizeof(text) - 1] = '\0';
    text[7 + VALUE_SIZE - 1] = '\'';
    text[7 + VALUE_SIZE] = '\0';
    config_init(&c);
    assert_int_equal(config_parse(&c, "f", text, NULL, &error), 0);
    assert_int_equal(strlen(c.extra), VALUE_SIZE - 1);
    text[7 + VALUE_SIZE - 1] = 'x';
    text[7 + VALUE_SIZE] = '\'';
    assert_int_equal(config_parse(&c, "f", text, NULL, &error), -1);
    assert_non_null(strstr(error.text, "too long"));
    config_free(&c);
}

static void texts(void **state)
{
    uint8_t map[2] = { 0x0f, 0 }, uuid[16];
    char text[UUID_TEXT];

    (void)state;
    cpus_text(map, 4, text, sizeof(text));
    assert_string_equal(text, "all");
    cpus_text(map, 8, text, sizeof(text));
    assert_string_equal(text, "0-3");
    map[0] = 0x8b;
    cpus_text(map, 16, text, sizeof(text));
    assert_string_equal(text, "0-1,3,7");
    map[0] = 0;
    cpus_text(map, 16, text, sizeof(text));
    assert_string_equal(text, "none");
    assert_int_equal(uuid_parse("00112233445566778899AABBCCDDEEFF", uuid), 0);
    uuid_text(uuid, text);
    assert_string_equal(text, "00112233-4455-6677-8899-aabbccddeeff");
    assert_int_equal(uuid_parse("00112233445566778899AABBCCDDEEFF0", uuid), -1);
    assert_int_equal(vdev_number("xvda"), 51712);
    assert_int_equal(vdev_number("xvdb3"), 51712 + 19);
    assert_int_equal(vdev_number("xvd"), -1);
    assert_int_equal(vdev_number("sda"), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values),      cmocka_unit_test(devices),
        cmocka_unit_test(again),       cmocka_unit_test(refusals),
        cmocka_unit_test(long_values), cmocka_unit_test(noise),
        cmocka_unit_test(texts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
