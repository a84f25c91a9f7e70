/* lib/fleet: SRV answers of every form, by what a person reads in them. */
#include "fleet/srv.h"
#include "fleet/chance.h"

#include <CUnit/Basic.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void test_srv_register(void);

static kmsrules_ruleset *windows;

static int open_ruleset(void) { return kmsrules_ruleset_default(&windows) == KMSRULES_OK ? 0 : 1; }
static int close_ruleset(void) {
    kmsrules_ruleset_free(windows);
    return 0;
}

/* ---- What was read, as one text ---- */

/* "0 100 1688 kms01@3; …| others duplicates refusals | line:column text; …" */
static void write_content(const kmsrules_records_content *content, char *out, size_t size) {
    struct kr_buffer text = kr_buffer_over(out, size);
    char item[600];
    for (size_t i = 0; i < content->record_count; i++) {
        const kmsrules_srv_record *record = &content->records[i];
        snprintf(item, sizeof item, "%s%u %u %u %s@%u", i == 0 ? "" : "; ", record->priority, record->weight, record->port, record->target, (unsigned)record->line);
        kr_buffer_add_string(&text, item);
    }
    snprintf(item, sizeof item, " | %u %u %u |", (unsigned)content->others, (unsigned)content->duplicates, (unsigned)content->refusals);
    kr_buffer_add_string(&text, item);
    for (size_t i = 0; i < content->problem_count; i++) {
        snprintf(item, sizeof item, " %u:%u", (unsigned)content->problems[i].line, (unsigned)content->problems[i].column);
        kr_buffer_add_string(&text, item);
    }
}

static void reads_bytes(const char *data, size_t size, const char *expected) {
    kmsrules_records *records = NULL;
    char text[2000];
    CU_ASSERT_EQUAL_FATAL(kmsrules_records_read(windows, data, size, NULL, &records), KMSRULES_OK);
    write_content(kmsrules_records_look(records), text, sizeof text);
    if (strcmp(text, expected) != 0) printf("\n--- read\n%.*s\n--- expected\n%s\n--- found\n%s\n", (int)(size < 600 ? size : 600), data, expected, text);
    CU_ASSERT_STRING_EQUAL(text, expected);
    kmsrules_records_free(records);
}

static void reads(const char *data, const char *expected) { reads_bytes(data, strlen(data), expected); }

static void names(const char *data, const char *expected) {
    kmsrules_records *records = NULL;
    CU_ASSERT_EQUAL_FATAL(kmsrules_records_read(windows, data, strlen(data), NULL, &records), KMSRULES_OK);
    const kmsrules_records_content *content = kmsrules_records_look(records);
    char text[500] = "";
    for (size_t i = 0; i < content->name_count; i++) snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", i == 0 ? "" : " ", content->names[i]);
    CU_ASSERT_STRING_EQUAL(text, expected);
    kmsrules_records_free(records);
}

static void says(const char *data, const char *expected) {
    kmsrules_records *records = NULL;
    CU_ASSERT_EQUAL_FATAL(kmsrules_records_read(windows, data, strlen(data), NULL, &records), KMSRULES_OK);
    const kmsrules_records_content *content = kmsrules_records_look(records);
    CU_ASSERT_EQUAL_FATAL(content->problem_count, 1);
    CU_ASSERT_STRING_EQUAL(content->problems[0].text, expected);
    kmsrules_records_free(records);
}

/* ---- The samples ---- */

static void samples(void) {
    reads("SRV 0 100 1688 kms.contoso.example\n", "0 100 1688 kms.contoso.example@1 | 0 0 0 |");
    reads("_vlmcs._tcp.contoso.example  SRV service location:\n          priority       = 0\n          weight         = 0\n          port           = 1688\n"
          "          svr hostname   = kms-server.contoso.example\nkms-server.contoso.example   internet address = 192.0.2.10\n",
          "0 0 1688 kms-server.contoso.example@1 | 1 0 0 |");
}

/* ---- nslookup ---- */

static void nslookup_of_windows(void) {
    reads("DNS request timed out.\r\n    timeout was 2 seconds.\r\nServer:  UnKnown\r\nAddresses:  2001:db8::53\r\n          192.0.2.53\r\n\r\nNon-authoritative answer:\r\n"
          "_vlmcs._tcp.contoso.example\tSRV service location:\r\n\t  priority       = 0\r\n\t  weight         = 100\r\n\t  port           = 1688\r\n\t  svr hostname   = KMS01.contoso.example\r\n"
          "_vlmcs._tcp.contoso.example\tSRV service location:\r\n\t  priority       = 10\r\n\t  weight         = 0\r\n\t  port           = 1689\r\n\t  svr hostname   = kms02.contoso.example\r\n"
          "\r\nKMS01.contoso.example\tinternet address = 192.0.2.10\r\nkms02.contoso.example\tAAAA IPv6 address = 2001:db8::2\r\n",
          "0 100 1688 KMS01.contoso.example@8; 10 0 1689 kms02.contoso.example@13 | 2 0 0 |");
    /* as a page of Microsoft prints it */
    reads("_vlmcs._tcp.contoso.example SRV service location:\npriority = 0\nweight = 0\nport = 1688 svr hostname = kms-server.contoso.example\n",
          "0 0 1688 kms-server.contoso.example@1 | 0 0 0 |");
    reads("_ldap._tcp.contoso.example SRV service location:\n priority = 0\n weight = 0\n port = 389\n svr hostname = dc01.contoso.example\n", " | 1 0 0 |");
    reads("_vlmcs._tcp.a.example SRV service location:\n priority = 0\n weight = 0\n svr hostname = kms01.a.example\n", " | 0 0 0 | 1:0");
    says("_vlmcs._tcp.a.example SRV service location:\n priority = 0\n weight = 0\n svr hostname = kms01.a.example\n", "the record that begins here lacks its port");
    reads("*** dc01.contoso.example can't find _vlmcs._tcp.contoso.example: Non-existent domain\n", " | 0 0 0 | 1:1");
    reads("C:\\>nslookup -type=srv _vlmcs._tcp\n> set type=srv\n> _vlmcs._tcp.a.example\n_vlmcs._tcp.a.example SRV service location:\n priority = 1\n weight = 2\n port = 3\n svr hostname = k.a.example\n> exit\n",
          "1 2 3 k.a.example@4 | 0 0 0 |");
}

static void nslookup_of_bind(void) {
    reads("Server:\t\t127.0.0.53\nAddress:\t127.0.0.53#53\n\nNon-authoritative answer:\n_vlmcs._tcp.contoso.example\tservice = 0 100 1688 kms01.contoso.example.\n"
          "_vlmcs._tcp.contoso.example\tservice = 0 50 1688 kms02.contoso.example.\n\nAuthoritative answers can be found from:\n",
          "0 100 1688 kms01.contoso.example@5; 0 50 1688 kms02.contoso.example@6 | 0 0 0 |");
    reads("** server can't find _vlmcs._tcp.contoso.example: NXDOMAIN\n", " | 0 0 0 | 1:1");
    reads("_vlmcs._tcp.contoso.example has SRV record 0 100 1688 kms01.contoso.example.\nkms01.contoso.example has address 192.0.2.10\n",
          "0 100 1688 kms01.contoso.example@1 | 1 0 0 |");
    reads("_vlmcs._tcp.contoso.example has no SRV record\n", " | 0 0 0 | 1:1");
}

/* ---- dig ---- */

static void dig(void) {
    reads("\n; <<>> DiG 9.18.24 <<>> SRV _vlmcs._tcp.contoso.example\n;; global options: +cmd\n;; Got answer:\n;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 4711\n\n"
          ";; OPT PSEUDOSECTION:\n; EDNS: version: 0, flags:; udp: 1232\n;; QUESTION SECTION:\n;_vlmcs._tcp.contoso.example.\tIN\tSRV\n\n;; ANSWER SECTION:\n"
          "_vlmcs._tcp.contoso.example. 3600 IN\tSRV\t0 100 1688 kms01.contoso.example.\n_vlmcs._tcp.contoso.example. 3600 IN\tSRV\t0 50 1688 kms02.contoso.example.\n\n"
          ";; ADDITIONAL SECTION:\nkms01.contoso.example.\t3600\tIN\tA\t192.0.2.10\n\n;; Query time: 1 msec\n",
          "0 100 1688 kms01.contoso.example@13; 0 50 1688 kms02.contoso.example@14 | 1 0 0 |");
    reads("0 100 1688 kms01.contoso.example.\n10 0 1688 kms02.contoso.example.\n", "0 100 1688 kms01.contoso.example@1; 10 0 1688 kms02.contoso.example@2 | 0 0 0 |");
    reads("$ dig +short SRV _vlmcs._tcp.contoso.example\n0 100 1688 kms01.contoso.example.\n", "0 100 1688 kms01.contoso.example@2 | 0 0 0 |");
    reads("_vlmcs._tcp.contoso.example.\t3600\tIN\tSRV\t0 100 1688 kms01.contoso.example.", "0 100 1688 kms01.contoso.example@1 | 0 0 0 |");
}

/* What dig says of an answer that holds nothing, as nslookup and host do. */
static void failures_of_dig(void) {
    says(";; Got answer:\n;; ->>HEADER<<- opcode: QUERY, status: NXDOMAIN, id: 4711\n;; flags: qr; QUERY: 1, ANSWER: 0\n;; QUESTION SECTION:\n;_vlmcs._tcp.a.example.\tIN\tSRV\n",
         "the answer holds no record: its status is \"NXDOMAIN\"");
    reads(";; ->>HEADER<<- opcode: QUERY, status: NXDOMAIN, id: 4711\n", " | 0 0 0 | 1:40");
    reads(";; ->>HEADER<<- opcode: QUERY, status: SERVFAIL, id: 1\n;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 2\n0 0 1688 a.\n", "0 0 1688 a@3 | 0 0 0 | 1:40");
    reads(";; communications error to 192.0.2.53#53: timed out\n;; no servers could be reached\n", " | 0 0 0 | 2:1");
    reads(";; ->>HEADER<<- opcode: QUERY, status: \n;; ->>HEADER<<-\n;; status: NXDOMAIN\n; <<>> DiG 9.18.24 <<>> no servers\n", " | 0 0 0 |");
}

/* ---- Names that clients do not ask for ---- */

static void misspelt_names(void) {
    static const char *const names[] = {"_vlmc._tcp.a.example.", "_vlmcs._udp.a.example.", "_vlmsc._tcp.a.example.", "vlmcs._tcp.a.example.", "_VLMCS.TCP.a.example.", "_vlmcs_tcp.a.example.",
                                        "_vlmcs._tpc", "_vlmcss._tcp"};
    char text[200], expected[300];
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        size_t size = strlen(names[i]) - (names[i][strlen(names[i]) - 1] == '.');
        snprintf(text, sizeof text, "%s IN SRV 0 0 1688 kms01.a.example.\n", names[i]);
        snprintf(expected, sizeof expected, "no client asks for \"%.*s\"; the records of KMS hosts are those of \"_vlmcs._tcp\"", (int)size, names[i]);
        says(text, expected);
    }
    reads("; c\n_vlmc._tcp SRV 0 0 1688 a\n_vlmcs._tcp SRV 0 0 1688 b\n", "0 0 1688 b@3 | 0 0 0 | 2:0");
    reads("_ldap._tcp.a. SRV 0 0 389 a\n_gc._tcp.a. SRV 0 0 3268 a\n_kerberos._tcp.a. SRV 0 0 88 a\n_kpasswd._udp.a. SRV 0 0 464 a\n_sip._tls.a. SRV 0 0 443 a\n_kms._tcp.a. SRV 0 0 1 a\n", " | 6 0 0 |");
    struct kr_buffer long_name = {0};
    kr_buffer_add_string(&long_name, "Name,NameTarget,Priority,Weight,Port\n_vlmc");
    for (int i = 0; i < 60000; i++) kr_buffer_add_string(&long_name, "a");
    kr_buffer_add_string(&long_name, ",b,0,0,1688\n");
    reads(long_name.data, " | 1 0 0 |");
    kr_buffer_free(&long_name);
}

/* RFC 2782: the target is a name; "." says that there is no service. */
static void targets(void) {
    reads("$ORIGIN a.example.\n_vlmcs._tcp SRV 0 0 1688 192.0.2.1\n_vlmcs._tcp SRV 0 0 1688 192.0.2.1.\n_vlmcs._tcp SRV 0 0 1688 fe80::1\n_vlmcs._tcp SRV 0 0 1688 fe80::1%eth0\n", " | 0 0 0 | 2:26 3:26 4:26 5:26");
    says("_vlmcs._tcp SRV 0 0 1688 192.0.2.1\n", "\"192.0.2.1\" is an address; an SRV record gives the name of its host (RFC 2782)");
    says("0 0 1688 2001:db8::1\n", "\"2001:db8::1\" is an address; an SRV record gives the name of its host (RFC 2782)");
    reads("SRV 0 0 1688 192.0.2.1.static.a.example.\nSRV 0 0 1688 cafe.de\nSRV 0 0 1688 4711\n", "0 0 1688 192.0.2.1.static.a.example@1; 0 0 1688 cafe.de@2; 0 0 1688 4711@3 | 0 0 0 |");
    reads("_vlmcs._tcp SRV 0 0 0 .\n_vlmcs._tcp.b. has SRV record 0 0 0 .\nSRV 0 0 1688 a\n", "0 0 1688 a@3 | 0 0 2 |");
}

/* ---- Resolve-DnsName ---- */

static void resolve_dns_name(void) {
    reads("#TYPE Microsoft.DnsClient.Commands.DnsRecord_SRV\r\n\"Name\",\"Type\",\"TTL\",\"Section\",\"NameTarget\",\"Priority\",\"Weight\",\"Port\"\r\n"
          "\"_vlmcs._tcp.contoso.example\",\"SRV\",\"600\",\"Answer\",\"kms01.contoso.example\",\"0\",\"100\",\"1688\"\r\n"
          "\"kms01.contoso.example\",\"A\",\"1200\",\"Additional\",,,,\r\n",
          "0 100 1688 kms01.contoso.example@3 | 1 0 0 |");
    reads("Weight;Port;Priority;NameTarget\n100;1688;0;kms01.contoso.example\n50;1688\n", "0 100 1688 kms01.contoso.example@2 | 0 0 0 | 3:0");
    reads("\nName                                     Type   TTL   Section    NameTarget                     Priority Weight Port\n"
          "----                                     ----   ---   -------    ----------                     -------- ------ ----\n"
          "_vlmcs._tcp.contoso.example              SRV    600   Answer     kms01.contoso.example          0        100    1688\n"
          "_vlmcs._tcp.contoso.example              SRV    600   Answer     kms02.contoso.example          0        50     1688\n\n"
          "Name       : kms01.contoso.example\nQueryType  : A\nTTL        : 1200\nSection    : Additional\nIP4Address : 192.0.2.10\n\n",
          "0 100 1688 kms01.contoso.example@4; 0 50 1688 kms02.contoso.example@5 | 1 0 0 |");
    reads("Name NameTarget Priority Weight Port\n---- ---------- -------- ------ ----\n_vlmcs._tcp.contoso.example kms01.contoso.ex... 0 100 1688\n", " | 0 0 0 | 3:29");
    reads("\nName       : _vlmcs._tcp.contoso.example\nType       : SRV\nTTL        : 600\nSection    : Answer\nNameTarget : kms01.contoso.example\nPriority   : 5\nWeight     : 7\nPort       : 1688\n\n"
          "Name : _vlmcs._tcp.contoso.example\nType : SRV\nNameTarget : kms02.contoso.example\nPriority : 5\nWeight : 8\nPort : 1688\n",
          "5 7 1688 kms01.contoso.example@2; 5 8 1688 kms02.contoso.example@11 | 0 0 0 |");
    static const char utf16[] = "\xff\xfeS\0R\0V\0 \0" "0\0 \0" "1\0" "0\0 \0" "1\0" "6\0" "8\0" "8\0 \0k\0m\0s\0\r\0\n";
    reads_bytes(utf16, sizeof utf16, "0 10 1688 kms@1 | 0 0 0 |");
}

/* ---- Zone files ---- */

static void zone_files(void) {
    reads("$ORIGIN contoso.example.\n$TTL 1h\n@ IN SOA ns1 hostmaster (\n  2026112501 ; serial\n  7200 3600 1209600 3600 )\n  IN NS ns1\n"
          "_vlmcs._tcp 600 IN SRV 0 100 1688 kms01 ; the first\n            IN 600 SRV 0 50 1688 kms02.other.example.\n_VLMCS._TCP SRV ( 10 0\n  1688 kms03 )\n_ldap._tcp SRV 0 0 389 dc01\nkms01 A 192.0.2.10\n",
          "0 100 1688 kms01.contoso.example@7; 0 50 1688 kms02.other.example@8; 10 0 1688 kms03.contoso.example@9 | 4 0 0 |");
    reads("$ORIGIN _tcp.contoso.example.\n_vlmcs SRV 0 0 1688 kms01.contoso.example.\n_gc SRV 0 0 3268 dc01.contoso.example.\n", "0 0 1688 kms01.contoso.example@2 | 1 0 0 |");
    reads("$ORIGIN _vlmcs._tcp.contoso.example.\n@ SRV 0 0 1688 kms01.contoso.example.\n  SRV 0 0 1688 kms02.contoso.example.\n",
          "0 0 1688 kms01.contoso.example@2; 0 0 1688 kms02.contoso.example@3 | 0 0 0 |");
    reads("@ IN SRV 0 0 1688 kms01.contoso.example.\n_vlmcs\tSRV\t0 0 1688\tkms02.contoso.example.\n", "0 0 1688 kms01.contoso.example@1; 0 0 1688 kms02.contoso.example@2 | 0 0 0 |");
    reads("_vlmcs._tcp.contoso.example. IN SRV 0 0 0 .\n", " | 0 0 1 |");
    reads("$INCLUDE other.zone\n$ORIGIN\n_vlmcs._tcp SRV ( 0 0 1688\n", " | 0 0 0 | 1:1 2:1 3:0");
    reads("a.contoso.example. TXT \"one ( two ; three\"\nb.contoso.example. TXT ( \"four )\"\n \"five\" )\n_vlmcs._tcp SRV 0 0 1688 kms01.contoso.example.\n", "0 0 1688 kms01.contoso.example@4 | 2 0 0 |");
    names("$ORIGIN contoso.example.\n_Vlmcs._tcp SRV 0 0 1688 kms01\n_vlmcs._tcp.b.example. SRV 0 0 1688 kms02\n_VLMCS._tcp SRV 0 1 1688 kms03\n",
          "_vlmcs._tcp.contoso.example _vlmcs._tcp.b.example");
}

/* ---- What cannot be read ---- */

static void faults(void) {
    reads("", " | 0 0 0 |");
    reads("SRV 0 100 1688 kms01\nSRV 0 100 1688 KMS01.\nSRV 0 101 1688 kms01\n", "0 100 1688 kms01@1; 0 101 1688 kms01@3 | 0 1 0 |");
    reads("SRV 65535 65535 65535 kms01\nSRV 65536 0 1688 a\nSRV 0 -1 1688 a\nSRV 0 0 x a\nSRV 0 0 1688\nSRV 0 0 1688 a b\n", "65535 65535 65535 kms01@1 | 0 0 0 | 2:5 3:7 4:9 5:0 6:0");
    reads("hello world\nnothing here to read\n", " | 0 0 0 | 1:1 2:1");
    reads("SRV 0 0 1688 a..b\nSRV 0 0 1688 .a\nSRV 0 0 1688 a/b\nSRV 0 0 1688 a\x01" "b\n", " | 0 0 0 | 1:14 2:14 3:14 4:14");
    reads("SRV 0 0 1688 kms\xe2\x80\xae\x65vil.example\n", "0 0 1688 kms\xe2\x80\xae\x65vil.example@1 | 0 0 0 |"); /* a name; whoever shows it escapes it */
    says("SRV 0 0 1688 a\x1b[31mb\n", "\"a\\x1b[31mb\" is no host name");
    says("SRV 0 70000 1688 kms\n", "weight \"70000\" is no number from 0 to 65535");
    says("SRV 0 0 1688 AAAAA-BBBBB-CCCCC-DDDDD-EEEEE\n", "this line holds what looks like a product key; kmsrules needs none, and it is not read");
    reads_bytes("SRV 0 0 1688 a\n\xff\xfe\xfd\n", 19, "0 0 1688 a@1 | 0 0 0 | 2:1");
    kmsrules_records *records = NULL;
    CU_ASSERT_EQUAL(kmsrules_records_read(windows, "SRV", 3, "no such", &records), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_records_read(NULL, "SRV", 3, NULL, &records), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_EQUAL(kmsrules_records_read(windows, NULL, 3, NULL, &records), KMSRULES_INVALID_ARGUMENT);
    CU_ASSERT_PTR_NULL(records);
    CU_ASSERT_PTR_NULL(kmsrules_records_look(NULL));
    kmsrules_records_free(NULL);
}

static const kmsrules_records_content *read_many(size_t count, kmsrules_records **records) {
    struct kr_buffer text = {0};
    for (size_t i = 0; i < count; i++) {
        char line[64];
        snprintf(line, sizeof line, "SRV %u 0 1688 kms%u.contoso.example\n", (unsigned)(i % 7), (unsigned)i);
        kr_buffer_add_string(&text, line);
    }
    CU_ASSERT_EQUAL_FATAL(kmsrules_records_read(windows, text.data, text.size, NULL, records), KMSRULES_OK);
    kr_buffer_free(&text);
    return kmsrules_records_look(*records);
}

static size_t count_of_long_line(size_t size) {
    kmsrules_records *records = NULL;
    char *text = malloc(size + 64);
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    memset(text, ' ', size);
    memcpy(text, "SRV 0 0 1688 kms01", 18);
    memcpy(text + size, "\nSRV 0 0 1688 kms02\n", 20);
    CU_ASSERT_EQUAL_FATAL(kmsrules_records_read(windows, text, size + 20, NULL, &records), KMSRULES_OK);
    size_t count = kmsrules_records_look(records)->record_count * 10 + (size_t)kmsrules_records_look(records)->unreadable;
    kmsrules_records_free(records);
    free(text);
    return count;
}

static void limits(void) {
    kmsrules_records *records = NULL;
    const kmsrules_records_content *content = read_many(4096, &records);
    CU_ASSERT(content->record_count == 4096 && content->unreadable == 0);
    kmsrules_records_free(records);
    content = read_many(5000, &records);
    CU_ASSERT(content->record_count == 4096 && content->unreadable == 1 && content->problems[0].line == 4097);
    kmsrules_records_free(records);
    CU_ASSERT_EQUAL(count_of_long_line(65536), 20);
    CU_ASSERT_EQUAL(count_of_long_line(65537), 1);
    struct kr_buffer text = {0};
    for (int i = 0; i < 150; i++) kr_buffer_add_string(&text, "what is this\n");
    CU_ASSERT_EQUAL_FATAL(kmsrules_records_read(windows, text.data, text.size, NULL, &records), KMSRULES_OK);
    content = kmsrules_records_look(records);
    CU_ASSERT(content->problem_count == 100 && content->unreadable == 150);
    kmsrules_records_free(records);
    kr_buffer_free(&text);
}

/* Bytes at random, made of the words of the forms: nothing crashes, nothing hangs, and every record read is one. */
static void noise(void) {
    static const char *const words[] = {"SRV ", "IN ", "0 ", "100 ", "1688 ", "kms01.contoso.example. ", "_vlmcs._tcp ", "\n", "\n", "priority = ", "svr hostname = ", ": ", "$ORIGIN ", "( ", ") ", "; ",
                                        "\"", ",", "Name,NameTarget,Priority,Weight,Port\n", "NameTarget : ", "service location:\n", "service = ", "@ ", "\t", "..", "\xe2\x80\xa6", "A 1.2.3.4\n", "="};
    uint32_t seed = 4711;
    for (int round = 0; round < 20000; round++) {
        char text[400] = "";
        for (int i = 0; i < 12; i++) {
            seed = seed * 1664525u + 1013904223u;
            strcat(text, words[(seed >> 16) % (sizeof words / sizeof words[0])]);
        }
        kmsrules_records *records = NULL;
        CU_ASSERT_EQUAL_FATAL(kmsrules_records_read(windows, text, strlen(text), NULL, &records), KMSRULES_OK);
        const kmsrules_records_content *content = kmsrules_records_look(records);
        for (size_t i = 0; i < content->record_count; i++) CU_ASSERT(content->records[i].target[0] != '\0' && content->records[i].port <= 65535 && content->records[i].line > 0);
        kmsrules_records_free(records);
    }
}

/* ---- Chances of their own ---- */

static void chances(void) {
    double terms[5];
    kr_chance_terms(4, (struct kr_share){1, 2}, 0, 5, terms);
    static const double expected[] = {1.0 / 16, 4.0 / 16, 6.0 / 16, 4.0 / 16, 1.0 / 16};
    for (int i = 0; i < 5; i++) CU_ASSERT_DOUBLE_EQUAL(terms[i], expected[i], 1e-15);
    kr_chance_terms(4, (struct kr_share){0, 3}, 0, 5, terms);
    CU_ASSERT(terms[0] == 1 && terms[1] == 0);
    kr_chance_terms(4, (struct kr_share){3, 3}, 2, 3, terms);
    CU_ASSERT(terms[2] == 1 && terms[1] == 0);
    const uint64_t parts[] = {1, 0};
    struct kr_crowd crowds[2] = {{25, parts, 1}, {0, parts, 1}};
    CU_ASSERT(kr_chance_reached(crowds, 0, 25) == 1 && kr_chance_reached(crowds, 0, 26) == 0 && kr_chance_reached(crowds, 1, 1) == 0);
}

void test_srv_register(void) {
    CU_TestInfo tests[] = {{"samples", samples}, {"nslookup of Windows", nslookup_of_windows}, {"nslookup of BIND", nslookup_of_bind}, {"dig", dig}, {"failures of dig", failures_of_dig}, {"misspelt names", misspelt_names}, {"targets", targets}, {"Resolve-DnsName", resolve_dns_name},
                           {"zone files", zone_files}, {"faults", faults}, {"limits", limits}, {"noise", noise}, {"chances", chances}, CU_TEST_INFO_NULL};
    CU_SuiteInfo suites[] = {{"srv", open_ruleset, close_ruleset, NULL, NULL, tests}, CU_SUITE_INFO_NULL};
    CU_register_suites(suites);
}
